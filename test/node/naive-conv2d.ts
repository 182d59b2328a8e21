/**
 * conv2d once more, for a second opinion: pads a copy of the image, then lays a shifted, weighted copy of it over
 * the result for each weight. Written from the definition, apart from the product.
 */

/** `[y][x][channel]` */
export type Pixels = readonly (readonly (readonly number[])[])[];
/** `[i][j][input channel of the group][output channel]` */
export type Weights = readonly (readonly (readonly (readonly number[])[])[])[];

export type Padding = Readonly<{ top: number; bottom: number; left: number; right: number }>;

function padded<T>(items: readonly T[], before: number, after: number, edge: (nearest: T) => T): T[] {
  const first = items[0]!;
  const last = items.at(-1)!;
  return [
    ...Array.from({ length: before }, () => edge(first)),
    ...items,
    ...Array.from({ length: after }, () => edge(last)),
  ];
}

function pad(image: Pixels, { top, bottom, left, right }: Padding, zero: boolean): Pixels {
  const pixel = (nearest: readonly number[]) => (zero ? nearest.map(() => 0) : nearest);
  const wide = image.map((row) => padded(row, left, right, pixel));
  return padded(wide, top, bottom, (nearest) => (zero ? nearest.map((one) => one.map(() => 0)) : nearest));
}

export function naiveConv2d(
  image: Pixels,
  weights: Weights,
  { padding, zero, groups, bias }: Readonly<{ padding: Padding; zero: boolean; groups: number; bias: readonly number[] }>, // prettier-ignore
): number[][][] {
  const wide = pad(image, padding, zero);
  const [outHeight, outWidth] = [wide.length - weights.length + 1, wide[0]!.length - weights[0]!.length + 1];
  const result = Array.from({ length: outHeight }, () => Array.from({ length: outWidth }, () => [...bias]));
  weights.forEach((line, i) =>
    line.forEach((inputs, j) =>
      inputs.forEach((outputs, c) =>
        outputs.forEach((weight, o) => {
          const group = Math.floor((o * groups) / outputs.length);
          result.forEach((row, y) =>
            row.forEach((pixel, x) => {
              pixel[o] = pixel[o]! + weight * wide[y + i]![x + j]![group * inputs.length + c]!;
            }),
          );
        }),
      ),
    ),
  );
  return result;
}
