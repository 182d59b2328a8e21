/** luma: Y' = Kr·R' + Kg·G' + Kb·B', with the weights of the frame's own matrix. `[h, w, 3]` → `[h, w, 1]`. */
import { at } from '../core/assert.ts';
import type { Tensor64 } from '../core/tensor.ts';
import { mixChannels } from './mix-channels.ts';
import { imageShape, type Op, type SymbolicShape } from './op.ts';

export type LumaOptions = Readonly<Record<string, never>>;

function inferShape(inputs: readonly SymbolicShape[], _options: LumaOptions, where: string): SymbolicShape {
  const [height, width, channels] = imageShape(at(inputs, 0), where);
  if (channels !== 3)
    throw new RangeError(`${where}: the input must have 3 channels (R, G, B), got ${channels}`);
  return [height, width, 1];
}

export const luma: Op<LumaOptions> = {
  name: 'luma',
  inferShape,
  reference(inputs, _options, { luma: [red, green, blue] }): Tensor64 {
    const { shape, data } = at(inputs, 0);
    const [height, width] = shape as readonly [number, number, number];
    const out = new Float64Array(height * width);
    for (let i = 0; i < out.length; i++) {
      out[i] = red * at(data, 3 * i) + green * at(data, 3 * i + 1) + blue * at(data, 3 * i + 2);
    }
    return { shape: [height, width, 1], data: out };
  },
  lower: (inputs, _options, shape, lowering) =>
    lowering.add(mixChannels(at(inputs, 0), shape, Float32Array.from(lowering.facts.luma))),
};
