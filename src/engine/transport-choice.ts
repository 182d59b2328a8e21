/** Which way in and which way out: the cheapest that gives the right picture. Pure; what was measured is given. */
import type { UploadPath } from '../backends/port.ts';
import { at } from '../core/assert.ts';
import type { OutputKind, OutputPath } from '../frames/worker/frame-sink.ts';
import type { PlanOptions } from '../plan/make-plan.ts';

export type PlanOutput = NonNullable<PlanOptions['output']>;

/** An element, and what it is given. */
export type OutputWay = `${OutputKind} ${OutputPath}`;

/** What is decided by somebody else. */
export type ForcedTransport = Readonly<{ upload?: UploadPath; outputPath?: OutputPath }>;

/** A way that frames could go. */
export type Candidate<Way extends string> = Readonly<{
  way: Way;
  /** What a frame costs this way, in ms; infinite where it can't be gone. */
  ms: number;
  /** Why it can't be gone; empty where it can. */
  fault: string;
}>;

export type MeasuredWay = Readonly<{
  part: 'upload' | 'output';
  path: UploadPath | OutputWay;
  /** Upload alone, or what follows the passes; infinite where it failed. */
  ms: number;
  /** Null where it was not looked at, because a cheaper one is right. */
  isCorrect: boolean | null;
  /** What is wrong with it; empty where nothing is. */
  fault: string;
}>;

export type TransportChoice = Readonly<{
  upload: UploadPath;
  output: OutputKind;
  outputPath: OutputPath;
  /** How graphs are planned for that. */
  planOutput: PlanOutput;
  /** All that was tried. */
  measured: readonly MeasuredWay[];
}>;

/** What is usual stays, unless another way costs less than this share of it: measurements are that good. */
const CLEARLY_LESS = 0.9;

/**
 * The order in which ways are looked at: the cheapest first.
 * @param candidates the usual one first.
 */
export function byCost<Way extends string>(candidates: readonly Candidate<Way>[]): readonly Candidate<Way>[] {
  const [usual] = candidates;
  const weigh = (one: Candidate<Way>) => (one === usual ? CLEARLY_LESS * one.ms : one.ms);
  return candidates.filter(({ ms }) => Number.isFinite(ms)).toSorted((a, b) => weigh(a) - weigh(b));
}

export type Picked<Way extends string> = Readonly<{
  way: Way;
  /** Whether its picture is right; false where none is, and the usual one was taken. */
  isCorrect: boolean;
  /** What is wrong with each that was looked at; empty where nothing is. */
  checked: ReadonlyMap<Way, string>;
}>;

/**
 * The cheapest way whose picture is right; the usual one where none is.
 * @param candidates the usual one first; at least one.
 * @param faultOf looks at a way's picture: what is wrong with it, or an empty text.
 */
export async function pick<Way extends string>(
  candidates: readonly Candidate<Way>[],
  faultOf: (way: Way) => Promise<string>,
): Promise<Picked<Way>> {
  const checked = new Map<Way, string>();
  for (const { way } of byCost(candidates)) {
    const fault = await faultOf(way);
    checked.set(way, fault);
    if (fault === '') return { way, isCorrect: true, checked };
  }
  return { way: at(candidates, 0).way, isCorrect: false, checked };
}

/** The ways out over the elements that there are, the usual one first. */
export function outputWays(
  kinds: readonly OutputKind[],
  isSoftware: boolean,
  forced?: OutputPath,
): readonly OutputWay[] {
  // Software presents a canvas slowest of all; a GPU is slowest where somebody waits for its pixels.
  const elements = (isSoftware ? (['video', 'canvas'] as const) : (['canvas', 'video'] as const)).filter((kind) => kinds.includes(kind)); // prettier-ignore
  const paths = isSoftware ? (['pixels', 'canvas'] as const) : (['canvas', 'pixels'] as const);
  return paths
    .filter((path) => forced === undefined || path === forced)
    .flatMap((path) => elements.map((element): OutputWay => `${element} ${path}`));
}

export function partsOf(way: OutputWay): readonly [OutputKind, OutputPath] {
  const [kind, path] = way.split(' ') as [OutputKind, OutputPath];
  return [kind, path];
}

/** A track takes planes as they are; a canvas shows colours, and the chroma of planes is multiplied into them. */
export function planOutputOf(kind: OutputKind, path: OutputPath): PlanOutput {
  if (path === 'canvas') return 'canvas';
  return kind === 'canvas' ? 'colours' : 'bytes';
}
