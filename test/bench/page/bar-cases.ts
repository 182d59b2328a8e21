/** Filters of a camera frame of 1280 × 720 and a network, with how much longer the peers must take. */
import type { BenchSize } from '../ops-protocol.ts';
import { HD, type BarCase } from './bar-case.ts';
import { convoluxFrame } from './convolux.ts';
import { filterOfColor, filterOfLuma, gaussianOfColor, lopsided, sobelOfLuma } from './filters.ts';
import { NETWORK_CASES } from './network-cases.ts';
import { cameraPicture } from './picture.ts';
import { TIME_BAR_CASES } from './time-cases.ts';
import {
  filterInOpenCv,
  filterInTfjs,
  gaussianInOpenCv,
  sobelInOpenCv,
  sobelInTfjs,
  sobelOfLumaInTfjs,
  spatialGradientInOpenCv,
} from './rivals.ts';

const NETWORK: BenchSize = { width: 256, height: 256 };

function lumaCase(k: number, opencvBar: number): BarCase {
  return {
    name: `any ${k}×${k} on luma`,
    size: HD,
    bars: { opencv: opencvBar },
    async open() {
      const picture = await cameraPicture(HD);
      const kernel = lopsided(k);
      const convolux = await convoluxFrame(filterOfLuma(kernel), picture.frame);
      return { convolux, rivals: { opencv: filterInOpenCv(picture, kernel) } };
    },
  };
}

function gaussianCase(sigma: number, opencvBar: number): BarCase {
  return {
    name: `gaussian σ = ${sigma} on colour`,
    size: HD,
    bars: { opencv: opencvBar },
    async open() {
      const picture = await cameraPicture(HD);
      const convolux = await convoluxFrame(gaussianOfColor(sigma), picture.frame);
      return { convolux, rivals: { opencv: gaussianInOpenCv(picture, sigma) } };
    },
  };
}

export const BAR_CASES: readonly BarCase[] = [
  {
    name: 'sobel magnitude of luma',
    size: HD,
    bars: { tfjs: 100, opencv: 3.5 },
    async open() {
      const picture = await cameraPicture(HD);
      const convolux = await convoluxFrame(sobelOfLuma(), picture.frame);
      return { convolux, rivals: { tfjs: sobelInTfjs(picture), opencv: sobelInOpenCv(picture) } };
    },
  },
  {
    name: 'the same, TF.js from luma, OpenCV.js by spatialGradient',
    size: HD,
    bars: {},
    async open() {
      const picture = await cameraPicture(HD);
      const convolux = await convoluxFrame(sobelOfLuma(), picture.frame);
      return {
        convolux,
        rivals: { tfjs: sobelOfLumaInTfjs(picture), opencv: spatialGradientInOpenCv(picture) },
      };
    },
  },
  lumaCase(3, 2.2),
  lumaCase(5, 2.3),
  {
    name: 'any 3×3 on colour',
    size: HD,
    bars: { tfjs: 15 },
    async open() {
      const picture = await cameraPicture(HD);
      const kernel = lopsided(3);
      const convolux = await convoluxFrame(filterOfColor(kernel), picture.frame);
      return { convolux, rivals: { tfjs: filterInTfjs(picture, kernel) } };
    },
  },
  gaussianCase(4, 19),
  gaussianCase(16, 80),
  ...TIME_BAR_CASES,
  ...NETWORK_CASES.map(({ name, tolerance, open }) => ({
    name,
    size: NETWORK,
    bars: { tfjs: 8 },
    async open() {
      const { convolux, tfjs: contender } = await open(NETWORK);
      if (contender === null) throw new Error(`${name}: TensorFlow.js has no such network`);
      return { convolux, rivals: { tfjs: { contender, tolerance, rimPx: 0 } } };
    },
  })),
];
