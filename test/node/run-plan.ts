/**
 * Executes a plan pass by pass in float64, as plan.ts defines it: what the planner wrote can be held against the
 * reference without a GPU. A frame of planes must be grey and of full range, so that its luma is its colour.
 */
import type { Tensor } from '../../src/core/tensor.ts';
import type { ComputePass, Image, Plan, Term } from '../../src/plan/plan.ts';
import { evaluate } from '../../src/primitives/expression.ts';

/** An image of the plan with its values, `[height, width, channels]`. */
export type PlanImage = Readonly<{ image: Image; values: Float64Array }>;

/** @returns the image of each pass, in order. */
export function runPlan(plan: Plan, frame: Tensor): readonly PlanImage[] {
  const values = plan.images.map(({ source }) =>
    source.kind === 'frame' ? planeOf(source.plane, frame) : new Float64Array(0),
  );
  for (const pass of plan.passes) {
    values[pass.output] =
      pass.kind === 'compute' ? compute(plan, pass, values) : Float64Array.from(frame.data);
  }
  return plan.passes.map(({ output }) => ({ image: plan.images[output]!, values: values[output]! }));
}

function planeOf(plane: 'rgba' | 'y' | 'u' | 'v', { data }: Tensor): Float64Array {
  if (plane === 'rgba') return Float64Array.from(data);
  if (plane === 'y') return Float64Array.from(data.filter((_, i) => i % 3 === 0));
  return new Float64Array(0);
}

function compute(plan: Plan, { terms, expression, output }: ComputePass, values: readonly Float64Array[]) {
  const { width, height, channels } = plan.images[output]!;
  return Float64Array.from({ length: width * height * channels }, (_, i) => {
    const [channel, pixel] = [i % channels, Math.floor(i / channels)];
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    const operands = terms.map((term) =>
      termAt(term, plan.images[term.image]!, values[term.image]!, y, x, channel),
    );
    return evaluate(expression, operands);
  });
}

/** One operand at one position: Σ over taps of weights · image, plus a bias. One channel stands for all. */
function termAt(
  term: Term,
  image: Image,
  values: Float64Array,
  y: number,
  x: number,
  channel: number,
): number {
  const { taps, weights, bias, edge, channels } = term;
  const inputs = image.channels;
  const outputs = channels === 'shared' ? inputs : weights.length / taps.length / inputs;
  const o = outputs === 1 ? 0 : channel;
  let sum = bias === null ? 0 : bias[bias.length === 1 ? 0 : o]!;
  taps.forEach(({ dy, dx }, tap) => {
    const [row, column] = [y + dy, x + dx];
    const inside = row >= 0 && row < image.height && column >= 0 && column < image.width;
    if (!inside && edge === 'zero') return;
    const nearest =
      Math.min(image.height - 1, Math.max(0, row)) * image.width +
      Math.min(image.width - 1, Math.max(0, column));
    if (channels === 'shared') {
      sum += weights[tap]! * values[nearest * inputs + o]!;
      return;
    }
    for (let c = 0; c < inputs; c++) {
      sum += weights[(tap * inputs + c) * outputs + o]! * values[nearest * inputs + c]!;
    }
  });
  return sum;
}
