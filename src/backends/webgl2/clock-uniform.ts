/** What a pass is told of the frame's time: of every pass whose numbers follow it. */
import type { UniformValue } from './emitted-term.ts';

export const CLOCK_DECLARATION =
  'uniform vec4 uClock; // x: ms since the frame before, y: 1 at the first frame of a sequence';

/** @param memory whose clock it is: an index into the plan's memories. */
export function clockUniform(memory: number): UniformValue {
  const values = new Float32Array(4);
  return {
    name: 'uClock',
    type: 'vec4',
    values,
    update: (momentOf) => {
      const { elapsedMs, step } = momentOf(memory);
      values[0] = elapsedMs;
      values[1] = step === 'first' ? 1 : 0;
    },
  };
}
