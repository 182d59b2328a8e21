/** What kinds of work cost, each measured among others → prices. Pure. */
import { at } from '../../core/assert.ts';
import type { TexelFormat } from '../../plan/plan.ts';
import type { Prices } from '../../plan/prices.ts';
import { PER_TURN, VECTORS_OF_WORDS, WORDS_PER_TURN, type Work } from './price-probes.ts';

/** What one more of each kind cost, ms; those that were not measured are missing. */
export type WorkCosts = Readonly<Partial<Record<Work, number>>>;

/** Nothing is free, and a measurement that says so is noise: bounds far outside of any device's prices. */
const LEAST_NS = 1e-4;
const MOST_NS = 1e4;
const LEAST_PASS_MS = 1e-3;
const MOST_PASS_MS = 10;
/** Nor does one price change so many times more than the others do. */
const MOST_APART = 8;
/** Where what is subtracted eats all, this share is left. */
const LEAST_SHARE = 0.25;

const bounded = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value));
const boundedNs = (ns: number) => bounded(ns, LEAST_NS, MOST_NS);

/**
 * @param texels of a target, which each cost but a pass's was for.
 * @param defaults whose ratios hold for what was not measured.
 * @returns null where nothing was.
 */
export function solvePrices(costs: WorkCosts, texels: number, defaults: Prices): Prices | null {
  const perTexelNs = (work: Work, times: number): number | null => {
    const ms = costs[work];
    return ms === undefined ? null : (1e6 * ms) / texels / times;
  };
  const multiplyAddNs = perTexelNs('multiplyAdd', PER_TURN);
  /** Each fetch came with so many multiply-adds. */
  const fetchNs = (format: TexelFormat): number | null => {
    const [times, products] = format === 'rgba32ui' ? [WORDS_PER_TURN, VECTORS_OF_WORDS] : [PER_TURN, 1];
    const both = perTexelNs(format, times);
    if (both === null) return null;
    const byDefault =
      defaults.fetchNs[format] / (defaults.fetchNs[format] + products * defaults.multiplyAddNs);
    return multiplyAddNs === null
      ? both * byDefault
      : Math.max(both - products * multiplyAddNs, LEAST_SHARE * both);
  };
  const formats = Object.keys(defaults.fetchNs) as TexelFormat[];
  const fetches = new Map(formats.map((format) => [format, fetchNs(format)]));
  const ratios = [...fetches].flatMap(([format, ns]) => (ns === null ? [] : [ns / defaults.fetchNs[format]]));
  if (multiplyAddNs !== null) ratios.push(multiplyAddNs / defaults.multiplyAddNs);
  if (ratios.length === 0) return null;
  const ratio = median(ratios);
  const near = (ns: number | null, byDefault: number): number => {
    const expected = ratio * byDefault;
    return boundedNs(bounded(ns ?? expected, expected / MOST_APART, expected * MOST_APART));
  };
  const solved = formats.map((format) => [
    format,
    near(fetches.get(format) ?? null, defaults.fetchNs[format]),
  ]);
  const byFormat = Object.fromEntries(solved) as Prices['fetchNs'];
  // A pass is the processor's work more than the GPU's: what a fetch costs tells nothing about it.
  const passMs = bounded(costs.pass ?? defaults.passMs, LEAST_PASS_MS, MOST_PASS_MS);
  return {
    passMs,
    texelNs: near(texelNs(costs, texels, byFormat.rgba8), defaults.texelNs),
    fetchNs: byFormat,
    multiplyAddNs: near(multiplyAddNs, defaults.multiplyAddNs),
  };
}

/** Whole passes were measured, each with one fetch a texel. */
function texelNs({ pass = 0, texel }: WorkCosts, texels: number, fetchNs: number): number | null {
  if (texel === undefined) return null;
  const both = (1e6 * Math.max(texel - pass, 0)) / texels;
  return Math.max(both - fetchNs, LEAST_SHARE * both);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? at(sorted, middle) : (at(sorted, middle - 1) + at(sorted, middle)) / 2;
}
