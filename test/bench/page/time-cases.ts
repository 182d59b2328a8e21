/** Filters over the last frames of a camera, 1280 × 720: beside the peers, beside a Sobel, and as frames grow in number. */
import type { Tensor } from '../../../src/core/tensor.ts';
import type { Graph } from '../../../src/graph/graph.ts';
import { HD, type BarCase } from './bar-case.ts';
import type { Contender } from './contender.ts';
import { convoluxOverTime, type FilterOverTime } from './convolux.ts';
import {
  denoisedOverTime,
  filterOverTime,
  lopsidedOf,
  lopsidedProduct3d,
  meanOverTime,
  sobelOfLuma,
  windowOverTime,
} from './filters.ts';
import type { Bars } from '../ops-protocol.ts';
import { cameraSequence, type Picture } from './picture.ts';
import { LEVEL } from './rivals.ts';
import type { ScalingCase } from './scaling-case.ts';
import { conv3dInTfjs, meanInOpenCv, meanInTfjs } from './time-rivals.ts';

const FRAMES = 5;

async function ours(graph: Graph, pictures: readonly Picture[]): Promise<Contender> {
  const [contender] = await convoluxOverTime(
    [{ graph }],
    pictures.map(({ frame }) => frame),
  );
  return contender!;
}

type Conv3d = Readonly<{
  name: string;
  kernel: Tensor;
  /** Of TensorFlow.js: with 'valid' it computes one frame of the five. */
  padding: 'same' | 'valid';
  bars: Bars;
  tolerance: number;
}>;

const conv3dCase = ({ name, kernel, padding, bars, tolerance }: Conv3d): BarCase => ({
  name,
  size: HD,
  bars,
  async open() {
    const pictures = await cameraSequence(HD, FRAMES);
    const convolux = await ours(filterOverTime(kernel), pictures);
    const contender = conv3dInTfjs(pictures, kernel, padding);
    return { convolux, rivals: { tfjs: { contender, tolerance, rimPx: (FRAMES - 1) / 2 } } };
  },
});

/** Of three passes, each of which rounds to 8 bits. */
const ofRankOne = { kernel: lopsidedProduct3d(FRAMES), tolerance: 1.51 / 255 };
const ofFullRank = { kernel: lopsidedOf([FRAMES, FRAMES, FRAMES]), tolerance: LEVEL };

export const TIME_BAR_CASES: readonly BarCase[] = [
  conv3dCase({ name: 'conv3d 5×5×5 of rank 1 on luma', ...ofRankOne, padding: 'same', bars: { tfjs: 300 } }),
  conv3dCase({ name: 'the same, TF.js the newest frame alone', ...ofRankOne, padding: 'valid', bars: {} }),
  conv3dCase({ name: 'any conv3d 5×5×5 on luma', ...ofFullRank, padding: 'same', bars: { tfjs: 100 } }),
  conv3dCase({ name: 'any, TF.js the newest frame alone', ...ofFullRank, padding: 'valid', bars: {} }),
  {
    name: 'mean of 5 frames of luma',
    size: HD,
    bars: {},
    async open() {
      const pictures = await cameraSequence(HD, FRAMES);
      const convolux = await ours(meanOverTime(FRAMES), pictures);
      return { convolux, rivals: { tfjs: meanInTfjs(pictures), opencv: meanInOpenCv(pictures) } };
    },
  },
];

/** What is compared with a filter of one frame. */
const BESIDE: readonly (readonly [name: string, graph: () => Graph])[] = [
  ['sobel 3×3', sobelOfLuma],
  ['mean of 5 frames', () => meanOverTime(FRAMES)],
  ['denoise by motion', () => denoisedOverTime(FRAMES)],
  ['conv3d 5×5×5 of rank 1', () => filterOverTime(ofRankOne.kernel)],
  ['any conv3d 5×5×5', () => filterOverTime(ofFullRank.kernel)],
];

const LENGTHS = [3, 8, 32];

/** Each over so many frames. What carries a sum on must not take longer over more of them. */
const FORMS: readonly (readonly [name: string, filter: (frames: number) => FilterOverTime])[] = [
  ['mean', (frames) => ({ graph: meanOverTime(frames) })],
  ['running sum', (frames) => ({ graph: meanOverTime(frames), techniques: { running: true } })],
  ['exponential', (frames) => ({ graph: windowOverTime('exponential', frames) })],
  ['box over ms', (frames) => ({ graph: windowOverTime('box', frames) })],
  ['gaussian over ms', (frames) => ({ graph: windowOverTime('gaussian', frames) })],
];

async function open(filters: readonly FilterOverTime[]): Promise<Contender[]> {
  const pictures = await cameraSequence(HD, FRAMES);
  return convoluxOverTime(
    filters,
    pictures.map(({ frame }) => frame),
  );
}

export const TIME_SCALING_CASES: readonly ScalingCase[] = [
  {
    name: 'filters over time beside one of a frame: luma, 1280x720',
    variable: 'filter',
    values: BESIDE.map(([name]) => name),
    series: ['convolux'],
    work: null,
    bar: { of: ['convolux'], from: 'sobel 3×3', to: 'mean of 5 frames', atMost: 2 },
    open: async () => (await open(BESIDE.map(([, graph]) => ({ graph: graph() })))).map((one) => [one]),
  },
  {
    name: 'scaling with frames: means over T frames of luma, 1280x720',
    variable: 'T',
    values: LENGTHS.map(String),
    series: FORMS.map(([name]) => name),
    work: null,
    bar: { of: ['running sum', 'exponential'], from: '3', to: '32', atMost: 1.25 },
    async open() {
      const all = await open(LENGTHS.flatMap((frames) => FORMS.map(([, filter]) => filter(frames))));
      return LENGTHS.map((_, i) => all.slice(FORMS.length * i, FORMS.length * (i + 1)));
    },
  },
];
