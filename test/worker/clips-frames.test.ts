/** Clips whose frames carry their number: each comes out once, in order, at its time, whatever is asked for. */
import { describe, expect, test } from 'vitest';
import { edge, none, spatiotemporalBlur, trail } from '../../pipelines/index.ts';
import type { Filter } from '../../src/graph/filter.ts';
import { sameBytes } from '../support/clip-times.ts';
import { evenly, makeClip, numberIn } from '../support/make-clip.ts';
import { decodePictures, readClip } from '../support/read-clip.ts';
import { bytesOf, fileOf, runClip } from '../support/run-clip.ts';

/** In s: bursts 2 ms apart, ordinary frames, stills of more than a second; no two distances alike for long. */
const UNEVEN = [0, 0.002, 0.035, 0.0683, 0.1, 0.2, 0.2021, 0.25, 1.4, 1.4333, 1.4667, 1.5, 1.51, 1.52, 1.6, 1.7, 1.8, 3, 3.0333, 3.1, 3.1333, 3.2, 3.2333, 3.3]; // prettier-ignore

const wholeUs = (timesS: readonly number[]) => timesS.map((timeS) => Math.round(1e6 * timeS));
const count = (n: number) => Array.from({ length: n }, (_, i) => i);

async function seenIn(file: Blob): Promise<{ numbers: (number | null)[]; timesUs: number[] }> {
  const pictures = await decodePictures(file);
  return {
    numbers: pictures.map(({ planes }) => numberIn(planes)),
    timesUs: pictures.map(({ timestampUs }) => timestampUs),
  };
}

function expectTimes(seenUs: readonly number[], wantedS: readonly number[], closeUs: number): void {
  expect(seenUs.length).toBe(wantedS.length);
  const wanted = wholeUs(wantedS);
  const wrong = seenUs.flatMap((us, i) => (Math.abs(us - wanted[i]!) > closeUs ? [`${i}: ${us}, not ${wanted[i]!}`] : [])); // prettier-ignore
  expect(wrong).toEqual([]);
}

describe('a variable frame rate', () => {
  test.each([
    ['mp4', 'avc', 'mp4', none],
    ['mp4', 'avc', 'webm', edge],
    ['webm', 'vp9', 'mp4', edge],
    ['webm', 'vp8', 'webm', none],
  ] as const)('from %s (%s) to %s', async (container, codec, to, filter) => {
    const input = await makeClip({ timesS: UNEVEN, container, codec });
    // As the file has it: WebM counts milliseconds.
    const timesUs = (await readClip(input)).video!.timestampsUs;
    expectTimes(timesUs, UNEVEN, container === 'webm' ? 501 : 10);
    const clip = await runClip(input, { filter, output: { container: to } });
    expect(clip.frames).toBe(UNEVEN.length);
    const seen = await seenIn(clip.blob!);
    expect(seen.numbers).toEqual(count(UNEVEN.length));
    expectTimes(seen.timesUs, timesUs.map((us) => us / 1e6), to === 'webm' ? 501 : 10); // prettier-ignore
  });
});

describe.each([none, edge, trail])('two runs of $name', (filter: Filter) => {
  const input = makeClip({ timesS: evenly(20, 30), soundS: 0.6 });
  const twice = async (container: 'mp4' | 'webm') => {
    const options = { filter, output: { container } };
    return [await fileOf(await input, options), await fileOf(await input, options)] as const;
  };

  test('give the same file', async () => {
    const [a, b] = await twice('webm');
    expect(sameBytes(await bytesOf(a), await bytesOf(b))).toBe(true);
  });

  test('give the same packets, where the file says when it was made', async () => {
    const [a, b] = await twice('mp4');
    const packetsIn = async (file: Blob) => {
      const { video, sounds } = await readClip(file);
      return [...video!.packets, ...sounds[0]!.packets];
    };
    const [first, second] = [await packetsIn(a), await packetsIn(b)];
    expect(first.length).toBeGreaterThan(20 + 0.6 / 0.021);
    expect(first).toEqual(second);
    expect(a.size).toBe(b.size);
  });
});

test('a filter that looks ahead gives each frame its own time, and none is missing at either end', async () => {
  const input = await makeClip({ timesS: UNEVEN });
  const clip = await runClip(input, { filter: spatiotemporalBlur, params: { sigma: 0.5, ms: 100 } });
  expect(clip.frames).toBe(UNEVEN.length);
  expectTimes((await readClip(clip.blob!)).video!.timestampsUs, UNEVEN, 10);
});

describe('frameRate', () => {
  const input = makeClip({ timesS: evenly(30, 30) });

  test('15 of 30: every second frame', async () => {
    const seen = await seenIn(await fileOf(await input, { output: { frameRate: 15 } }));
    expect(seen.numbers).toEqual(count(15).map((i) => 2 * i));
    expectTimes(seen.timesUs, evenly(15, 15), 10);
  });

  test('60 of 30: each frame twice', async () => {
    const seen = await seenIn(await fileOf(await input, { output: { frameRate: 60 } }));
    expect(seen.numbers).toEqual(count(60).map((i) => Math.floor(i / 2)));
    expectTimes(seen.timesUs, evenly(60, 60), 10);
  });

  test('of uneven frames: at each tick what is shown then, or a quarter of a tick later', async () => {
    const uneven = await makeClip({ timesS: UNEVEN });
    const seen = await seenIn(await fileOf(uneven, { output: { frameRate: 20 } }));
    const ticks = evenly(seen.timesUs.length, 20);
    expectTimes(seen.timesUs, ticks, 10);
    expect(seen.numbers).toEqual(ticks.map((s) => UNEVEN.findLastIndex((timeS) => timeS <= s + 0.25 / 20)));
    const [endS, lastS] = [UNEVEN.at(-1)! + 1 / 30, ticks.at(-1)!];
    expect(lastS).toBeLessThan(endS);
    expect(lastS).toBeGreaterThan(endS - 0.051);
  });
});

describe('range', () => {
  const input = makeClip({ timesS: evenly(60, 30), soundS: 2, container: 'webm', codec: 'vp9' });

  test.each([
    [{ startS: 0.5, endS: 1 }, 15, 15],
    // In the middle of a frame: that is what is seen first.
    [{ startS: 0.55, endS: 0.75 }, 16, 7],
    [{ endS: 0.3 }, 0, 9],
    [{ startS: 1.8 }, 54, 6],
    [{ startS: 1.8, endS: 99 }, 54, 6],
  ])('%j', async (range, first, frames) => {
    const clip = await runClip(await input, { range, output: { container: 'mp4' } });
    const seen = await seenIn(clip.blob!);
    expect(seen.numbers).toEqual(count(frames).map((i) => first + i));
    expect(clip.frames).toBe(frames);
    const startS = 'startS' in range ? range.startS : 0;
    // The file's own clock counts milliseconds.
    expectTimes(seen.timesUs, count(frames).map((i) => Math.max(0, (first + i) / 30 - startS)), 1000); // prettier-ignore
    const endS = Math.min('endS' in range ? range.endS : Infinity, 2);
    expect(clip.durationS).toBeCloseTo(endS - startS, 2);
    const sound = (await readClip(clip.blob!)).sounds[0]!;
    const last = sound.packets.at(-1)!;
    expect(Math.abs(last.timestampS + last.durationS - (endS - startS))).toBeLessThan(0.03);
    expect(sound.packets.find(({ timestampS }) => timestampS >= 0)!.timestampS).toBeLessThan(0.021);
  });

  test('that begins behind the end is refused', async () => {
    await expect(runClip(await input, { range: { startS: 2.5 } })).rejects.toThrow(
      /options\.range\.startS must be < 2(\.\d+)? s, the clip's length, got 2\.5/,
    );
  });
});

describe('size, bitrate and codec', () => {
  const input = makeClip({ timesS: evenly(20, 30), width: 256, height: 128 });

  test.each([
    [{ width: 128 }, 128, 64],
    [{ height: 32 }, 64, 32],
    [{ width: 200, height: 200 }, 200, 200],
  ])('size %j', async (size, width, height) => {
    const clip = await runClip(await input, { output: { size } });
    expect(clip).toMatchObject({ width, height, frames: 20 });
    expect((await readClip(clip.blob!)).video).toMatchObject({ width, height });
  });

  test('a higher bitrate makes a bigger file', async () => {
    const sizeOf = async (bitrate: number) => (await fileOf(await input, { output: { bitrate } })).size;
    expect(await sizeOf(3e6)).toBeGreaterThan(2 * (await sizeOf(60_000)));
  });

  test.each([
    ['mp4', 'avc'],
    ['mp4', 'vp9'],
    ['mp4', 'av1'],
    ['webm', 'vp8'],
    ['webm', 'vp9'],
    ['webm', 'av1'],
  ] as const)('%s with %s', async (container, codec) => {
    const clip = await runClip(await input, { output: { container, codec } });
    expect(clip).toMatchObject({ container, videoCodec: codec, frames: 20 });
    expect((await readClip(clip.blob!)).video).toMatchObject({ codec });
    expect((await seenIn(clip.blob!)).numbers).toEqual(count(20));
  });
});
