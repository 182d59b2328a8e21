/** conv3d: a convolution over time and space. See conv-nd.ts. */
import { convOp, type ConvOptions } from './conv-nd.ts';

/** Weights `[frames, height, width]` are a filter, `[frames, height, width, in / groups, out]` a layer. */
export type Conv3dOptions = ConvOptions;

/** `[frames, height, width, channels]` */
export const conv3d = convOp<Conv3dOptions>('conv3d', 3);
