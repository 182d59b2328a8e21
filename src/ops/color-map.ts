/** colorMap: false colours. A value 0..1 picks from a table of colours, linear between its entries. */
import { at } from '../core/assert.ts';
import { checkFinite, checkInteger } from '../core/check.ts';
import { checkTensor, showShape, sizeOf, type Tensor, type Tensor64 } from '../core/tensor.ts';
import { binary, constant, operand } from '../primitives/expression.ts';
import { checkInputCount } from './broadcast.ts';
import { imageShape, type Op } from './op.ts';

export type ColorMapOptions = Readonly<{
  /** `[entries, channels]`, the first for 0, the last for 1. At most 1024 entries. */
  table: Tensor;
}>;

export const MAX_COLOR_MAP_ENTRIES = 1024;

function tableSize(table: Tensor, where: string): readonly [entries: number, channels: number] {
  const name = `${where}: options.table`;
  const { shape, data } = checkTensor(name, table);
  if (shape.length !== 2) throw new TypeError(`${name} must be [entries, channels], got ${showShape(shape)}`);
  const entries = checkInteger(`${name} entries`, shape[0], { min: 1, max: MAX_COLOR_MAP_ENTRIES });
  const channels = checkInteger(`${name} channels`, shape[1], { min: 1 });
  if (data.length !== sizeOf(shape)) throw new RangeError(`${name} must hold ${sizeOf(shape)} values, got ${data.length}`); // prettier-ignore
  checkFinite(name, data);
  return [entries, channels];
}

/** `[h, w, 1]` → `[h, w, channels of the table]`; values outside of 0..1 take the end's colour. */
export const colorMap: Op<ColorMapOptions> = {
  name: 'colorMap',
  inferShape(inputs, { table }, where) {
    checkInputCount(where, inputs, 1);
    const [height, width, channels] = imageShape(at(inputs, 0), where);
    if (channels !== 1) throw new RangeError(`${where}: the input must have 1 channel, got ${channels}`);
    return [height, width, tableSize(table, where)[1]];
  },
  reference(inputs, { table }): Tensor64 {
    const { shape, data } = at(inputs, 0);
    const [entries, channels] = tableSize(table, 'colorMap');
    const out = new Float64Array(data.length * channels);
    data.forEach((value, i) => {
      const position = Math.min(1, Math.max(0, value)) * (entries - 1);
      const low = Math.floor(position);
      const high = Math.min(entries - 1, low + 1);
      for (let c = 0; c < channels; c++) {
        const first = at(table.data, low * channels + c);
        out[i * channels + c] = first + (position - low) * (at(table.data, high * channels + c) - first);
      }
    });
    return { shape: [...shape.slice(0, 2), channels], data: out };
  },
  lower(inputs, { table }, shape, lowering) {
    // The table is an image of one row, read at offsets (0, value · (entries − 1)) from its corner: strides of 0.
    const [entries, channels] = tableSize(table, 'colorMap');
    const image = lowering.add({ kind: 'constant', shape: [1, entries, channels], data: table.data });
    const span = lowering.add({ kind: 'constant', shape: [2], data: Float32Array.of(0, entries - 1) });
    const limited = binary('min', binary('max', operand(0), constant(0)), constant(1));
    const offsets = lowering.add({
      kind: 'stencil',
      inputs: [at(inputs, 0), span],
      shape: [...shape.slice(0, 2), 2],
      expression: binary('mul', limited, operand(1)),
    });
    return lowering.add({
      kind: 'deform',
      input: image,
      offsets,
      mask: null,
      shape,
      taps: [[0, 0]],
      strides: [0, 0],
      offsetGroups: 1,
    });
  },
  layer: (_inputs, { table }, shape) => ({ parameters: table.data.length, macs: sizeOf(shape) }),
};
