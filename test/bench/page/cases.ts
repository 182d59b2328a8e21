/** All that is measured, in the order of the table. */
import type { OpCase } from './case.ts';
import { CONVOLUTION_CASES } from './convolution-cases.ts';
import { IMAGE_CASES } from './image-cases.ts';
import { NETWORK_CASES } from './network-cases.ts';
import { POINTWISE_CASES } from './pointwise-cases.ts';

export const CASES: readonly OpCase[] = [
  ...CONVOLUTION_CASES,
  ...POINTWISE_CASES,
  ...IMAGE_CASES,
  ...NETWORK_CASES,
];
