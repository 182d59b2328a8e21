/** The plan in words: what each pass does, what it reads, and what it costs. For people, pages and tests. */
import { assertNever, at } from '../core/assert.ts';
import { readsOf } from '../primitives/primitive.ts';
import type { Image, Pass, Plan, Term, TexelFormat, TexelLayout } from './plan.ts';
import { costOf, DEFAULT_PRICES, texelsOf, type Prices } from './prices.ts';
import { BYTES_OF_TEXEL } from './texels.ts';

export type PassSummary = Readonly<{
  /** What it computes, term by term: 'direct 9', 'line x 13', 'shrink 4 x 12', 'enlarge 4 y', 'read', … */
  label: string;
  /** The output in pixels: `[height, width]`. */
  size: readonly [height: number, width: number];
  layout: TexelLayout;
  format: TexelFormat;
  taps: number;
  /** Texels read, and bytes read and written, for each pixel that the plan shows. */
  fetchesPerPixel: number;
  bytesPerPixel: number;
  /** By the prices given. */
  predictedMs: number;
}>;

function tapsOfTerm(term: Term, images: readonly Image[]): number {
  switch (term.kind) {
    case 'taps':
      return term.taps.length;
    case 'line':
      return term.weights.length;
    case 'time':
      if (term.weights instanceof Float32Array) return term.weights.length;
      return 'age' in term.weights ? 1 : (at(images, term.image).layers ?? 1);
    case 'cubic':
      return 4;
    default:
      return assertNever(term);
  }
}

function tapsOf(pass: Pass, images: readonly Image[]): number {
  switch (pass.kind) {
    case 'compute':
      return pass.terms.reduce((count, term) => count + tapsOfTerm(term, images), 0);
    case 'convert':
      return 3;
    case 'keep':
      return 1;
    case 'tensor':
      return readsOf(pass.primitive) ?? 1;
    default:
      return assertNever(pass);
  }
}

/** @param prices of the device; default those of a software renderer. */
export function summarize(plan: Plan, prices: Prices = DEFAULT_PRICES): readonly PassSummary[] {
  const shown = at(plan.images, plan.output);
  const pixels = shown.width * shown.height;
  return plan.passes.map((pass) => {
    const output = at(plan.images, pass.output);
    const { ms, texels, fetches, readBytes } = costOf(pass, plan.images, prices);
    return {
      label: pass.label,
      size: [output.height, output.width],
      layout: output.layout,
      format: output.format,
      taps: tapsOf(pass, plan.images),
      fetchesPerPixel: (texels * fetches) / pixels,
      bytesPerPixel: (texels * (readBytes + BYTES_OF_TEXEL[output.format])) / pixels,
      predictedMs: ms,
    };
  });
}

/** Bytes of all textures that the plan's own images live in; planes of the frame are the source's. */
export function textureBytes({ images, storage }: Plan): number {
  const textures = new Map<number, Image>();
  images.forEach((image, index) => {
    if (image.source.kind !== 'frame') textures.set(at(storage, index), image);
  });
  return [...textures.values()].reduce(
    (sum, image) => sum + texelsOf(image) * (image.layers ?? 1) * BYTES_OF_TEXEL[image.format],
    0,
  );
}

/** What a frame should take, in ms: all passes. */
export function predictedMs(plan: Plan, prices?: Prices): number {
  return summarize(plan, prices).reduce((sum, pass) => sum + pass.predictedMs, 0);
}

const short = (value: number): string => (value < 10 ? value.toFixed(2) : value.toFixed(1));

/**
 * One line per pass: what it does, its taps, the size, layout and format of what it writes, the texels and bytes that
 * it moves per pixel shown, and what it is expected to cost; then the sums.
 */
export function planInWords(plan: Plan, prices: Prices = DEFAULT_PRICES): string {
  const passes = summarize(plan, prices);
  const lines = passes.map(
    (
      { label, size: [height, width], layout, format, taps, fetchesPerPixel, bytesPerPixel, predictedMs },
      i,
    ) =>
      `${i + 1}. ${label} · ${taps} taps · ${width}×${height} ${layout} ${format} · ${short(fetchesPerPixel)} fetches/px · ` +
      `${short(bytesPerPixel)} bytes/px · ${short(predictedMs)} ms`,
  );
  const sum = (of: (pass: PassSummary) => number) =>
    short(passes.reduce((total, pass) => total + of(pass), 0));
  const total = `${passes.length} ${passes.length === 1 ? 'pass' : 'passes'} · ${sum(({ fetchesPerPixel }) => fetchesPerPixel)} fetches/px · ${sum(({ bytesPerPixel }) => bytesPerPixel)} bytes/px · ${sum(({ predictedMs }) => predictedMs)} ms expected · ${(textureBytes(plan) / 1e6).toFixed(1)} MB of textures`; // prettier-ignore
  const { frame } = plan;
  const head = frame === null ? [] : [`frame ${frame.width}×${frame.height} · ${frame.layout}`];
  return [...head, ...lines, total, ...plan.notes.map((note) => `chosen: ${note}`)].join('\n');
}

/**
 * Prints how a plan computes its graph, and returns it.
 * @param prices of the device; default those of a software renderer.
 * @param print default `console.log`.
 */
export function explain(plan: Plan, prices?: Prices, print: (text: string) => void = toConsole): string {
  const text = planInWords(plan, prices);
  print(text);
  return text;
}

// Printing is what was asked for.
// eslint-disable-next-line no-console
const toConsole = (text: string): void => console.log(text);
