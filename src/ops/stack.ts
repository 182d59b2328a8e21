/** stack: the last frames of a value as one tensor, so that what filters space filters time too. */
import { at } from '../core/assert.ts';
import { checkOneOf } from '../core/check.ts';
import type { MemoryRules } from '../core/memory-clock.ts';
import { showShape, type Tensor64 } from '../core/tensor.ts';
import { checkInputCount, MAX_RANK } from './broadcast.ts';
import {
  ALIGNMENTS,
  checkFrames,
  checkMemory,
  type Alignment,
  type MemoryOptions,
} from './memory-options.ts';
import type { Op } from './op.ts';

export type StackOptions = MemoryOptions &
  Readonly<{
    /** How many, the newest included: 1 to 32. */
    frames: number;
    /**
     * Which of them counts as now: the newest ('causal'), or the middle one ('centered', an odd number of frames),
     * and then the latency is told as (frames − 1) / 2 frames. Default 'causal'.
     */
    alignment?: Alignment;
    /** Default 'replicate'. */
    warmUp?: MemoryOptions['warmUp'];
    /** Default 1000. */
    maxGapMs?: number;
  }>;

const rulesOf = ({ frames, warmUp = 'replicate', maxGapMs = 1000 }: StackOptions): MemoryRules => ({
  frames,
  warmUp,
  maxGapMs,
});

function checkOptions(options: StackOptions, where: string): void {
  const { frames, alignment = 'causal' } = options;
  checkFrames(frames, 1, where);
  checkMemory(options, where);
  checkOneOf(`${where}: options.alignment`, alignment, ALIGNMENTS);
  if (alignment === 'centered' && frames % 2 === 0) {
    throw new RangeError(
      `${where}: options.frames must be odd where the middle one counts as now, got ${frames}`,
    );
  }
}

/** `[…shape]` → `[frames, …shape]`, the oldest first, the newest last. */
export const stack: Op<StackOptions> = {
  name: 'stack',
  inferShape(inputs, options, where) {
    checkInputCount(where, inputs, 1);
    const shape = at(inputs, 0);
    if (shape.length >= MAX_RANK) {
      throw new RangeError(
        `${where}: the input must have a rank of 0 to ${MAX_RANK - 1}, got ${showShape(shape)}`,
      );
    }
    checkOptions(options, where);
    return [options.frames, ...shape];
  },
  reference(inputs, options, _facts, past): Tensor64 {
    const { frames, warmUp } = rulesOf(options);
    const { shape, data: newest } = at(inputs, 0);
    const there = past?.inputs ?? [at(inputs, 0)];
    const data = new Float64Array(frames * newest.length);
    for (let age = 0; age < frames; age++) {
      const frame = there[age] ?? (warmUp === 'ramp' ? undefined : there.at(-1));
      if (frame !== undefined) data.set(frame.data, (frames - 1 - age) * newest.length);
    }
    return { shape: [frames, ...shape], data };
  },
  lower(inputs, options, shape, lowering) {
    const input = at(inputs, 0);
    if (options.frames === 1) return lowering.add({ kind: 'reshape', input, shape });
    const memory = { ...rulesOf(options), name: lowering.memoryName };
    return lowering.add({ kind: 'stack', input, shape, memory });
  },
  // Of one frame there is nothing to remember.
  memory: (options) => (options.frames === 1 ? null : rulesOf(options)),
  latency: ({ frames, alignment }) => ({ frames: alignment === 'centered' ? (frames - 1) / 2 : 0, ms: 0 }),
};
