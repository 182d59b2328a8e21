/** The public exports. Importing this does nothing by itself. */
export { PipelineError, type ErrorContext, type PipelineErrorCode } from './core/errors.ts';
export { tensor, type Shape, type Tensor } from './core/tensor.ts';
export { flipKernel, kernel, type Kernel } from './kernels/kernel.ts';
export { emboss, identity, laplacian, sobelX, sobelY } from './kernels/fixed.ts';
export { box } from './kernels/box.ts';
export { gaussian, gaussianColumn, gaussianRow, type GaussianOptions } from './kernels/gaussian.ts';
export { sharpen } from './kernels/sharpen.ts';
export { graph, type GraphOutputs, type GraphValue, type InputShapes } from './graph/builder.ts';
export type { Graph } from './graph/graph.ts';
export type { Layer } from './graph/layer.ts';
export { sequence } from './graph/sequence.ts';
export { describe, type GraphDescription, type LayerRow } from './graph/describe.ts';
export { fromJSON, toJSON, type GraphJson } from './graph/json.ts';
export { abs, add, clamp, div, luma, magnitude, max, min, mul, sub } from './graph/arithmetic.ts';
export {
  averagePool1d,
  averagePool2d,
  averagePool3d,
  conv1d,
  conv2d,
  conv3d,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  deformConv2d,
  depthwiseConv2d,
  globalAveragePool,
  globalL2Pool,
  globalMaxPool,
  l2Pool1d,
  l2Pool2d,
  l2Pool3d,
  lpPool1d,
  lpPool2d,
  lpPool3d,
  maxPool1d,
  maxPool2d,
  maxPool3d,
  pointwiseConv2d,
  gaussianBlur,
  separableConv2d,
  type DeformConv2dInputs,
  type PointwiseConv2dOptions,
} from './graph/convolution.ts';
export {
  batchNorm,
  celu,
  colorMap,
  elu,
  exp,
  gelu,
  hardSigmoid,
  hardSwish,
  instanceNorm,
  leakyRelu,
  log,
  mish,
  mix,
  neg,
  pow,
  prelu,
  quantize,
  reduceL2,
  reduceMax,
  reduceMean,
  reduceMin,
  reduceSum,
  relu,
  relu6,
  rgbToYuv,
  selu,
  sigmoid,
  smoothstep,
  softmax,
  softplus,
  softsign,
  sqrt,
  swish,
  tanh,
  threshold,
  yuvToRgb,
} from './graph/pointwise.ts';
export {
  difference,
  frameAt,
  runningMean,
  runningVariance,
  stack,
  temporal,
  type DifferenceOptions,
  type RunningOptions,
} from './graph/time.ts';
export { hasMemory, latencyOf } from './graph/latency.ts';
export { concat, crop, pad, resample2d, reshape, slice, sliceChannels, transpose } from './graph/shaping.ts';
export type {
  Activation,
  ActivationOptions,
  CeluOptions,
  ClampOptions,
  EluOptions,
  GeluOptions,
  HardSigmoidOptions,
  LeakyReluOptions,
  SeluOptions,
  SwishOptions,
} from './ops/activation-expression.ts';
export type { PreluOptions } from './ops/activation.ts';
export type { ColorMapOptions } from './ops/color-map.ts';
export type { ConvOptions } from './ops/conv-nd.ts';
export type { ConvTransposeOptions } from './ops/conv-transpose.ts';
export type { Conv1dOptions } from './ops/conv1d.ts';
export type { Conv2dOptions, Padding2d } from './ops/conv2d.ts';
export type { Conv3dOptions } from './ops/conv3d.ts';
export type { DeformConv2dOptions } from './ops/deform-conv2d.ts';
export type { DepthwiseConv2dOptions, DepthwiseOptions } from './ops/depthwise-conv2d.ts';
export type {
  ArithmeticOptions,
  MixOptions,
  SmoothstepOptions,
  ThresholdOptions,
} from './ops/elementwise.ts';
export type { FrameAtOptions } from './ops/frame-at.ts';
export type { FusedActivation } from './ops/fused-activation.ts';
export type { GlobalPoolOptions } from './ops/global-pool.ts';
export type {
  ConcatOptions,
  CropOptions,
  ReshapeOptions,
  SliceChannelsOptions,
  SliceOptions,
  TransposeOptions,
} from './ops/move.ts';
export type { Alignment, MemoryOptions } from './ops/memory-options.ts';
export type { Latency } from './ops/op.ts';
export type { BatchNormOptions, InstanceNormOptions } from './ops/normalization.ts';
export type { PadOptions } from './ops/pad.ts';
export type { AveragePoolOptions, LpPoolOptions, PoolOptions } from './ops/pool.ts';
export type { ReduceOptions } from './ops/reduction.ts';
export type { Resample2dOptions } from './ops/resample.ts';
export type { GaussianBlurOptions } from './ops/gaussian-blur.ts';
export type { SeparableConv2dOptions } from './ops/separable-conv2d.ts';
export type { SoftmaxOptions } from './ops/softmax.ts';
export type { StackOptions } from './ops/stack.ts';
export type { TemporalOptions } from './ops/temporal.ts';
export type { AxisPadding, Padding, WindowOptions } from './ops/window-geometry.ts';
export {
  defineFilter,
  resolveParams,
  type BooleanParam,
  type ChoiceParam,
  type Filter,
  type KernelParam,
  type NumberParam,
  type ParamSpec,
  type ParamValue,
  type ParamValues,
} from './graph/filter.ts';
export { kernelOf, type KernelLimits } from './graph/kernel-text.ts';
export { paramAtShare, paramBeside, shareOfParam, type ParamRange } from './graph/param-scale.ts';
export { makePlan, type PlanOptions } from './plan/make-plan.ts';
export { explain, summarize, type PassSummary } from './plan/explain.ts';
export type { DeviceCapabilities, FrameForm, FrameLayout, Plan } from './plan/plan.ts';
export type { Prices } from './plan/prices.ts';
export { TECHNIQUES, type Technique, type Techniques } from './plan/techniques.ts';
export type { FrameColor } from './core/frame-color.ts';
export { WARM_UPS, type WarmUp } from './core/memory-clock.ts';
export { temporalWeights, type TemporalShape, type TemporalWindow } from './kernels/temporal-window.ts';
export { runReference } from './backends/reference/run-reference.ts';
export { ReferenceSequence, type ReferenceOptions } from './backends/reference/reference-sequence.ts';
export {
  BACKEND_NAMES,
  createEngine,
  type BackendName,
  type Engine,
  type EngineOptions,
  type RunOptions,
  type Sequence,
} from './engine/engine.ts';
export { createWorkerEngine, type WorkerEngineOptions } from './session/worker-engine.ts';
export type { BlockOptions } from './engine/run-blocks.ts';
export { runSignal, type Signal, type SignalOptions } from './engine/run-signal.ts';
export { runVolume, type VolumeRunOptions } from './engine/run-volume.ts';
export type { VoxelData, Voxels } from './core/voxels.ts';
export { sheppLogan } from './frames/shepp-logan.ts';
export { readVolume } from './frames/page/volume-files.ts';
export type { CameraUtilsConstructor } from './frames/page/camera-utils-driver.ts';
export { listCameras, type Camera, type FacingMode } from './frames/page/camera-list.ts';
export type { CameraControl } from './frames/page/camera-control.ts';
export { cameras$ } from './session/cameras.ts';
export { FAILURE_POLICIES, type FailurePolicy } from './frames/failure-policy.ts';
export type { DropReason } from './frames/frame-account.ts';
export {
  DEGRADATION_PREFERENCES,
  SCALES,
  type BudgetAction,
  type BudgetDecision,
  type BudgetDropReason,
  type BudgetEvent,
  type BudgetNumbers,
  type BudgetOptions,
  type BudgetReason,
  type DegradationPreference,
} from './schedule/budget.ts';
export { initialBudget, reduceBudget, type BudgetState, type BudgetStep } from './schedule/reduce-budget.ts';
export type { OutputElement, OutputElements } from './session/output.ts';
export {
  motionEvents,
  motionOf,
  type Motion,
  type MotionBox,
  type MotionEvent,
  type MotionEventsOptions,
  type MotionSample,
} from './session/motion.ts';
export {
  openPipeline,
  type BudgetChange,
  type ContentHint,
  type FrameMeasurements,
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
  type ScreenSource,
  type SourceOptions,
  type TrackSource,
  type VideoSource,
  type VolumeSource,
} from './session/source-types.ts';
export type { Recording, RecordingState, RecordingStats, RecordOptions } from './session/record-types.ts';
export { isSettled, Ledger, type LedgerAccount, type LedgerBalance } from './core/ledger.ts';
export { FrameLease, type Closable, type FrameImage } from './frames/frame-lease.ts';
export type { FrameObserver, FrameSource } from './frames/frame-source.ts';
export type { VolumeControl, VolumeState } from './session/volume-control.ts';
export { everyNth, type EveryNthOptions } from './rx/every-nth.ts';
export { framesFrom } from './rx/frames-from.ts';
export { latestFrame, type LatestFrameOptions } from './rx/latest-frame.ts';
export { monotonicScheduler } from './rx/monotonic-scheduler.ts';
export { shareFrame } from './rx/share-frame.ts';
export { withinBudget } from './rx/within-budget.ts';
export type { BudgetControl, BudgetRun, WithinBudgetOptions } from './rx/within-budget-options.ts';
