/** The ops of the family 'convolution and pooling', by name. */
import { convTranspose1d, convTranspose2d, convTranspose3d } from '../conv-transpose.ts';
import { conv1d } from '../conv1d.ts';
import { conv2d } from '../conv2d.ts';
import { conv3d } from '../conv3d.ts';
import { deformConv2d } from '../deform-conv2d.ts';
import { depthwiseConv2d } from '../depthwise-conv2d.ts';
import { gaussianBlur } from '../gaussian-blur.ts';
import { globalAveragePool, globalL2Pool, globalMaxPool } from '../global-pool.ts';
import {
  averagePool1d,
  averagePool2d,
  averagePool3d,
  l2Pool1d,
  l2Pool2d,
  l2Pool3d,
  lpPool1d,
  lpPool2d,
  lpPool3d,
  maxPool1d,
  maxPool2d,
  maxPool3d,
} from '../pool.ts';
import { separableConv2d } from '../separable-conv2d.ts';

export const convolutionOps = {
  conv1d,
  conv2d,
  conv3d,
  depthwiseConv2d,
  separableConv2d,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  deformConv2d,
  gaussianBlur,
  maxPool1d,
  maxPool2d,
  maxPool3d,
  averagePool1d,
  averagePool2d,
  averagePool3d,
  l2Pool1d,
  l2Pool2d,
  l2Pool3d,
  lpPool1d,
  lpPool2d,
  lpPool3d,
  globalMaxPool,
  globalAveragePool,
  globalL2Pool,
} as const;
