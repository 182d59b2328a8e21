/** Holds the times in a processed clip against those that ffprobe saw in its input. */
import { expect } from 'vitest';
import type { Clip } from '../../src/clips/clip-types.ts';
import { clipFile, expectedOf, type ExpectedSound } from './clip-fixtures.ts';
import { readClip, type ReadClip, type ReadSound } from './read-clip.ts';

/** Half a tick of the container: of 1 ms in WebM, of the finest that is usual in MP4 (57,600 Hz), and the rounding to µs. */
const CLOSE_US = { MP4: 1e6 / 57_600 / 2 + 1, WebM: 501 } as const;
const CLOSE_S = 0.001;

/** How far the last frame's end may lie from the input's: files do not agree on how long a last frame is shown. */
const LAST_FRAME_S = 0.1;

export async function expectSameTimes(name: string, read: ReadClip, clip: Clip): Promise<void> {
  const { timestampsUs, sounds } = expectedOf(name);
  const seen = read.video?.timestampsUs ?? [];
  expect(seen.length).toBe(timestampsUs.length);
  const worst = Math.max(...seen.map((us, i) => Math.abs(us - timestampsUs[i]!)));
  expect(worst).toBeLessThanOrEqual(CLOSE_US[read.format as keyof typeof CLOSE_US]);
  const lastS = timestampsUs.at(-1)! / 1e6;
  expect(clip.durationS).toBeGreaterThan(lastS);
  expect(clip.durationS).toBeLessThan(lastS + LAST_FRAME_S);

  expect(read.sounds.length).toBe(sounds.length);
  expect(clip.audio.length).toBe(sounds.length);
  const input = await readClip(await clipFile(name));
  for (const [i, sound] of sounds.entries()) {
    const out = read.sounds[i]!;
    if (clip.audio[i]!.how === 'copied') expectSamePackets(out, input.sounds[i]!);
    else expectSameSpan(out, sound);
  }
}

/** Byte by byte, and each at its time: the distance of sound and picture with them. */
export function expectSamePackets(out: ReadSound, input: ReadSound): void {
  expect(out.codec).toBe(input.codec);
  expect([out.channels, out.sampleRate]).toEqual([input.channels, input.sampleRate]);
  // Readers cut PCM into pieces as they like.
  if (out.codec.startsWith('pcm')) {
    expectSamePieces(out, input);
    return;
  }
  const heard = input.packets.findIndex(({ timestampS, durationS }) => timestampS + durationS > 0);
  // A packet overlaps with the one before it, which is decoded and not heard.
  const lead = heard > 0 ? 1 : 0;
  const left = input.packets.length - out.packets.length;
  expect(left).toBeGreaterThanOrEqual(0);
  expect(left).toBeLessThanOrEqual(heard - lead);
  for (const [i, { timestampS, data }] of out.packets.entries()) {
    const before = input.packets[i + left]!;
    expect(Math.abs(timestampS - before.timestampS)).toBeLessThanOrEqual(CLOSE_S);
    expect(sameBytes(data, before.data)).toBe(true);
  }
}

function expectSamePieces(out: ReadSound, input: ReadSound): void {
  expect(out.packets[0]?.timestampS).toBeCloseTo(input.packets[0]!.timestampS, 3);
  expect(sameBytes(joined(out), joined(input))).toBe(true);
}

const joined = ({ packets }: ReadSound): Uint8Array => Uint8Array.from(packets.flatMap(({ data }) => [...data])); // prettier-ignore

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, at) => byte === b[at]);

/** As long as the input's, to a packet, from the same moment on. What is before 0 is not heard. */
function expectSameSpan({ packets }: ReadSound, { startS, endS }: ExpectedSound): void {
  const [first, last] = [packets[0], packets.at(-1)];
  if (first === undefined || last === undefined) throw new Error('no sound came out');
  // The encoder's own lead-in lies before it.
  expect(first.timestampS).toBeLessThanOrEqual(Math.max(0, startS) + 0.001);
  expect(first.timestampS).toBeGreaterThan(Math.max(0, startS) - 0.06);
  expect(Math.abs(last.timestampS + last.durationS - endS)).toBeLessThan(0.045);
}
