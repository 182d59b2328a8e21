/** From a case's tensors to jobs for a backend, and from their outputs back to the case's own axes. */
import { at } from '../../src/core/assert.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import { graph, type GraphValue } from '../../src/graph/builder.ts';
import type { Case, CaseTensor } from './cases.ts';
import type { Job } from './job.ts';
import { asItIs, inverse, join, letters, relayout, split, transpose } from './layouts.ts';

export type PreparedCase = Readonly<{
  jobs: readonly Job[];
  /** The outputs of the jobs as one tensor, with its axes in the case's order. */
  collect(outputs: readonly Tensor[]): Tensor;
}>;

export type Values = Readonly<Record<string, GraphValue>>;
export type Build = (values: Values) => GraphValue;

export const SPATIAL = ['', 'W', 'HW', 'DHW'] as const;

/** The channels-last layout over `rank` spatial axes, with N. */
export const batched = (rank: number): string => `N${SPATIAL[rank] ?? ''}C`;

function job(inputs: Readonly<Record<string, Tensor>>, build: Build): Job {
  const shapes = Object.fromEntries(Object.entries(inputs).map(([name, one]) => [name, one.shape]));
  return { graph: graph(shapes, build), inputs };
}

/** One job, with the input as it lies: for ops whose axes have no meaning. */
export function whole(one: Case, build: Build): PreparedCase {
  return { jobs: [job({ x: asItIs(one.input) }, build)], collect: (outputs) => at(outputs, 0) };
}

/** A job for each of N: the tensors in channels last, without N. */
export function perSample(
  one: Case,
  rank: number,
  others: Readonly<Record<string, CaseTensor>>,
  build: Build,
): PreparedCase {
  const samples = Object.entries({ x: one.input, ...others }).map(
    ([name, source]) => [name, split(relayout(source, batched(rank)))] as const,
  );
  const [, xs] = at(samples, 0);
  const jobs = xs.map((_, n) =>
    job(Object.fromEntries(samples.map(([name, parts]) => [name, at(parts, n)])), build),
  );
  const layout = one.expected.layout ?? '';
  const order = letters(batched(rank)).map((letter) => layout.indexOf(letter));
  return { jobs, collect: (outputs) => transpose(join(outputs), inverse(order)) };
}

/** As `perSample`, for axes without names: `order` has the axis of N, the spatial ones and that of the channels. */
export function perSampleByAxes(one: Case, order: readonly number[], build: Build): PreparedCase {
  const jobs = split(transpose(asItIs(one.input), order)).map((x) => job({ x }, build));
  return { jobs, collect: (outputs) => transpose(join(outputs), inverse(order)) };
}

/** One job, with the axes named `from` of the input: an image or a stack that lacks channels gets one. */
export function asImage(one: Case, build: Build): PreparedCase {
  const x = asItIs(one.input);
  const hasChannels = one.input.layout?.endsWith('C') === true;
  const input = hasChannels ? x : { shape: [...x.shape, 1], data: x.data };
  return {
    jobs: [job({ x: input }, build)],
    collect: (outputs) => {
      const output = at(outputs, 0);
      return hasChannels ? output : { shape: output.shape.slice(0, -1), data: output.data };
    },
  };
}
