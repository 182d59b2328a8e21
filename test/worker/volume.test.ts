/** Volumes through the live pipeline: what is shown of a slice is what the whole volume, filtered in 3D, has there. */
import { filter, firstValueFrom, timeout } from 'rxjs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { none, temporalEdge } from '../../pipelines/index.ts';
import { runReference } from '../../src/backends/reference/run-reference.ts';
import type { PipelineError } from '../../src/core/errors.ts';
import type { Voxels } from '../../src/core/voxels.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { conv3d, frameAt, gaussianRow, graph, luma, magnitude, mul, readVolume, sheppLogan, stack, tensor, type Filter, type GraphValue, type Pipeline, type Tensor, type VolumeState } from '../../src/index.ts'; // prettier-ignore
import { failureOf, open, statsWhen, statusWhen } from './run-pipeline.ts';

const PATIENCE_MS = 20_000;
const SLICES = 9;

/** In 8 bits, as the picture is: what differs then comes of the filter. */
function phantom(shape: Voxels['shape'] = [SLICES, 32, 40]): Voxels {
  const { data } = sheppLogan(shape);
  return { data: Uint8Array.from(data, (density) => 255 * density + 0.5), shape };
}

/** `[k, k, k]` of weights along slices, rows and columns. */
function outer(t: readonly number[], y: readonly number[], x: readonly number[]): Tensor {
  return tensor(
    [t.length, y.length, x.length],
    t.flatMap((a) => y.flatMap((b) => x.map((c) => a * b * c))),
  );
}

const BELL = [1, 2, 1];
const SLOPE = [-1, 0, 1];
const GAUSSIAN = [...gaussianRow({ sigma: 1, size: 5 }).data];

function conv(x: GraphValue, weights: Tensor, along: 'valid' | 'same'): GraphValue {
  const [t = 1, k = 1] = weights.shape;
  const [own, side] = [along === 'same' ? (t - 1) / 2 : 0, (k - 1) / 2];
  return conv3d(x, { weights, padding: [[own, own], [side, side], [side, side]], edge: 'replicate' }); // prettier-ignore
}

/** Filters in three dimensions of `[depth, height, width, 1]`, padded along the depth or not, and the slices that they see. */
const FILTERS = {
  'a Gaussian': {
    slices: 5,
    build: (x: GraphValue, along: 'valid' | 'same') => conv(x, outer(GAUSSIAN, GAUSSIAN, GAUSSIAN), along),
  },
  'the magnitude of a Sobel': {
    slices: 3,
    build: (x: GraphValue, along: 'valid' | 'same') => {
      const across = conv(x, outer(BELL, BELL, SLOPE), along);
      const down = conv(x, outer(BELL, SLOPE, BELL), along);
      const through = conv(x, outer(SLOPE, BELL, BELL), along);
      return mul(magnitude(magnitude(across, down), through), 1 / 4);
    },
  },
} as const;

type Name = keyof typeof FILTERS;

/** Over frames: a centred stack of as many slices as the filter sees. */
const liveFilter = (name: Name): Filter => ({
  ...none,
  name,
  build: () =>
    graph(({ frame }) => {
      const frames = FILTERS[name].slices;
      return frameAt(FILTERS[name].build(stack(luma(frame), { frames, alignment: 'centered' }), 'valid'), 0);
    }),
});

const wholeGraph = (name: Name): Graph =>
  graph({ x: [null, null, null, 1] }, ({ x }) => FILTERS[name].build(x, 'same'));

/** The whole volume, filtered by the reference: its slices in levels. */
function expectedSlices(name: Name, { data, shape }: Voxels): readonly Uint8Array[] {
  const whole = runReference(wholeGraph(name), { x: { shape: [...shape, 1], data: Float32Array.from(data, (v) => v / 255) } }); // prettier-ignore
  const size = shape[1] * shape[2];
  return Array.from({ length: shape[0] }, (_, z) =>
    Uint8Array.from(whole.data.subarray(z * size, (z + 1) * size), (v) =>
      Math.round(255 * Math.min(1, Math.max(0, v))),
    ),
  );
}

afterEach(() => {
  document.body.replaceChildren();
  vi.restoreAllMocks();
});

/** What an element shows, its red. */
function levelsOf(element: HTMLCanvasElement | HTMLVideoElement): Uint8Array {
  const isVideo = element instanceof HTMLVideoElement;
  const [width, height] = isVideo
    ? [element.videoWidth, element.videoHeight]
    : [element.width, element.height];
  if (width === 0) return new Uint8Array(0);
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  context?.drawImage(element, 0, 0);
  const rgba = context?.getImageData(0, 0, width, height).data ?? new Uint8ClampedArray(0);
  return Uint8Array.from({ length: width * height }, (_, i) => rgba[4 * i] ?? NaN);
}

const farthest = (a: Uint8Array, b: Uint8Array): number =>
  a.length === b.length
    ? a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? NaN))), 0)
    : Infinity;

function volumeOf(pipeline: Pipeline) {
  if (pipeline.volume === null) throw new Error('the source is no volume');
  return pipeline.volume;
}

const stateWhen = (pipeline: Pipeline, isIt: (state: VolumeState) => boolean): Promise<VolumeState> =>
  firstValueFrom(volumeOf(pipeline).state$.pipe(filter(isIt), timeout(PATIENCE_MS)));

function canvasOnPage(): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  document.body.append(canvas);
  return canvas;
}

describe.each(Object.keys(FILTERS) as Name[])('%s', (name) => {
  test('of each slice that is asked for, the first and the last included, is that of the whole volume', async () => {
    const voxels = phantom();
    const expected = expectedSlices(name, voxels);
    const output = canvasOnPage();
    const pipeline = open({
      source: { kind: 'volume', voxels, playing: false },
      filter: liveFilter(name),
      output,
    });
    const faults: PipelineError[] = [];
    pipeline.diagnostics$.subscribe((error) => faults.push(error));
    for (const slice of [0, 4, 5, 2, SLICES - 1, 0, 7, 7, 6]) {
      await statusWhen(pipeline, 'running');
      await volumeOf(pipeline).goTo(slice);
      expect(await stateWhen(pipeline, (state) => state.slice === slice)).toEqual({ slice, slices: SLICES, isPlaying: false }); // prettier-ignore
      await expect.poll(() => farthest(levelsOf(output), expected[slice] ?? new Uint8Array(0)), { message: `slice ${slice}` }).toBeLessThanOrEqual(1); // prettier-ignore
    }
    expect((await pipeline.stats()).scale).toBe(1);
    await pipeline.stop();
    expect(faults).toEqual([]);
  });

  test('while it plays, past the end and on: never anything else', async () => {
    const voxels = phantom();
    const expected = expectedSlices(name, voxels);
    const output = canvasOnPage();
    const pipeline = open({
      source: { kind: 'volume', voxels, sliceMs: 60 },
      filter: liveFilter(name),
      output,
    });
    const slices: number[] = [];
    volumeOf(pipeline).state$.subscribe(({ slice }) => slices.push(slice));
    await stateWhen(pipeline, () => true);
    const worst: number[] = [];
    while (slices.length < 2.5 * SLICES) {
      await new Promise(requestAnimationFrame);
      const levels = levelsOf(output);
      worst.push(Math.min(...expected.map((slice) => farthest(levels, slice))));
    }
    const { droppedBy } = await pipeline.stats();
    await pipeline.stop();
    // Lead-ins alone are not shown.
    expect(Object.entries(droppedBy).filter(([reason, count]) => reason !== 'warming' && count > 0)).toEqual(
      [],
    );
    expect(slices.slice(0, 2 * SLICES)).toEqual(Array.from({ length: 2 * SLICES }, (_, i) => i % SLICES));
    // Before the first picture a canvas is empty.
    expect(worst.filter((level) => level > 1).length).toBeLessThan(4);
  });
});

test("the collection's own 3D Sobel is that of the whole volume", async () => {
  const voxels = phantom();
  const expected = expectedSlices('the magnitude of a Sobel', voxels)[3] ?? new Uint8Array(0);
  const output = canvasOnPage();
  const pipeline = open({
    source: { kind: 'volume', voxels, slice: 3, playing: false },
    filter: temporalEdge,
    output,
  });
  await stateWhen(pipeline, ({ slice }) => slice === 3);
  await expect.poll(() => farthest(levelsOf(output), expected)).toBeLessThanOrEqual(1);
  await pipeline.stop();
});

test('a <video> shows each slice too, though time goes back', async () => {
  const voxels = phantom();
  const output = document.createElement('video');
  Object.assign(output, { muted: true, autoplay: true });
  document.body.append(output);
  const pipeline = open({ source: { kind: 'volume', voxels, playing: false }, filter: none, output });
  const size = voxels.shape[1] * voxels.shape[2];
  for (const slice of [4, 3, 6, 2]) {
    await statusWhen(pipeline, 'running');
    await volumeOf(pipeline).goTo(slice);
    const plain = Uint8Array.from(voxels.data.subarray(slice * size, (slice + 1) * size));
    await expect
      .poll(() => farthest(levelsOf(output), plain), { message: `slice ${slice}` })
      .toBeLessThanOrEqual(2);
  }
  await pipeline.stop();
});

test('a filter that is chosen while it stands still shows the same slice', async () => {
  const voxels = phantom();
  const output = canvasOnPage();
  const pipeline = open({
    source: { kind: 'volume', voxels, slice: 4, playing: false },
    filter: none,
    output,
  });
  await stateWhen(pipeline, ({ slice }) => slice === 4);
  const size = voxels.shape[1] * voxels.shape[2];
  const plain = Uint8Array.from(voxels.data.subarray(4 * size, 5 * size));
  await expect.poll(() => farthest(levelsOf(output), plain)).toBeLessThanOrEqual(1);
  const name = 'the magnitude of a Sobel';
  await pipeline.setFilter(liveFilter(name));
  const expected = expectedSlices(name, voxels)[4] ?? new Uint8Array(0);
  await expect.poll(() => farthest(levelsOf(output), expected)).toBeLessThanOrEqual(1);
  await pipeline.stop();
});

test('plays and pauses', async () => {
  const pipeline = open({
    source: { kind: 'volume', voxels: phantom(), sliceMs: 20, playing: false },
    filter: none,
  });
  await stateWhen(pipeline, ({ slice }) => slice === 0);
  await volumeOf(pipeline).play();
  await stateWhen(pipeline, ({ slice, isPlaying }) => isPlaying && slice === 3);
  await volumeOf(pipeline).pause();
  const { slice } = await stateWhen(pipeline, ({ isPlaying }) => !isPlaying);
  const { shown } = await pipeline.stats();
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect((await pipeline.stats()).shown).toBeLessThanOrEqual(shown + 1);
  expect(slice).toBeLessThanOrEqual(5);
  await expect(volumeOf(pipeline).goTo(SLICES)).rejects.toThrow('slice must be 0 to 8, got 9');
  await pipeline.stop();
  await expect(volumeOf(pipeline).play()).rejects.toMatchObject({ code: 'aborted' });
});

describe('files', () => {
  /** A PNG of one grey, or of one colour. */
  async function png(name: string, color: string, { width = 8, height = 6 } = {}): Promise<File> {
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d');
    if (context === null) throw new Error('no 2D canvas');
    context.fillStyle = color;
    context.fillRect(0, 0, width, height);
    return new File([await canvas.convertToBlob({ type: 'image/png' })], name, { type: 'image/png' });
  }

  const greys = (voxels: Voxels) => Array.from({ length: voxels.shape[0] }, (_, z) => voxels.data[z * 48]);

  test('are slices in the order of their numbers, whatever else lies in the folder', async () => {
    const files = await Promise.all([
      png('slice10.png', '#0a0a0a'),
      png('slice9.PNG', '#090909'),
      png('slice100.png', '#646464'),
      png('slice1.png', '#010101'),
    ]);
    const voxels = await readVolume([...files, new File(['notes'], 'readme.txt', { type: 'text/plain' })]);
    expect(voxels.shape).toEqual([4, 6, 8]);
    expect(greys(voxels)).toEqual([1, 9, 10, 100]);
    expect(greys(await readVolume([await png('a.png', '#ff0000'), await png('b.png', '#00ff00')]))).toEqual([
      54, 182,
    ]);
    // Without names, as they come.
    const blobs = files.map((file) => file.slice(0, file.size, 'image/png'));
    expect(greys(await readVolume(blobs))).toEqual([10, 9, 100, 1]);
  });

  test('are shown', async () => {
    const files = await Promise.all([
      png('2.png', '#202020'),
      png('1.png', '#101010'),
      png('3.png', '#303030'),
    ]);
    const output = canvasOnPage();
    const pipeline = open({
      source: { kind: 'volume', files, slice: 1, playing: false },
      filter: none,
      output,
    });
    expect(await stateWhen(pipeline, () => true)).toMatchObject({ slice: 1, slices: 3 });
    await expect.poll(() => farthest(levelsOf(output), new Uint8Array(48).fill(0x20))).toBeLessThanOrEqual(1);
    expect(await statsWhen(pipeline, ({ shown }) => shown > 0)).toMatchObject({
      source: 'volume',
      width: 8,
      height: 6,
    });
    await pipeline.stop();
  });

  test('that are none, are damaged or of two sizes are named', async () => {
    const text = new File(['notes'], 'readme.txt', { type: 'text/plain' });
    const failing = open({ source: { kind: 'volume', files: [text] }, filter: none });
    expect(await failureOf(failing)).toMatchObject({
      code: 'volume-unreadable',
      message: expect.stringContaining('There is no PNG file') as string,
    });
    const small = await png('a1.png', '#000000', { width: 8, height: 5 });
    await expect(readVolume([await png('a2.png', '#000000'), small])).rejects.toThrow(
      'The slices of a volume must have one size: a1.png has 8×5 px, a2.png has 8×6.',
    );
    await expect(readVolume([new File(['no picture'], 'broken.png')])).rejects.toMatchObject({
      code: 'volume-unreadable',
      message: 'The slice broken.png could not be read: it is damaged, or no PNG.',
    });
  });
});

test('a source that is no volume has no slices, and wrong ones are refused at once', async () => {
  const pipeline = open();
  expect(pipeline.volume).toBeNull();
  await pipeline.stop();
  const voxels = phantom();
  const opening = (source: object) => () => open({ source: { kind: 'volume', ...source } });
  expect(opening({})).toThrow('options.source must have one of voxels and files');
  expect(opening({ voxels, files: [] })).toThrow('options.source must have one of voxels and files');
  expect(opening({ voxels: { ...voxels, shape: [1, 2, 3] } })).toThrow(
    'options.source.voxels.data must hold 6 voxels',
  );
  expect(opening({ voxels, slice: SLICES })).toThrow('options.source.slice must be 0 to 8, got 9');
  expect(opening({ voxels, sliceMs: 0 })).toThrow('options.source.sliceMs must be 1 to 1000 ms, got 0');
  expect(opening({ voxels, playing: 1 })).toThrow('options.source.playing must be true | false, got 1');
});
