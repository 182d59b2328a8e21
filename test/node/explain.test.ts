/** The plan in words: each figure from what it stands for. */
import { describe, expect, test, vi } from 'vitest';
import { blur, edge, none } from '../../pipelines/index.ts';
import { explain, planInWords, summarize, textureBytes } from '../../src/plan/explain.ts';
import { costOf, DEFAULT_PRICES } from '../../src/plan/prices.ts';
import { DEVICE, formOf, planOf } from './fakes/device.ts';

const form = formOf(64, 48, 'planar420');
const linesOf = (words: string): string[] => words.split('\n');

describe('explain', () => {
  test('has the frame, a line for each pass, and the sums', () => {
    const plan = planOf(edge.build(), form);
    const lines = linesOf(planInWords(plan));
    expect(lines).toHaveLength(3);
    expect(lines[0]).toBe('frame 64×48 · planar420');
    // 4 texels of 48 rows, 9 fetches of 16 bytes each, 16 written, over 64 × 48 pixels.
    expect(lines[1]).toMatch(
      /^1\. product 3×3 \+ product 3×3 · 12 taps · 64×48 packed16 rgba32ui · 0\.56 fetches\/px · 10\.0 bytes\/px · \d+\.\d\d ms$/,
    );
    expect(lines[2]).toMatch(
      /^1 pass · 0\.56 fetches\/px · 10\.0 bytes\/px · \d+\.\d\d ms expected · 0\.0 MB of textures$/,
    );
  });

  test('of nothing to do says so', () => {
    expect(linesOf(planInWords(planOf(none.build(), form)))).toEqual([
      'frame 64×48 · planar420',
      '0 passes · 0.00 fetches/px · 0.00 bytes/px · 0.00 ms expected · 0.0 MB of textures',
    ]);
  });

  test('sums are those of the passes', () => {
    const plan = planOf(blur.build({ sigma: 2 }), formOf(640, 480, 'planar420'));
    const passes = summarize(plan);
    const sum = (of: (pass: (typeof passes)[number]) => number) =>
      passes.reduce((total, pass) => total + of(pass), 0);
    const numbers = [
      ...linesOf(planInWords(plan))
        .at(-1)!
        .matchAll(/[\d.]+/g),
    ].map(([text]) => Number(text));
    expect(numbers[0]).toBe(plan.passes.length);
    expect(numbers[1]).toBeCloseTo(
      sum(({ fetchesPerPixel }) => fetchesPerPixel),
      1,
    );
    expect(numbers[2]).toBeCloseTo(
      sum(({ bytesPerPixel }) => bytesPerPixel),
      1,
    );
    expect(numbers[3]).toBeCloseTo(
      sum(({ predictedMs }) => predictedMs),
      1,
    );
    expect(numbers[4]).toBeCloseTo(textureBytes(plan) / 1e6, 1);
  });

  test('expects the time that the given prices say', () => {
    const plan = planOf(edge.build(), form);
    const dear = { ...DEFAULT_PRICES, passMs: 123 };
    expect(planInWords(plan, dear)).toContain('123.');
    expect(summarize(plan, dear)[0]?.predictedMs).toBeCloseTo(
      costOf(plan.passes[0]!, plan.images, dear).ms,
      9,
    );
    expect(summarize(plan)[0]?.predictedMs).toBeLessThan(1);
  });
});

describe('summarize', () => {
  test('counts per pixel that is shown, so a pass over chroma counts a quarter', () => {
    const [lumaX, , chromaX] = summarize(planOf(blur.build({ sigma: 2 }), formOf(640, 480, 'planar420')));
    expect(chromaX!.size).toEqual([240, 320]);
    const [texels, pixels] = [(320 / 16) * 240, 640 * 480];
    expect(chromaX!.fetchesPerPixel * pixels).toBeCloseTo(
      texels * Math.round((chromaX!.fetchesPerPixel * pixels) / texels),
      6,
    );
    expect(chromaX!.fetchesPerPixel).toBeLessThanOrEqual(lumaX!.fetchesPerPixel / 4);
    expect(chromaX!.bytesPerPixel).toBeLessThanOrEqual(lumaX!.bytesPerPixel / 4);
  });

  test('formats and layouts are those of what is written', () => {
    const plan = planOf(blur.build(), formOf(64, 48), { ...DEVICE, floatFormat: 'rgba32f' });
    expect(summarize(plan).map(({ layout, format }) => [layout, format])).toEqual([
      ['rgba', 'rgba32f'],
      ['rgba', 'rgba8'],
    ]);
  });
});

test('planes of the frame are no textures of the plan', () => {
  const plan = planOf(edge.build(), form);
  expect(textureBytes(plan)).toBe(4 * 48 * 16);
});

test('explain prints the words and returns them', () => {
  const plan = planOf(edge.build(), form);
  const printed: string[] = [];
  expect(explain(plan, DEFAULT_PRICES, (text) => printed.push(text))).toBe(planInWords(plan));
  expect(printed).toEqual([planInWords(plan)]);
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  explain(plan);
  expect(log).toHaveBeenCalledExactlyOnceWith(planInWords(plan));
  log.mockRestore();
});
