/** The public exports. Importing this does nothing by itself. */
export { PipelineError, type ErrorContext, type PipelineErrorCode } from './core/errors.ts';
export { tensor, type Shape, type Tensor } from './core/tensor.ts';
export { flipKernel, kernel, type Kernel } from './kernels/kernel.ts';
export { emboss, identity, laplacian, sobelX, sobelY } from './kernels/fixed.ts';
export { box } from './kernels/box.ts';
export { gaussian, gaussianColumn, gaussianRow, type GaussianOptions } from './kernels/gaussian.ts';
export { sharpen } from './kernels/sharpen.ts';
export { graph, type GraphValue } from './graph/builder.ts';
export type { Graph } from './graph/graph.ts';
export { abs, add, clamp, conv2d, div, luma, magnitude, max, min, mul, sub } from './graph/operators.ts';
export type { Conv2dOptions, Padding2d } from './ops/conv2d.ts';
export {
  defineFilter,
  resolveParams,
  type BooleanParam,
  type ChoiceParam,
  type Filter,
  type NumberParam,
  type ParamSpec,
  type ParamValue,
  type ParamValues,
} from './graph/filter.ts';
export { runReference, type ReferenceOptions } from './backends/reference/run-reference.ts';
export type { CameraUtilsConstructor } from './frames/page/camera-utils-driver.ts';
export type { DropReason } from './frames/frame-account.ts';
export { preferredOutput, type OutputElement } from './session/output.ts';
export {
  openPipeline,
  type Pipeline,
  type PipelineOptions,
  type PipelineState,
  type PipelineStats,
} from './session/open-pipeline.ts';
export {
  CAMERA_DRIVERS,
  type CameraDriver,
  type CameraSource,
  type PatternSource,
  type SourceOptions,
  type VideoSource,
} from './session/source.ts';
