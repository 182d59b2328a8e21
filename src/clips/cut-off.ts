/** Whether a file ends before it says it does: readers take what is there, and say nothing. */

/** Bytes of a file from a position on; fewer at its end. */
export type ReadBytes = (from: number, length: number) => Promise<Uint8Array>;

/** Files in pieces have thousands of boxes: the last one of so many tells nothing. */
const MOST_BOXES = 64;
/** ISO/IEC 14496-12, 4.2: size, type, and a size of 64 bits where that is 1. */
const BOX_HEAD = 16;
/** RFC 8794 and 9559: the identifiers of the EBML header and of the segment behind it. */
const EBML = 0x1a45dfa3;
const SEGMENT = 0x18538067;
const EBML_HEAD = 256;

/** MP4, MOV, WebM and MKV; false of whatever is none of them. */
export async function isCutOff(read: ReadBytes, sizeBytes: number): Promise<boolean> {
  const head = viewOf(await read(0, EBML_HEAD));
  if (head.byteLength < BOX_HEAD) return false;
  return head.getUint32(0) === EBML ? isSegmentCutOff(head, sizeBytes) : areBoxesCutOff(read, sizeBytes);
}

function isSegmentCutOff(head: DataView, sizeBytes: number): boolean {
  const header = elementSize(head, 4);
  if (header === null) return false;
  const segment = 4 + header.length + header.value;
  if (segment + 12 > head.byteLength || head.getUint32(segment) !== SEGMENT) return false;
  const size = elementSize(head, segment + 4);
  return size !== null && segment + 4 + size.length + size.value > sizeBytes;
}

/** RFC 8794, 4: as many bytes as its first one has leading zeros, and one; null where all its bits are set: unknown. */
function elementSize(head: DataView, at: number): Readonly<{ length: number; value: number }> | null {
  const first = head.getUint8(at);
  const length = Math.clz32(first) - 23;
  if (length > 8 || at + length > head.byteLength) return null;
  let value = first & ((1 << (8 - length)) - 1);
  let isUnknown = value === (1 << (8 - length)) - 1;
  for (let i = 1; i < length; i++) {
    const byte = head.getUint8(at + i);
    isUnknown &&= byte === 0xff;
    value = value * 256 + byte;
  }
  return isUnknown ? null : { length, value };
}

async function areBoxesCutOff(read: ReadBytes, sizeBytes: number): Promise<boolean> {
  let at = 0;
  for (let box = 0; box < MOST_BOXES && at < sizeBytes; box++) {
    const head = viewOf(await read(at, BOX_HEAD));
    // What follows the last box in some files is none.
    if (head.byteLength < 8 || !isType(head.getUint32(4))) return false;
    const short = head.getUint32(0);
    // 0: to the end of the file.
    if (short === 0) return false;
    const size = short === 1 && head.byteLength === BOX_HEAD ? Number(head.getBigUint64(8)) : short;
    if (size < 8) return false;
    at += size;
  }
  return at > sizeBytes;
}

/** Four letters, or what is used as such. */
const isType = (type: number): boolean => [24, 16, 8, 0].every((shift) => ((type >>> shift) & 0xff) >= 0x20);

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
