/** The plan in words: one line per pass, for people, pages and tests. */
import { assertNever, at } from '../core/assert.ts';
import { sizeOf } from '../core/tensor.ts';
import type { Image, Pass, Plan } from './plan.ts';

export type PassSummary = Readonly<{
  label: string;
  /** Texels written: `[height, width]`. */
  texels: readonly [number, number];
  layout: Image['layout'];
  format: Image['format'];
  taps: number;
}>;

function tapsOf(pass: Pass): number {
  switch (pass.kind) {
    case 'compute':
      return pass.terms.reduce((count, term) => count + term.taps.length, 0);
    case 'convert':
      return 3;
    case 'tensor':
      return 'taps' in pass.primitive ? pass.primitive.taps.length : 1;
    default:
      return assertNever(pass);
  }
}

export function summarize(plan: Plan): readonly PassSummary[] {
  return plan.passes.map((pass) => {
    const { width, height, layout, format } = at(plan.images, pass.output);
    const texels = [height, layout === 'packed4' ? Math.ceil(width / 4) : width] as const;
    return { label: pass.label, texels, layout, format, taps: tapsOf(pass) };
  });
}

/** @returns one line per pass: what it does, taps, texels, layout and format. */
export function explain(plan: Plan): string {
  const lines = summarize(plan).map(
    ({ label, taps, texels, layout, format }, i) =>
      `${i + 1}. ${label} · ${taps} taps · ${texels[1]}×${texels[0]} texels (${sizeOf(texels)}) · ${layout} ${format}`,
  );
  if (plan.frame === null) return lines.join('\n');
  const { width, height, layout } = plan.frame;
  return [`frame ${width}×${height} · ${layout}`, ...lines].join('\n');
}
