/**
 * A graph over an input that is too long to be worked on at once, block after block along the first axis; see
 * block-axis.ts. Any engine, also one in a worker. The thread is given back between blocks.
 */
import { assert, at } from '../core/assert.ts';
import { checkInteger } from '../core/check.ts';
import { sizeOf, type Shape, type Tensor } from '../core/tensor.ts';
import { BlockAxis } from '../graph/block-axis.ts';
import { describe } from '../graph/describe.ts';
import type { Graph } from '../graph/graph.ts';
import type { Engine, RunOptions } from './engine.ts';

export type BlockOptions = RunOptions &
  Readonly<{
    /**
     * Elements of the first axis that are worked on at once, overlap included. Default by the graph's work and the engine:
     * some tens of ms on 'reference', more where the graph sees far. It is rounded so that strides fall in place.
     */
    blockLength?: number;
    /** Ends the run between two blocks; it rejects with the signal's reason. */
    signal?: AbortSignal;
    /** The share of the output that is done, after each block: up to 1. */
    onProgress?: (share: number) => void;
  }>;

/** Work per block: multiplications, and values that are written. */
const MOST_WORK = { reference: 6e5, webgl2: 2 ** 28 } as const;
/** Values of the largest tensor of a block. */
const MOST_VALUES = 2 ** 22;
/** A block is at least this many times as long as the graph's sight, so that most of the work is kept; or less of the thread. */
const SIGHTS = { reference: 2, webgl2: 4 } as const;

/**
 * The output of the whole run, to float precision.
 * @throws TypeError | RangeError when the input doesn't fit the graph, or the graph can't run in blocks; it names the node.
 * @throws as `Engine.run`, and the signal's reason.
 */
export async function runBlocks(
  engine: Engine,
  graph: Graph,
  input: Tensor,
  { blockLength, signal, onProgress, ...options }: BlockOptions = {},
): Promise<Tensor> {
  if (blockLength !== undefined) checkInteger('options.blockLength', blockLength, { min: 1 });
  const axis = new BlockAxis(graph, input.shape);
  const whole = at(input.shape, 0);
  const run = (start: number, length: number): Promise<Tensor> => {
    signal?.throwIfAborted();
    return engine.run(axis.graph, { [axis.inputName]: part(input, start, length) }, options);
  };
  let length = longEnough(axis, blockLength ?? usualLength(engine, axis, input.shape), whole);
  const output: Tensor = { shape: axis.outputShape, data: new Float32Array(sizeOf(axis.outputShape)) };
  const outputLength = at(axis.outputShape, 0);
  for (let start = 0, done = 0; done < outputLength; start = axis.startBehind(done, length)) {
    const shown = start === 0 ? await firstBlock() : await run(start, length);
    const first = axis.outputStart(start);
    const kept = axis.keptOf(start, length);
    assert(kept.from + first <= done && kept.to + first > done, 'a block goes on where the last one ended');
    copyRows(shown, done - first, kept.to, output, done);
    done = first + kept.to;
    onProgress?.(done / outputLength);
    await nextTask();
  }
  signal?.throwIfAborted();
  return output;

  /** What a device holds shows when it is asked: where a block is refused, half of it is tried. */
  async function firstBlock(): Promise<Tensor> {
    for (;;) {
      try {
        return await run(0, length);
      } catch (error) {
        const half = axis.lengthWithin(Math.ceil(length / 2));
        if (!(error instanceof RangeError)) throw error;
        if (half >= length || !axis.fits(half)) throw tooLong(error, length);
        length = half;
      }
    }
  }
}

function tooLong(cause: RangeError, length: number): RangeError {
  return new RangeError(
    `this device can't hold a block of ${length}, and the graph sees too much at once for a shorter one: use fewer or ` +
      `less dilated layers, a smaller input on the other axes, or the 'reference' engine (${cause.message})`,
    { cause },
  );
}

/** `wanted`, or what the graph's sight needs. */
function longEnough(axis: BlockAxis, wanted: number, whole: number): number {
  for (let most = wanted; most < whole; most *= 2) {
    const length = axis.lengthWithin(most);
    if (axis.fits(length)) return length;
  }
  return whole;
}

function usualLength({ backend }: Engine, axis: BlockAxis, shape: Shape): number {
  const whole = at(shape, 0);
  const { rows, macs } = describe(axis.graph, { [axis.inputName]: shape });
  const sizes = rows.map(({ outputShape }) => sizeOf(outputShape as Shape));
  const work = (macs ?? 0) + sizes.reduce((sum, size) => sum + size, 0);
  const most = Math.min((MOST_WORK[backend] / work) * whole, (MOST_VALUES / Math.max(...sizes)) * whole);
  // What is seen at once lies on both sides of a cut: the overlap at each is at most that.
  const sight = Math.max(...rows.map(({ receptiveField }) => receptiveField[0] ?? 1));
  return Math.ceil(Math.max(most, SIGHTS[backend] * sight, axis.unit));
}

/** Rows `start` … of the input's first axis: a copy, because a view takes all of its buffer along to a worker. */
function part({ shape, data }: Tensor, start: number, length: number): Tensor {
  const row = sizeOf(shape.slice(1));
  return { shape: [length, ...shape.slice(1)], data: data.slice(start * row, (start + length) * row) };
}

/** Rows `from` … `to` − 1 of a block into the output, from its row `first` on. */
function copyRows({ shape, data }: Tensor, from: number, to: number, output: Tensor, first: number): void {
  const row = sizeOf(shape.slice(1));
  output.data.set(data.subarray(from * row, to * row), first * row);
}

/** Lets the thread do what waits; unlike a timer it is as quick in a hidden page. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
