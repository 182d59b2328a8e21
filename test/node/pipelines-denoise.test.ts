/** What the denoise filter gains where the picture stands still and loses where it moves, and what dropped frames change. */
import { describe, expect, test } from 'vitest';
import { temporalDenoise, denoised } from '../../pipelines/temporal-denoise.ts';
import { ReferenceSequence } from '../../src/backends/reference/reference-sequence.ts';
import { tensor, type Tensor } from '../../src/core/tensor.ts';
import { graph } from '../../src/graph/builder.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { luma, temporal } from '../../src/graph/operators.ts';
import { FACE_FRAME_US, faceFootage, withNoise } from '../support/face-footage.ts';

const NOISE = 10;
/** Frames until the mean has what it needs. */
const SETTLED = 8;
/** Changes from frame to frame, in levels, that say that a value stands still, and that it moves. */
const STILL_BELOW = 3;
const MOVING_ABOVE = 10;

const outputsOf = (of: Graph, frames: readonly Tensor[], times: readonly number[]): readonly Tensor[] => {
  const sequence = new ReferenceSequence(of);
  return frames.map((frame, i) => sequence.next({ frame }, times[i]!));
};

/** What is gained in dB over the noisy frames, where the clean clip stands still and where it moves. */
function gains(
  clean: readonly Tensor[],
  noisy: readonly Tensor[],
  shown: readonly Tensor[],
): Record<'still' | 'moving', number> {
  const errors = { still: [0, 0], moving: [0, 0] } as Record<'still' | 'moving', [number, number]>;
  for (let t = SETTLED; t < clean.length; t++) {
    const [now, before] = [clean[t]!.data, clean[t - 1]!.data];
    now.forEach((value, i) => {
      const change = 255 * Math.abs(value - before[i]!);
      const of = change < STILL_BELOW ? errors.still : change > MOVING_ABOVE ? errors.moving : null;
      if (of === null) return;
      of[0] += (noisy[t]!.data[i]! - value) ** 2;
      of[1] += (shown[t]!.data[i]! - value) ** 2;
    });
  }
  const gain = ([before, after]: [number, number]) => 10 * Math.log10(before / after);
  return { still: gain(errors.still), moving: gain(errors.moving) };
}

describe('on real footage with noise of 10 levels', () => {
  const clean = faceFootage();
  const times = clean.map((_, i) => i * FACE_FRAME_US);

  test.each([
    ['in colour', clean, temporalDenoise.build()],
    [
      'of luma alone',
      clean.map(({ shape, data }) =>
        tensor(
          [shape[0]!, shape[1]!, 1],
          data.filter((_, i) => i % 3 === 1),
        ),
      ),
      graph({ frame: [null, null, 1] }, ({ frame }) => denoised(frame, { ms: 230, noise: NOISE })),
    ],
  ])('%s: 6 dB where it stands still, and no half dB lost where it moves', (_, footage, of) => {
    const noisy = withNoise(footage, NOISE);
    const { still, moving } = gains(footage, noisy, outputsOf(of, noisy, times));
    expect(still).toBeGreaterThan(6);
    expect(moving).toBeGreaterThan(-0.5);
  });

  test('its bars tell filters apart: a mean without regard for motion loses much, the frame itself gains nothing', () => {
    const noisy = withNoise(clean, NOISE);
    const mean = graph(({ frame }) => temporal(frame, { window: { ms: 200 }, shape: 'box' }));
    expect(gains(clean, noisy, outputsOf(mean, noisy, times)).moving).toBeLessThan(-2);
    expect(gains(clean, noisy, noisy)).toEqual({ still: 0, moving: 0 });
  });

  test('at a noise of nearly nothing it leaves the picture nearly as it is', () => {
    outputsOf(temporalDenoise.build({ noise: 1 }), clean, times).forEach(({ data }, t) => {
      const changed = data.reduce((sum, value, i) => sum + Math.abs(value - clean[t]!.data[i]!), 0);
      expect((255 * changed) / data.length).toBeLessThan(0.5);
    });
  });
});

describe('with every third frame dropped', () => {
  const FPS = 30;
  const [WIDTH, HEIGHT] = [96, 24];
  const PIXELS_PER_SECOND = 30;
  /** A soft bar that moves to the right. */
  const frames = Array.from({ length: 48 }, (_, i) => {
    const middle = 16 + (PIXELS_PER_SECOND * i) / FPS;
    const column = (x: number) => 0.2 + 0.5 * Math.exp(-((x - middle) ** 2) / (2 * 10 ** 2));
    return tensor([HEIGHT, WIDTH, 3], Array.from({ length: HEIGHT * WIDTH * 3 }, (_, k) => column(Math.floor(k / 3) % WIDTH))); // prettier-ignore
  });
  const times = frames.map((_, i) => Math.round((1e6 * i) / FPS));
  const kept = frames.flatMap((_, i) => (i % 3 === 1 ? [] : [i]));

  /** How far the outputs of the frames that are left lie from those of the whole clip, by this time of each. */
  function change(of: Graph, timeOf: (index: number, count: number) => number): number {
    const whole = outputsOf(of, frames, times);
    const left = outputsOf(of, kept.map((i) => frames[i]!), kept.map(timeOf)); // prettier-ignore
    let [sum, count] = [0, 0];
    kept.forEach((i, k) => {
      if (i < 24) return;
      left[k]!.data.forEach((value, p) => {
        sum += (value - whole[i]!.data[p]!) ** 2;
        count += 1;
      });
    });
    return Math.sqrt(sum / count);
  }

  test.each([
    [
      'a derivative',
      graph(({ frame }) => temporal(luma(frame), { window: { ms: 200 }, shape: 'derivative' })),
    ],
    ['the denoise filter', temporalDenoise.build()],
    ['a mean', graph(({ frame }) => temporal(frame, { window: { ms: 200 }, shape: 'box' }))],
  ])('%s changes by a quarter at most of what taps that count frames give', (_, of) => {
    const byTime = change(of, (i) => times[i]!);
    // Taps that count frames take them as evenly spaced.
    const byIndex = change(of, (_, k) => times[k]!);
    expect(byIndex).toBeGreaterThan(1 / 255);
    expect(byTime).toBeLessThan(byIndex / 4);
  });
});
