/** The ops that move or resample elements, by name. */
import { concat, crop, reshape, slice, sliceChannels, transpose } from '../move.ts';
import { pad } from '../pad.ts';
import { resample2d } from '../resample.ts';

export const shapingOps = {
  concat,
  crop,
  pad,
  resample2d,
  reshape,
  slice,
  sliceChannels,
  transpose,
} as const;
