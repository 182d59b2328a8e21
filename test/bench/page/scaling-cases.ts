/** What grows, and how convolux' times grow with it. All of one table is measured in turns. */
import { graph } from '../../../src/graph/builder.ts';
import { conv2d } from '../../../src/graph/operators.ts';
import type { BenchSize } from '../ops-protocol.ts';
import { HD } from './bar-case.ts';
import { noise, weights } from './case.ts';
import type { Contender } from './contender.ts';
import { convoluxAlone, convoluxFilters, convoluxTensors } from './convolux.ts';
import { filterOfLuma, gaussianOfColor, lopsided, lopsidedProduct, sobelOfLuma } from './filters.ts';
import { cameraPicture } from './picture.ts';
import type { ScalingCase } from './scaling-case.ts';
import { TIME_SCALING_CASES } from './time-cases.ts';

const SIZES: readonly BenchSize[] = [
  { width: 320, height: 180 },
  { width: 640, height: 360 },
  HD,
  { width: 1920, height: 1080 },
];
const SIDES = [3, 5, 7, 9, 11, 13, 15];
const SIGMAS = [0.5, 1, 2, 4, 8, 16, 32, 64, 100, 200];
const CHANNELS = [4, 8, 16, 32];
const LAYER_SIDE = 64;

async function inTurn<Value>(
  values: readonly Value[],
  open: (value: Value) => Promise<Contender>,
): Promise<Contender[][]> {
  const opened: Contender[][] = [];
  for (const value of values) opened.push([await open(value)]);
  return opened;
}

export const SCALING_CASES: readonly ScalingCase[] = [
  {
    name: 'scaling with pixels: sobel magnitude of luma',
    variable: 'size',
    values: SIZES.map(({ width, height }) => `${width}x${height}`),
    series: ['sobel'],
    work: { unit: 'pixel', amounts: SIZES.map(({ width, height }) => width * height) },
    bar: null,
    open: () =>
      inTurn(SIZES, async (size) => convoluxAlone(sobelOfLuma(), (await cameraPicture(size)).frame)),
  },
  {
    name: 'scaling with k: k×k on luma, 1280x720',
    variable: 'k',
    values: SIDES.map(String),
    series: ['lopsided', 'separable'],
    work: { unit: 'tap and pixel', amounts: SIDES.map((k) => k * k * HD.width * HD.height) },
    bar: null,
    async open() {
      const { frame } = await cameraPicture(HD);
      const kernels = SIDES.flatMap((k) => [lopsided(k), lopsidedProduct(k)]);
      const opened = await convoluxFilters(kernels.map(filterOfLuma), frame);
      return SIDES.map((_, i) => opened.slice(2 * i, 2 * i + 2));
    },
  },
  {
    name: 'scaling with σ: gaussian on colour, 1280x720',
    variable: 'σ',
    values: SIGMAS.map(String),
    series: ['gaussian'],
    work: null,
    bar: { of: ['gaussian'], from: '8', to: '100', atMost: 2 },
    async open() {
      const { frame } = await cameraPicture(HD);
      return (await convoluxFilters(SIGMAS.map(gaussianOfColor), frame)).map((one) => [one]);
    },
  },
  {
    name: 'scaling with channels: dense 3×3 C→C, 64x64',
    variable: 'C',
    values: CHANNELS.map(String),
    series: ['conv2d'],
    work: { unit: 'multiply-add', amounts: CHANNELS.map((count) => 9 * (count * LAYER_SIDE) ** 2) },
    bar: null,
    open: () =>
      inTurn(CHANNELS, (count) => {
        const shape = [LAYER_SIDE, LAYER_SIDE, count];
        const w = weights([3, 3, count, count]);
        const layer = graph({ x: shape }, ({ x }) => conv2d(x, { weights: w, padding: 'same' }));
        return convoluxTensors(layer, { x: noise(shape, 1) });
      }),
  },
  ...TIME_SCALING_CASES,
];
