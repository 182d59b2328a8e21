import { graph, type GraphValue } from '../src/graph/builder.ts';
import { defineFilter } from '../src/graph/filter.ts';
import { abs, add, clamp, conv2d, mul, quantize, sub, temporal } from '../src/graph/operators.ts';
import { kernel } from '../src/kernels/kernel.ts';

/** A pixel and its four neighbours: their noise adds up to less than half of one's, their motion to all of it. */
const CROSS = kernel([[0, 0.2, 0], [0.2, 0.2, 0.2], [0, 0.2, 0]]); // prettier-ignore
/** In standard deviations of the noise: what the cross strays from the mean by noise alone, and by motion only. */
const STILL = 0.4;
const MOVING = 1.6;
/** What lies further from the mean, in standard deviations, moves anyway. */
const FURTHEST = 3.2;
/** The byte that stands for no difference. */
const NONE = 128 / 255;
/** More frames than so many a second make the mean shorter, not dearer. */
const USUAL_FPS = 30;

export type DenoiseOptions = Readonly<{
  /** How far back the mean reaches. */
  ms: number;
  /** Standard deviation of the noise, in levels of 255. */
  noise: number;
}>;

/**
 * The mean of a moment where the picture stands still, the frame itself where it moves; each channel by itself, so that
 * a change of hue is motion too. With d = s · (x − mean), in bytes:
 * out = x − d / s · still(|CROSS * d|), where `still` falls from 1 to 0.
 * @param x `[height, width, channels]` in 0..1
 */
export function denoised(x: GraphValue, { ms, noise }: DenoiseOptions): GraphValue {
  const frames = Math.max(2, Math.round((ms * USUAL_FPS) / 1000) + 1);
  const mean = temporal(x, { window: { ms }, shape: 'box', frames });
  const scale = (0.5 * 255) / (FURTHEST * noise);
  const away = quantize(add(mul(sub(x, mean), scale), NONE));
  const moved = abs(sub(conv2d(away, CROSS), NONE));
  const slope = (2 * FURTHEST) / (MOVING - STILL);
  const still = clamp(add(mul(moved, -slope), MOVING / (MOVING - STILL)));
  return sub(x, mul(mul(sub(away, NONE), 1 / scale), still));
}

export const temporalDenoise = defineFilter({
  name: 'temporal-denoise',
  title: 'Denoise',
  description:
    'Takes the mean of several frames where the picture stands still, so that noise goes and motion stays sharp.',
  params: {
    noise: { type: 'number', title: 'Noise σ', min: 1, max: 40, step: 1, default: 10, unit: 'levels' },
    ms: {
      type: 'number',
      title: 'Memory',
      min: 60,
      max: 600,
      step: 10,
      default: 230,
      unit: 'ms',
    },
  },
  build: (options) => graph(({ frame }) => denoised(frame, options)),
});
