/**
 * Where edit lists of MP4 and MOV files cut a track off: what was trimmed without encoding anew is all still in the file, and
 * readers of packets give it. ISO/IEC 14496-12, 8.6.6: an edit says how long a piece of the media is shown; those without
 * media are empty time before it.
 */
import { topBoxes, typeAt, viewOf, type ReadBytes } from './boxes.ts';

/** Longer ones are none of files that people have: a moov of ten hours is 30 MB. */
const MOST_BYTES = 128 * 2 ** 20;

type Box = Readonly<{ type: string; body: DataView }>;

/**
 * In s of the track's own time, by its number; none for a track that is shown to its end, or that has several pieces.
 * @param sizeBytes of the file.
 */
export async function editEnds(read: ReadBytes, sizeBytes: number): Promise<ReadonlyMap<number, number>> {
  const moov = await findMoov(read, sizeBytes);
  if (moov === null) return new Map();
  const boxes = [...boxesIn(moov)];
  const header = boxes.find(({ type }) => type === 'mvhd')?.body;
  if (header === undefined || header.byteLength < 32) return new Map();
  const unitsPerS = header.getUint32(header.getUint8(0) === 1 ? 20 : 12);
  const ends = new Map<number, number>();
  for (const { type, body } of boxes) {
    if (type !== 'trak') continue;
    const parts = [...boxesIn(body)];
    const track = parts.find((part) => part.type === 'tkhd')?.body;
    const edits = parts.find((part) => part.type === 'edts')?.body;
    const list = edits && [...boxesIn(edits)].find((part) => part.type === 'elst')?.body;
    const units = list === undefined ? null : shownUnits(list);
    if (track === undefined || units === null) continue;
    ends.set(track.getUint32(track.getUint8(0) === 1 ? 20 : 12), units / unitsPerS);
  }
  return ends;
}

/** Empty time, and the piece behind it; null where that is not what a list says. */
function shownUnits(list: DataView): number | null {
  const isLong = list.getUint8(0) === 1;
  const [count, entryBytes] = [list.getUint32(4), isLong ? 20 : 12];
  if (8 + count * entryBytes > list.byteLength) return null;
  let units = 0;
  for (let entry = 0; entry < count; entry++) {
    const at = 8 + entry * entryBytes;
    const duration = isLong ? Number(list.getBigUint64(at)) : list.getUint32(at);
    const isEmpty = isLong ? list.getBigInt64(at + 8) === -1n : list.getInt32(at + 4) === -1;
    units += duration;
    if (!isEmpty) return entry === count - 1 && duration > 0 ? units : null;
  }
  return null;
}

async function findMoov(read: ReadBytes, sizeBytes: number): Promise<DataView | null> {
  for await (const { type, bodyAt, endAt } of topBoxes(read, sizeBytes)) {
    if (type !== 'moov') continue;
    const bytes = endAt - bodyAt;
    return bytes > MOST_BYTES || endAt > sizeBytes ? null : viewOf(await read(bodyAt, bytes));
  }
  return null;
}

function* boxesIn(view: DataView): Generator<Box> {
  for (let at = 0; at + 8 <= view.byteLength;) {
    const size = view.getUint32(at);
    if (size < 8 || at + size > view.byteLength) return;
    yield { type: typeAt(view, at + 4), body: new DataView(view.buffer, view.byteOffset + at + 8, size - 8) };
    at += size;
  }
}
