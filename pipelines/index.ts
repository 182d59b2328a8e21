/** The built-in filters, one file each. */
import type { Filter } from '../src/graph/filter.ts';
import { backgroundDifference } from './background-difference.ts';
import { blur } from './blur.ts';
import { conv3d } from './conv3d.ts';
import { edge } from './edge.ts';
import { longExposure } from './long-exposure.ts';
import { motion } from './motion.ts';
import { network } from './network.ts';
import { none } from './none.ts';
import { sharpen } from './sharpen.ts';
import { spatiotemporalBlur } from './spatiotemporal-blur.ts';
import { temporalDenoise } from './temporal-denoise.ts';
import { temporalEdge } from './temporal-edge.ts';
import { trail } from './trail.ts';
import { volumeBlur } from './volume-blur.ts';

export {
  backgroundDifference,
  blur,
  conv3d,
  edge,
  longExposure,
  motion,
  network,
  none,
  sharpen,
  spatiotemporalBlur,
  temporalDenoise,
  temporalEdge,
  trail,
  volumeBlur,
};

/** All of them, in the order in which a page shows them. */
export const filters: readonly Filter[] = [
  none,
  edge,
  sharpen,
  blur,
  motion,
  temporalDenoise,
  longExposure,
  temporalEdge,
  backgroundDifference,
  trail,
  spatiotemporalBlur,
  volumeBlur,
  conv3d,
  network,
];
