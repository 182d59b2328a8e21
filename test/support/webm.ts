/**
 * Just enough of a WebM reader to hand the packets of a video track to a decoder: EBML elements, the first video track,
 * its blocks in file order. No seeking, no lacing (video has none), no encryption. Runs in Node.
 */
export type WebmPacket = Readonly<{ timestampUs: number; key: boolean; data: Uint8Array }>;

export type WebmVideo = Readonly<{
  codec: 'vp8' | 'vp9';
  width: number;
  height: number;
  packets: readonly WebmPacket[];
}>;

type Element = Readonly<{ id: number; start: number; end: number }>;

// The element ids of the Matroska specification that are needed here.
const SEGMENT = 0x18538067;
const INFO = 0x1549a966;
const TIMESTAMP_SCALE = 0x2ad7b1;
const TRACKS = 0x1654ae6b;
const TRACK_ENTRY = 0xae;
const TRACK_NUMBER = 0xd7;
const TRACK_TYPE = 0x83;
const CODEC_ID = 0x86;
const VIDEO = 0xe0;
const PIXEL_WIDTH = 0xb0;
const PIXEL_HEIGHT = 0xba;
const CLUSTER = 0x1f43b675;
const CLUSTER_TIMESTAMP = 0xe7;
const SIMPLE_BLOCK = 0xa3;
const BLOCK_GROUP = 0xa0;
const BLOCK = 0xa1;
const REFERENCE_BLOCK = 0xfb;

const VIDEO_TRACK_TYPE = 1;

/** A variable-length integer: the leading zeros of the first byte give its length; ids keep the marker bit, sizes don't. */
function readVint(
  bytes: Uint8Array,
  at: number,
  keepMarker: boolean,
): readonly [value: number, next: number] {
  const first = bytes[at] ?? 0;
  const length = Math.clz32(first) - 23;
  if (length > 8) throw new Error(`WebM: no element at byte ${at}`);
  let value = keepMarker ? first : first & (0xff >> length);
  let allOnes = value === 0xff >> length;
  for (let index = 1; index < length; index += 1) {
    const byte = bytes[at + index] ?? 0;
    allOnes &&= byte === 0xff;
    value = value * 256 + byte;
  }
  // A size of all ones means "until the parent ends". Right for a segment; recorders that leave clusters open are not read.
  return [allOnes && !keepMarker ? Infinity : value, at + length];
}

function childrenOf(bytes: Uint8Array, start: number, end: number): Element[] {
  const found: Element[] = [];
  for (let at = start; at < end;) {
    const [id, afterId] = readVint(bytes, at, true);
    const [size, body] = readVint(bytes, afterId, false);
    const bodyEnd = Math.min(body + size, end);
    found.push({ id, start: body, end: bodyEnd });
    at = bodyEnd;
  }
  return found;
}

function unsigned(bytes: Uint8Array, element: Element | undefined, otherwise: number): number {
  if (element === undefined) return otherwise;
  return bytes.subarray(element.start, element.end).reduce((value, byte) => value * 256 + byte, 0);
}

/** @throws Error when the file has no VP8 or VP9 video track, or is cut off in its header. */
export function readWebm(bytes: Uint8Array): WebmVideo {
  const segment = childrenOf(bytes, 0, bytes.length).find(({ id }) => id === SEGMENT);
  if (segment === undefined) throw new Error('WebM: no segment');
  const parts = childrenOf(bytes, segment.start, segment.end);
  const inside = (id: number): Element[] =>
    parts.filter((part) => part.id === id).flatMap((part) => childrenOf(bytes, part.start, part.end));
  const scaleNs = unsigned(
    bytes,
    inside(INFO).find(({ id }) => id === TIMESTAMP_SCALE),
    1_000_000,
  );
  const track = videoTrack(bytes, inside(TRACKS));
  const packets = parts
    .filter(({ id }) => id === CLUSTER)
    .flatMap((cluster) => clusterPackets(bytes, cluster, track.number, scaleNs / 1000));
  return { codec: track.codec, width: track.width, height: track.height, packets };
}

function videoTrack(
  bytes: Uint8Array,
  tracks: readonly Element[],
): Readonly<{ number: number; codec: 'vp8' | 'vp9'; width: number; height: number }> {
  for (const entry of tracks.filter(({ id }) => id === TRACK_ENTRY)) {
    const fields = childrenOf(bytes, entry.start, entry.end);
    const field = (id: number): Element | undefined => fields.find((one) => one.id === id);
    if (unsigned(bytes, field(TRACK_TYPE), 0) !== VIDEO_TRACK_TYPE) continue;
    const name = field(CODEC_ID);
    const codecId =
      name === undefined ? '' : Buffer.from(bytes.subarray(name.start, name.end)).toString('latin1');
    const codec = codecId === 'V_VP8' ? 'vp8' : codecId === 'V_VP9' ? 'vp9' : null;
    if (codec === null) throw new Error(`WebM: the video is ${codecId}, not VP8 or VP9`);
    const video = field(VIDEO);
    const sizes = video === undefined ? [] : childrenOf(bytes, video.start, video.end);
    const size = (id: number): number =>
      unsigned(
        bytes,
        sizes.find((one) => one.id === id),
        0,
      );
    return {
      number: unsigned(bytes, field(TRACK_NUMBER), 0),
      codec,
      width: size(PIXEL_WIDTH),
      height: size(PIXEL_HEIGHT),
    };
  }
  throw new Error('WebM: no video track');
}

function clusterPackets(bytes: Uint8Array, cluster: Element, track: number, tickUs: number): WebmPacket[] {
  const elements = childrenOf(bytes, cluster.start, cluster.end);
  const baseTicks = unsigned(
    bytes,
    elements.find(({ id }) => id === CLUSTER_TIMESTAMP),
    0,
  );
  return elements.flatMap((element) => {
    if (element.id === SIMPLE_BLOCK) return blockPacket(bytes, element, null, track, baseTicks, tickUs);
    if (element.id !== BLOCK_GROUP) return [];
    const group = childrenOf(bytes, element.start, element.end);
    const block = group.find(({ id }) => id === BLOCK);
    const key = !group.some(({ id }) => id === REFERENCE_BLOCK);
    return block === undefined ? [] : blockPacket(bytes, block, key, track, baseTicks, tickUs);
  });
}

/** A block is: track number (vint), int16 ticks after the cluster, flags (top bit: key, in a SimpleBlock), the packet. */
function blockPacket(
  bytes: Uint8Array,
  block: Element,
  groupKey: boolean | null,
  track: number,
  baseTicks: number,
  tickUs: number,
): WebmPacket[] {
  const [number, at] = readVint(bytes, block.start, false);
  if (number !== track) return [];
  const ticks = (((bytes[at] ?? 0) << 24) >> 16) | (bytes[at + 1] ?? 0);
  const flags = bytes[at + 2] ?? 0;
  if ((flags & 0x06) !== 0) throw new Error('WebM: laced blocks are not read here');
  const key = groupKey ?? (flags & 0x80) !== 0;
  return [
    { timestampUs: Math.round((baseTicks + ticks) * tickUs), key, data: bytes.subarray(at + 3, block.end) },
  ];
}
