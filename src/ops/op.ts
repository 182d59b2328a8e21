/**
 * What an op is: typed options, shape inference, a float64 reference and a lowering to primitives.
 * An op never meets a backend.
 */
import type { LumaWeights } from '../core/frame-color.ts';
import type { MemoryMoment, MemoryRules } from '../core/memory-clock.ts';
import type { Shape, Tensor64 } from '../core/tensor.ts';
import type { Primitive } from '../primitives/primitive.ts';

/** A shape while the graph is built: the frame's height and width are not known yet (null). */
export type SymbolicShape = readonly (number | null)[];

/** What the frame brings with it: luma follows the frame's own matrix. */
export type FrameFacts = Readonly<{ luma: LumaWeights }>;

/** Collects the primitives of a program; `add` answers the new value's index. */
export interface Lowering {
  readonly facts: FrameFacts;
  /** For what the node remembers: unique in the graph, and the same in graphs that differ in their options alone. */
  readonly memoryName: string;
  shapeOf(value: number): Shape;
  add(primitive: Primitive): number;
}

/** What a table of layers says of one: weights, work, and how far it sees. */
export type LayerFacts = Readonly<{
  /** Numbers that the node brings along: weights, biases, scales. */
  parameters: number;
  /** Multiplications with a weight. */
  macs: number;
  /** Extent of its window and its stride, per spatial axis; absent for pointwise nodes. */
  window?: Readonly<{ extent: readonly number[]; stride: readonly number[] }>;
}>;

/** What a node with a memory knows of the frames before this one. */
export type Past = Readonly<{
  /** What its input was, the newest first, this frame's included: those frames that are there. */
  inputs: readonly Tensor64[];
  moment: MemoryMoment;
  /** Its output for the frame before; null where the sequence begins. */
  previous: Tensor64 | null;
}>;

/** How far behind the newest frame an output is: so many frames, and so many ms besides. */
export type Latency = Readonly<{ frames: number; ms: number }>;

export interface Op<Options> {
  readonly name: string;
  /**
   * The output's shape; also checks the options against the inputs. `where` names the node in errors.
   * @throws TypeError | RangeError that name the option, the value and what is allowed.
   */
  inferShape(inputs: readonly SymbolicShape[], options: Options, where: string): SymbolicShape;
  /** The definition, in float64. @param past of ops with a memory; without it a sequence of one frame. */
  reference(inputs: readonly Tensor64[], options: Options, facts: FrameFacts, past?: Past): Tensor64;
  lower(inputs: readonly number[], options: Options, shape: Shape, lowering: Lowering): number;
  /** Absent where there is nothing to count. */
  layer?(inputs: readonly Shape[], options: Options, shape: Shape): LayerFacts;
  /** What it remembers from frame to frame; null, or absent, where nothing. */
  memory?(options: Options): MemoryRules | null;
  /** Absent where the output is of the newest frame. */
  latency?(options: Options): Latency;
}

/** The dimensions of an image. @throws TypeError when `shape` is none. */
export function imageShape(
  shape: SymbolicShape,
  where: string,
): readonly [number | null, number | null, number] {
  const [height, width, channels] = shape;
  if (shape.length !== 3 || height === undefined || width === undefined || typeof channels !== 'number') {
    throw new TypeError(
      `${where}: the input must be an image [height, width, channels], got a tensor of rank ${shape.length}`,
    );
  }
  return [height, width, channels];
}
