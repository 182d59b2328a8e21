/** The boxes that an MP4 or MOV file is made of, by their heads alone: ISO/IEC 14496-12, 4.2. */

/** Bytes of a file from a position on; fewer at its end. */
export type ReadBytes = (from: number, length: number) => Promise<Uint8Array>;

export type TopBox = Readonly<{
  type: string;
  /** Where its body begins, and where it says that it ends: behind the file's end where that is cut off. */
  bodyAt: number;
  endAt: number;
}>;

/** Files in pieces have thousands: no more than the first of them. */
const MOST_BOXES = 64;
/** Size, type, and a size of 64 bits where the first is 1. */
const HEAD_BYTES = 16;

/** Those of the file itself; ends with what is no box. */
export async function* topBoxes(read: ReadBytes, sizeBytes: number): AsyncGenerator<TopBox> {
  let at = 0;
  for (let box = 0; box < MOST_BOXES && at < sizeBytes; box++) {
    const head = viewOf(await read(at, HEAD_BYTES));
    // What follows the last box in some files is none.
    if (head.byteLength < 8 || !isType(head.getUint32(4))) return;
    const short = head.getUint32(0);
    const isLong = short === 1 && head.byteLength === HEAD_BYTES;
    const size = isLong ? Number(head.getBigUint64(8)) : short;
    // 0 is up to the end of the file.
    if (size < 8) return;
    yield { type: typeAt(head, 4), bodyAt: at + (isLong ? 16 : 8), endAt: at + size };
    at += size;
  }
}

/** Four letters, or what is used as such. */
const isType = (type: number): boolean => [24, 16, 8, 0].every((shift) => ((type >>> shift) & 0xff) >= 0x20);

export const typeAt = (view: DataView, at: number): string =>
  String.fromCharCode(...[0, 1, 2, 3].map((i) => view.getUint8(at + i)));

export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
