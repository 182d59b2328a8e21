/** When the frames of a track are shown, in that order, from its packets alone: what a decoder has to deliver. */
import { EncodedPacketSink, type EncodedPacket, type InputVideoTrack } from 'mediabunny';

export type FrameTime = Readonly<{
  timestampS: number;
  endS: number;
  /** Frames of one group are decoded from the same key frame: damage ends with it. */
  group: number;
}>;

/** VP8 marks frames that only others refer to, and that are never shown: RFC 6386, 9.1, bit 4 of the first byte. */
const VP8_SHOWN = 0b1_0000;

/**
 * From `fromS` on; the first one is that which is shown then.
 *
 *   decoded   I0 P3 B1 B2 | I6 B4 B5 …      frames between two key frames are shown before the second one,
 *   shown     I0 B1 B2 P3 | B4 B5 I6 …      so sorting from key to key puts all in their order
 */
export async function* frameTimes(track: InputVideoTrack, fromS: number): AsyncGenerator<FrameTime> {
  const sink = new EncodedPacketSink(track);
  // What VP8 does not show is told in the packet itself.
  const options = { metadataOnly: (await track.getCodec()) !== 'vp8' };
  const first = (await sink.getKeyPacket(fromS, options)) ?? (await sink.getFirstPacket(options));
  if (first === null) return;
  let group: FrameTime[] = [];
  let groups = 0;
  for await (const packet of sink.packets(first, undefined, options)) {
    if (!isShown(packet, options.metadataOnly)) continue;
    if (packet.type === 'key' && group.length > 0) {
      yield* inOrder(group, fromS);
      group = [];
      groups++;
    }
    const { timestamp, duration } = packet;
    group.push({ timestampS: timestamp, endS: timestamp + duration, group: groups });
  }
  yield* inOrder(group, fromS);
}

function* inOrder(group: readonly FrameTime[], fromS: number): Generator<FrameTime> {
  const sorted = group.toSorted((a, b) => a.timestampS - b.timestampS);
  for (const [index, time] of sorted.entries()) {
    // One whose successor comes by then is over.
    const next = sorted[index + 1];
    if (time.timestampS >= fromS || next === undefined || next.timestampS > fromS) yield time;
  }
}

function isShown({ data }: EncodedPacket, isMetadataOnly: boolean): boolean {
  const [first] = data;
  return isMetadataOnly || first === undefined || (first & VP8_SHOWN) !== 0;
}
