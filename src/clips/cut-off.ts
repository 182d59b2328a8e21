/** Whether a file ends before it says it does: readers take what is there, and say nothing. */

import { topBoxes, viewOf, type ReadBytes } from './boxes.ts';

/** RFC 8794 and 9559: the identifiers of the EBML header and of the segment behind it. */
const EBML = 0x1a45dfa3;
const SEGMENT = 0x18538067;
const EBML_HEAD = 256;
/** Shorter ones are no clips. */
const LEAST_BYTES = 16;

/** MP4, MOV, WebM and MKV; false of whatever is none of them. */
export async function isCutOff(read: ReadBytes, sizeBytes: number): Promise<boolean> {
  const head = viewOf(await read(0, EBML_HEAD));
  if (head.byteLength < LEAST_BYTES) return false;
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
  let endAt = 0;
  for await (const box of topBoxes(read, sizeBytes)) ({ endAt } = box);
  return endAt > sizeBytes;
}
