/** Clips that something happened to, made from whole ones. */
import { EncodedPacketSink, ALL_FORMATS, BlobSource, Input } from 'mediabunny';

export const cutOff = (clip: File, share: number): File =>
  new File([clip.slice(0, Math.floor(clip.size * share))], clip.name);

/** What happened to some packets of the picture. */
export type Damaged = Readonly<{
  file: File;
  /** When their frames were to be shown, in s. */
  timesS: readonly number[];
  /** Of the next key frame behind the first of them: what can be decoded again; Infinity where there is none. */
  againS: number;
}>;

/**
 * Writes noise over the contents of the packets with these numbers, in the order in which they are decoded; what the file
 * says of them stays.
 */
export async function damagePackets(clip: File, numbers: readonly number[]): Promise<Damaged> {
  const bytes = new Uint8Array(await clip.arrayBuffer());
  const input = new Input({ source: new BlobSource(clip), formats: ALL_FORMATS });
  const timesS: number[] = [];
  let againS = Infinity;
  try {
    const track = await input.getPrimaryVideoTrack();
    if (track === null) throw new Error('no picture in the clip');
    let number = 0;
    let from = 0;
    for await (const { data, timestamp, type } of new EncodedPacketSink(track).packets()) {
      if (numbers.includes(number)) {
        from = placeOf(data, bytes, from);
        // Any length or marker at its start stands for more than there is.
        for (let i = 0; i < data.length; i++) bytes[from + i] = i < 4 ? 0x7f : (i * 151 + 89) % 256;
        timesS.push(timestamp);
      } else if (timesS.length > 0 && type === 'key') againS = Math.min(againS, timestamp);
      number++;
    }
  } finally {
    input.dispose();
  }
  if (timesS.length !== numbers.length)
    throw new RangeError(`not all of the packets ${numbers.join()} are there`);
  return { file: new File([bytes], clip.name), timesS, againS };
}

function placeOf(part: Uint8Array, bytes: Uint8Array, from: number): number {
  for (let place = from; place + part.length <= bytes.length; place++) {
    let same = 0;
    while (same < part.length && bytes[place + same] === part[same]) same++;
    if (same === part.length) return place;
  }
  if (from > 0) return placeOf(part, bytes, 0);
  throw new RangeError('the packet does not lie in the file');
}
