/** Runs sequences of frames on WebGL2, and the reference beside them. */
import { ReferenceSequence } from '../../src/backends/reference/reference-sequence.ts';
import type { WebGl2Backend } from '../../src/backends/webgl2/webgl2-backend.ts';
import type { FrameColor } from '../../src/core/frame-color.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import { graph, type GraphValue } from '../../src/graph/builder.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { luma } from '../../src/graph/operators.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { Techniques } from '../../src/plan/techniques.ts';
import { greyOf, type FramePlanes } from '../support/frame-planes.ts';
import { noiseFrame } from '../support/camera-sequences.ts';
import { frameOf, tightly, type Output } from './compare.ts';

export const FULL: FrameColor = { matrix: 'bt601', fullRange: true };
export const LIMITED: FrameColor = { matrix: 'bt709', fullRange: false };

export const onFrame = (build: (frame: GraphValue) => GraphValue): Graph =>
  graph(({ frame }) => build(frame));
export const onLuma = (build: (y: GraphValue) => GraphValue): Graph =>
  graph(({ frame }) => build(luma(frame)));

export type Sequence = Readonly<{
  size: readonly [width: number, height: number];
  times: readonly number[];
  color?: FrameColor;
  techniques?: Techniques;
  /** Whether programs are made faster before the second frame. Default false. */
  refined?: boolean;
}>;

/** Each frame's output, and the plan that they were computed by. */
export async function runSequence(
  backend: WebGl2Backend,
  of: Graph,
  { size, times, color = FULL, techniques = {}, refined = false }: Sequence,
): Promise<{ outputs: Output[]; plan: Plan }> {
  const outputs: Output[] = [];
  let prepared = null;
  try {
    for (const [n, timestampUs] of times.entries()) {
      const frame = frameOf(noiseFrame(...size, color, n));
      const form = await backend.upload(frame);
      frame.close();
      prepared ??= await backend.prepare(makePlan(of, form, backend.capabilities, { techniques }));
      backend.execute(prepared, timestampUs);
      outputs.push(tightly(backend.read(prepared)));
      if (refined && n === 0) while (await backend.refine(prepared));
    }
    if (prepared === null) throw new Error('a sequence has frames');
    return { outputs, plan: prepared.plan };
  } finally {
    prepared?.dispose();
  }
}

/** The farthest that any output is from the reference, in levels, before the reference is rounded. */
function worstOf(
  of: Graph,
  { size, times, color = FULL }: Sequence,
  outputs: readonly Output[],
  tensorOf: (planes: FramePlanes) => Tensor,
): number {
  const reference = new ReferenceSequence(of, { color });
  return times.reduce((worst, timestampUs, n) => {
    const expected = reference.next({ frame: tensorOf(noiseFrame(...size, color, n)) }, timestampUs);
    const output = outputs[n];
    if (output === undefined || output.channels === 'planes') return Infinity;
    return Math.max(worst, worstOfData(expected, output.data));
  }, 0);
}

function worstOfData({ data }: Tensor, bytes: Uint8Array): number {
  if (data.length !== bytes.length) return Infinity;
  return data.reduce((worst, value, i) => Math.max(worst, Math.abs(255 * Math.min(1, Math.max(0, value)) - (bytes[i] ?? Number.NaN))), 0); // prettier-ignore
}

/** Of graphs that look at luma alone. */
export async function worstOfLuma(backend: WebGl2Backend, of: Graph, sequence: Sequence): Promise<number> {
  const { outputs } = await runSequence(backend, of, sequence);
  return worstOf(of, sequence, outputs, greyOf);
}

/** Of means of colour frames without a neighbourhood: each plane's codes by themselves. */
export async function worstOfPlanes(backend: WebGl2Backend, of: Graph, sequence: Sequence): Promise<number> {
  const { outputs } = await runSequence(backend, of, sequence);
  const { size, times, color = FULL } = sequence;
  const worst = (['y', 'u', 'v'] as const).map((plane) => {
    const reference = new ReferenceSequence(of, { color });
    return times.reduce((most, timestampUs, n) => {
      const output = outputs[n];
      if (output?.channels !== 'planes') return Infinity;
      const codes = noiseFrame(...size, color, n)[plane];
      const frame = { shape: [codes.length, 1, 3], data: Float32Array.from({ length: 3 * codes.length }, (_, i) => (codes[Math.floor(i / 3)] ?? 0) / 255) }; // prettier-ignore
      const { data } = reference.next({ frame }, timestampUs);
      const expected = { shape: [codes.length], data: data.filter((_, i) => i % 3 === 0) };
      return Math.max(most, worstOfData(expected, output[plane]));
    }, 0);
  });
  return Math.max(...worst);
}
