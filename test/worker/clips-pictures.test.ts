/** What is seen in a processed clip: upright, of the right shape and colours, as a filter's definition says. */
import { describe, expect, test } from 'vitest';
import { blur, edge, none, spatiotemporalBlur, trail } from '../../pipelines/index.ts';
import { ReferenceSequence } from '../../src/backends/reference/reference-sequence.ts';
import { runReference } from '../../src/backends/reference/run-reference.ts';
import { tensor, type Tensor } from '../../src/core/tensor.ts';
import { graph } from '../../src/graph/builder.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { latencyOf } from '../../src/graph/latency.ts';
import { frameAt, mix, stack } from '../../src/graph/operators.ts';
import { clipFile, expectedOf } from '../support/clip-fixtures.ts';
import { blocksOf, inLevels, shownOf, worstDifference, type Shown } from '../support/clip-planes.ts';
import { evenly, makeClip } from '../support/make-clip.ts';
import { decodePictures, readClip, type DecodedPicture } from '../support/read-clip.ts';
import { fileOf, runClip } from '../support/run-clip.ts';

/** High enough for a codec to lose next to nothing of these small pictures. */
const FAITHFUL = { bitrate: 3e7 } as const;
/** Mean distance of each channel, in levels: what a codec leaves of these busy pictures at best. */
const CLOSE = 3;
/** And the mean itself: a codec's noise has none, other colours have. */
const NO_BIAS = 0.7;
const OF_A_FRAME = { mean: CLOSE, bias: NO_BIAS } as const;
/** What is remembered is rounded too. */
const OVER_TIME = { mean: CLOSE, bias: 1.5 } as const;

/** The first, one in the middle, and the last one. */
const some = (count: number) => (index: number) => index === 0 || index === count >> 1 || index === count - 1;

async function inputPictures(name: string): Promise<readonly Shown[]> {
  const { video, timestampsUs } = expectedOf(name);
  const pictures = await decodePictures(await clipFile(name), some(timestampsUs.length));
  return pictures.map(({ planes }) => shownOf(planes, video!.rotation));
}

async function outputPictures(file: Blob, isWanted?: (index: number) => boolean): Promise<readonly Shown[]> {
  const { rotation, timestampsUs } = (await readClip(file)).video!;
  const pictures = await decodePictures(file, isWanted ?? some(timestampsUs.length));
  return pictures.map(({ planes }) => shownOf(planes, rotation));
}

const all = () => true;

function expectAlike(
  seen: Shown,
  expected: Shown,
  limits: Readonly<{ mean: number; bias: number }> = OF_A_FRAME,
): void {
  expect([seen.width, seen.height]).toEqual([expected.width, expected.height]);
  expect(worstDifference(seen.levels, expected.levels)).toBeLessThan(limits.mean);
  expect(worstDifference(blocksOf(seen, 1, 1), blocksOf(expected, 1, 1))).toBeLessThan(limits.bias);
}

/** As a graph takes it. */
const tensorOf = ({ width, height, levels }: Shown): Tensor =>
  tensor([height, width, 3], levels.map((level) => level / 255)); // prettier-ignore

/** The mean of the frames two before and two after the one that is shown. */
const centred = graph(({ frame }) => {
  const frames = stack(frame, { frames: 5, alignment: 'centered', maxGapMs: 10_000 });
  return mix(frameAt(frames, 0), frameAt(frames, 4), 0.5);
});

const colorOf = ({ planes }: DecodedPicture) => planes.color;

describe('unchanged by the filter that changes nothing', () => {
  test.each([
    'b-frames.mp4',
    'rotate-90.mp4',
    'rotate-180.mp4',
    'rotate-270.mp4',
    'wide-pixels.mp4',
    'odd-size.webm',
    'full-range.mp4',
    'bt709.mp4',
    'ten-bit.webm',
    'av1.mp4',
    'edit-list-cut.mp4',
    'vfr.webm',
  ])('%s', async (name) => {
    const before = await inputPictures(name);
    const after = await outputPictures(await fileOf(name, { output: FAITHFUL }));
    expect(after.length).toBe(3);
    for (const [i, picture] of after.entries()) {
      expectAlike(picture, before[i]!, OF_A_FRAME);
      // Nowhere another colour, or another picture.
      const [blocks, own] = [blocksOf(picture, 8, 6), blocksOf(before[i]!, 8, 6)];
      expect(Math.max(...blocks.map((level, block) => Math.abs(level - own[block]!)))).toBeLessThan(5);
    }
  });

  test.each(['b-frames.mp4', 'full-range.mp4', 'rotate-90.mp4'])('%s, smaller', async (name) => {
    const { width } = (await inputPictures(name))[0]!;
    const output = { ...FAITHFUL, size: { width: width / 2 } };
    const [before, after] = [await inputPictures(name), await outputPictures(await fileOf(name, { output }))];
    for (const [i, picture] of after.entries()) {
      expect([picture.width, picture.height]).toEqual([before[i]!.width / 2, before[i]!.height / 2]);
      const [blocks, own] = [blocksOf(picture, 8, 6), blocksOf(before[i]!, 8, 6)];
      expect(worstDifference(blocks, own)).toBeLessThan(CLOSE);
      expect(worstDifference(blocksOf(picture, 1, 1), blocksOf(before[i]!, 1, 1))).toBeLessThan(1.5);
    }
  });

  test('the check would see a picture from elsewhere in the clip, and one upside down', async () => {
    const [upright, turned] = [await inputPictures('rotate-90.mp4'), await inputPictures('rotate-270.mp4')];
    expect(worstDifference(upright[0]!.levels, turned[0]!.levels)).toBeGreaterThan(4 * CLOSE);
    const moving = await inputPictures('vfr.webm');
    expect(worstDifference(moving[0]!.levels, moving[1]!.levels)).toBeGreaterThan(2 * CLOSE);
  });
});

test('pixels that are twice as wide as high stay so, or become two', async () => {
  const { video } = await readClip(await fileOf('wide-pixels.mp4'));
  expect((video!.width * video!.pixelAspect) / video!.height).toBeCloseTo((2 * 160) / 120, 2);
});

test('where the size changes on the way, the whole picture stays in the first size', async () => {
  const file = await fileOf('size-change.webm', { output: FAITHFUL });
  expect((await readClip(file)).video).toMatchObject({ width: 160, height: 120 });
  const [before, after] = [await inputPictures('size-change.webm'), await outputPictures(file)];
  expect(before.map(({ width, height }) => [width, height])).toEqual([[160, 120], [200, 152], [200, 152]]); // prettier-ignore
  expectAlike(after[0]!, before[0]!);
  for (const i of [1, 2]) {
    // Up to a pixel's black at the sides: the shapes differ.
    const [seen, own] = [blocksOf(after[i]!, 1, 1), blocksOf(before[i]!, 1, 1)];
    expect(worstDifference(seen, own)).toBeLessThan(2.5);
    expect(worstDifference(blocksOf(after[i]!, 8, 6), blocksOf(before[i]!, 8, 6))).toBeLessThan(6);
  }
});

describe('as the filter is defined', () => {
  test.each([
    { name: 'full-range.mp4', filter: blur },
    { name: 'full-range.mp4', filter: edge },
    { name: 'bt709.mp4', filter: blur },
    { name: 'bt709.mp4', filter: edge },
    { name: 'rotate-90.mp4', filter: edge },
    { name: 'ten-bit.webm', filter: blur },
    { name: 'odd-size.webm', filter: edge },
  ])('$name, $filter.name', async ({ name, filter }) => {
    const of = filter.build();
    const { rotation } = expectedOf(name).video!;
    const pictures = await decodePictures(await clipFile(name), (i) => i === 0 || i === 7);
    const after = await outputPictures(await fileOf(name, { filter, output: FAITHFUL }), (i) => i === 0 || i === 7); // prettier-ignore
    for (const [i, picture] of pictures.entries()) {
      const frame = tensorOf(shownOf(picture.planes, rotation));
      const expected = inLevels(runReference(of, { frame }, { color: colorOf(picture) }));
      expectAlike(after[i]!, expected, OF_A_FRAME);
    }
  });

  test.each([
    ['trail', trail.build(), 0],
    ['spatiotemporal blur', spatiotemporalBlur.build({ ms: 150 }), 0],
    ['what was and what comes', centred, 2],
  ])('over time, frame by frame: %s', async (_name, of: Graph, ahead) => {
    expect(latencyOf(of).frames).toBe(ahead);
    const input = await makeClip({ timesS: evenly(24, 30), height: 48 });
    const pictures = await decodePictures(input);
    const reference = new ReferenceSequence(of, { color: colorOf(pictures[0]!) });
    // What comes late is of an earlier frame; the last one stands for those that never come.
    const outputs = [...pictures, ...Array.from({ length: ahead }, () => pictures.at(-1)!)].map(
      ({ planes }, n) =>
        inLevels(reference.next({ frame: tensorOf(shownOf(planes)) }, Math.round((n * 1e6) / 30))),
    );
    const after = await outputPictures(await fileOf(input, { graph: of, output: FAITHFUL }), all);
    expect(after.length).toBe(pictures.length);
    for (const [i, picture] of after.entries()) expectAlike(picture, outputs[i + ahead]!, OVER_TIME);
  });
});

test('a range shows what the whole clip shows there: what was before it is known', async () => {
  const input = await makeClip({ timesS: evenly(60, 30), height: 48 });
  const options = { filter: trail, output: FAITHFUL };
  const inPart = { startS: 1, endS: 1.5 };
  const whole = await outputPictures(await fileOf(input, options), (i) => i >= 30 && i < 45);
  const part = await outputPictures(await fileOf(input, { ...options, range: inPart }), all);
  const bare = await outputPictures(await fileOf(input, { ...options, filter: none, range: inPart }), all);
  expect([whole.length, part.length]).toEqual([15, 15]);
  for (const [i, picture] of part.entries()) expectAlike(picture, whole[i]!);
  // Its first frame by itself is another picture.
  expect(worstDifference(bare[0]!.levels, whole[0]!.levels)).toBeGreaterThan(2 * CLOSE);
});

test('the picture of a turned clip is upright in the file: size, and what is said of it', async () => {
  const clip = await runClip('rotate-90.mp4');
  const { width, height, rotation } = (await readClip(clip.blob!)).video!;
  const shown = rotation % 180 === 0 ? [width, height] : [height, width];
  expect(shown).toEqual([96, 160]);
  expect([clip.width, clip.height]).toEqual(shown);
});
