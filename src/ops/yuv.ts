/**
 * R'G'B' ↔ Y'CbCr with the matrix of the frame: Y' = Kr·R' + Kg·G' + Kb·B', Cb = (B' − Y') / (2(1 − Kb)),
 * Cr = (R' − Y') / (2(1 − Kr)). Y' in 0..1, Cb and Cr in −0.5..0.5. Source: ITU-R BT.709-6 §3, BT.601-7 §2.5.
 */
import { at } from '../core/assert.ts';
import type { LumaWeights } from '../core/frame-color.ts';
import { sizeOf, type Tensor64 } from '../core/tensor.ts';
import { mixChannels } from './mix-channels.ts';
import { imageShape, type FrameFacts, type Op } from './op.ts';
import { checkInputCount } from './broadcast.ts';
import type { NoOptions } from './pointwise-op.ts';

type Pixel = readonly [number, number, number];

/** Of one pixel, by the formulas above. */
function toYuv([red, green, blue]: Pixel, [kr, kg, kb]: LumaWeights): Pixel {
  const y = kr * red + kg * green + kb * blue;
  return [y, (blue - y) / (2 * (1 - kb)), (red - y) / (2 * (1 - kr))];
}

/** The same formulas, solved for R', B' and then G'. */
function toRgb([y, cb, cr]: Pixel, [kr, kg, kb]: LumaWeights): Pixel {
  const red = y + 2 * (1 - kr) * cr;
  const blue = y + 2 * (1 - kb) * cb;
  return [red, (y - kr * red - kb * blue) / kg, blue];
}

/** The matrix by columns: what each output channel takes of one input channel. */
const YUV_COLUMNS = ([kr, kg, kb]: LumaWeights): readonly Pixel[] => [
  [kr, -kr / (2 * (1 - kb)), 0.5],
  [kg, -kg / (2 * (1 - kb)), -kg / (2 * (1 - kr))],
  [kb, 0.5, -kb / (2 * (1 - kr))],
];

const RGB_COLUMNS = ([kr, kg, kb]: LumaWeights): readonly Pixel[] => [
  [1, 1, 1],
  [0, (-2 * kb * (1 - kb)) / kg, 2 * (1 - kb)],
  [2 * (1 - kr), (-2 * kr * (1 - kr)) / kg, 0],
];

function colorMatrix(
  name: string,
  channels: string,
  convert: (pixel: Pixel, weights: LumaWeights) => Pixel,
  columns: (weights: LumaWeights) => readonly Pixel[],
): Op<NoOptions> {
  return {
    name,
    inferShape(inputs, _options, where) {
      checkInputCount(where, inputs, 1);
      const [height, width, count] = imageShape(at(inputs, 0), where);
      if (count !== 3) {
        throw new RangeError(`${where}: the input must have 3 channels (${channels}), got ${count}`);
      }
      return [height, width, 3];
    },
    reference(inputs, _options, { luma }: FrameFacts): Tensor64 {
      const { shape, data } = at(inputs, 0);
      const out = new Float64Array(data.length);
      for (let i = 0; i < data.length; i += 3) {
        out.set(convert([at(data, i), at(data, i + 1), at(data, i + 2)], luma), i);
      }
      return { shape, data: out };
    },
    lower: (inputs, _options, shape, lowering) =>
      lowering.add(mixChannels(at(inputs, 0), shape, Float32Array.from(columns(lowering.facts.luma).flat()))),
    layer: (_inputs, _options, shape) => ({ parameters: 0, macs: sizeOf(shape) * 3 }),
  };
}

/** `[h, w, 3]` R'G'B' → `[h, w, 3]` Y', Cb, Cr. */
export const rgbToYuv = colorMatrix('rgbToYuv', 'R, G, B', toYuv, YUV_COLUMNS);

/** `[h, w, 3]` Y', Cb, Cr → `[h, w, 3]` R'G'B'. */
export const yuvToRgb = colorMatrix('yuvToRgb', 'Y, Cb, Cr', toRgb, RGB_COLUMNS);
