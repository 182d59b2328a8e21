/**
 * What a plane of a frame is at another size and turned: written from what is meant, apart from the shaders. What they
 * are held against.
 */

/** Samples row by row; `share`: how many pixels of the picture a sample is wide and high (chroma: 2). */
export type RawPlane = Readonly<{ data: Uint8Array; columns: number; rows: number; share: 1 | 2 }>;

/** The picture as it came, how it is to be turned (clockwise, then mirrored left to right), and the size that is wanted. */
export type WantedFit = Readonly<{
  width: number;
  height: number;
  rotation: number;
  flip: boolean;
  size: Readonly<{ width: number; height: number }>;
}>;

type Point = readonly [x: number, y: number];

const limit = (value: number, high: number) => Math.min(high, Math.max(0, value));

/** Interpolated; the middle of sample 0 is at ½ sample. Outside, the border repeats. */
function sampleAt({ data, columns, rows }: RawPlane, [x, y]: Point): number {
  const [sx, sy] = [x - 0.5, y - 0.5];
  let sum = 0;
  for (const row of [Math.floor(sy), Math.floor(sy) + 1]) {
    for (const column of [Math.floor(sx), Math.floor(sx) + 1]) {
      const share = (1 - Math.abs(sy - row)) * (1 - Math.abs(sx - column));
      sum += share * data[limit(row, rows - 1) * columns + limit(column, columns - 1)]!;
    }
  }
  return sum;
}

/** One quarter of a turn after the other is undone, the mirror first. */
function asItCame([x, y]: Point, { width, height, rotation, flip }: WantedFit): Point {
  const quarters = rotation / 90;
  const uprightWidth = quarters % 2 === 0 ? width : height;
  let point: Point = [flip ? uprightWidth - x : x, y];
  for (let left = quarters; left > 0; left--) {
    // Before a quarter clockwise the picture was as high as it is wide now.
    const before = left % 2 === 1 ? height : width;
    point = [point[1], before - point[0]];
  }
  return point;
}

/** The mean of 1 or 2×2 interpolated samples, spread evenly over each pixel. */
export function fitPlane(plane: RawPlane, wanted: WantedFit): Float64Array {
  const { width, height, rotation, size } = wanted;
  const [uprightWidth, uprightHeight] = rotation % 180 === 0 ? [width, height] : [height, width];
  const [across, down] = [uprightWidth / size.width, uprightHeight / size.height];
  const offsets = Math.max(across, down) > 2.02 ? [-0.25, 0.25] : [0];
  const { share } = plane;
  const columns = Math.ceil(size.width / share);
  return Float64Array.from({ length: columns * Math.ceil(size.height / share) }, (_, i) => {
    const [x, y] = [(i % columns) + 0.5, Math.floor(i / columns) + 0.5];
    let sum = 0;
    for (const dy of offsets) {
      for (const dx of offsets) {
        const [rawX, rawY] = asItCame([share * across * (x + dx), share * down * (y + dy)], wanted);
        sum += sampleAt(plane, [rawX / share, rawY / share]);
      }
    }
    return sum / offsets.length ** 2;
  });
}
