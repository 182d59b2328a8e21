/** The number in each frame's pixels survives every filter, and is not seen where there is none. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { busyPicture } from '../support/busy-picture.ts';
import { burnCounter, COUNTER_LIMIT, COUNTER_SIZE, readCounter } from '../support/frame-counter.ts';
import type { I420Picture, RgbaPicture } from '../support/picture.ts';
import { scalePlane } from '../support/plane-scale.ts';

/** A grey picture from one value 0..255 per pixel. */
function greyPicture(width: number, height: number, valueAt: (x: number, y: number) => number): RgbaPicture {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let index = 0; index < width * height; index += 1) {
    data.fill(Math.round(valueAt(index % width, Math.floor(index / width))), index * 4, index * 4 + 3);
    data[index * 4 + 3] = 255;
  }
  return { width, height, data };
}

type Luma = (x: number, y: number) => number;

/** Limited-range luma as 0..255, the border repeated outside. */
const lumaOf =
  ({ width, height, y: plane }: I420Picture): Luma =>
  (x, y) => {
    const column = Math.min(Math.max(x, 0), width - 1);
    const row = Math.min(Math.max(y, 0), height - 1);
    return (((plane[row * width + column] ?? 0) - 16) * 255) / 219;
  };

function weightedSum(
  luma: Luma,
  x: number,
  y: number,
  radius: number,
  weight: (dx: number, dy: number) => number,
): number {
  let sum = 0;
  for (let dy = -radius; dy <= radius; dy += 1) {
    for (let dx = -radius; dx <= radius; dx += 1) sum += weight(dx, dy) * luma(x + dx, y + dy);
  }
  return sum;
}

const smooth = (offset: number): number => (offset === 0 ? 2 : 1);

const sobel =
  (luma: Luma): Luma =>
  (x, y) =>
    Math.hypot(
      weightedSum(luma, x, y, 1, (dx, dy) => dx * smooth(dy)),
      weightedSum(luma, x, y, 1, (dx, dy) => dy * smooth(dx)),
    );

const gaussian = (luma: Luma, sigma: number): Luma => {
  const radius = Math.ceil(3 * sigma);
  const bell = (offset: number): number => Math.exp(-(offset * offset) / (2 * sigma * sigma));
  const total = weightedSum(
    () => 1,
    0,
    0,
    radius,
    (dx, dy) => bell(dx) * bell(dy),
  );
  return (x, y) => weightedSum(luma, x, y, radius, (dx, dy) => bell(dx) * bell(dy)) / total;
};

const sharpen =
  (luma: Luma): Luma =>
  (x, y) =>
    luma(x, y) + 2 * (luma(x, y) - gaussian(luma, 1)(x, y));

describe('the burnt-in number', () => {
  const width = COUNTER_SIZE.width + 9;
  const height = COUNTER_SIZE.height + 7;
  const burnt = (value: number): I420Picture => burnCounter(busyPicture(width, height), value);
  const seenThrough = (value: number, filter: (luma: Luma) => Luma): number | null =>
    readCounter(greyPicture(width, height, filter(lumaOf(burnt(value)))));
  const numbers = [0, 1, 59, 255, 4096, 0xaaaa, 0x5555, COUNTER_LIMIT - 1];

  test('is read from the plain picture, whatever it is', () => {
    const roundTrip = fc.property(
      fc.nat(COUNTER_LIMIT - 1),
      (value) => seenThrough(value, (luma) => luma) === value,
    );
    fc.assert(roundTrip, { numRuns: 40 });
  });

  test.each([
    ['a Sobel magnitude', sobel],
    [
      'a weak Sobel magnitude',
      (luma: Luma): Luma =>
        (x, y) =>
          0.2 * sobel(luma)(x, y),
    ],
    ['a sharpening', sharpen],
    ['a Gaussian of 1.5 px', (luma: Luma): Luma => gaussian(luma, 1.5)],
    ['a Gaussian of 4 px', (luma: Luma): Luma => gaussian(luma, 4)],
  ])('survives %s', (_, filter) => {
    expect(numbers.map((value) => seenThrough(value, filter))).toEqual(numbers);
  });

  test('survives being shown at half and at twice its size', () => {
    for (const factor of [0.5, 2]) {
      const size = [Math.round(width * factor), Math.round(height * factor)] as const;
      const read = numbers.map((value) => {
        const { y } = burnt(value);
        const plane = scalePlane(y, width, height, ...size);
        return readCounter(
          greyPicture(...size, (x, row) => plane[row * size[0] + x] ?? 0),
          width,
        );
      });
      expect(read).toEqual(numbers);
    }
  });

  test('is not seen where there is none, nor where a cell is damaged', () => {
    expect(readCounter(greyPicture(width, height, lumaOf(busyPicture(width, height))))).toBeNull();
    expect(readCounter(greyPicture(width, height, () => 0))).toBeNull();
    for (let cell = 2; cell < 22; cell += 1) {
      const picture = greyPicture(width, height, lumaOf(burnt(1234)));
      const [left, top] = [(cell % 11) * 16, Math.floor(cell / 11) * 16];
      const lit = (picture.data[4 * ((top + 8) * width + left + 8)] ?? 0) > 128;
      for (let row = top; row < top + 16; row += 1) {
        picture.data.fill(lit ? 0 : 255, 4 * (row * width + left), 4 * (row * width + left + 16));
      }
      expect(readCounter(picture), `cell ${cell}`).toBeNull();
    }
  });

  test('leaves the rest of the picture alone, and its chroma grey', () => {
    const before = busyPicture(width, height);
    const after = burnt(7);
    expect(after.y.subarray(COUNTER_SIZE.height * width)).toEqual(
      before.y.subarray(COUNTER_SIZE.height * width),
    );
    expect(after.u.subarray(0, COUNTER_SIZE.width / 2).every((value) => value === 128)).toBe(true);
    expect(after.u.at(COUNTER_SIZE.width / 2)).toBe(before.u.at(COUNTER_SIZE.width / 2));
  });

  test('refuses a number or a picture that it does not fit', () => {
    expect(() => burnCounter(busyPicture(width, height), COUNTER_LIMIT)).toThrow(
      'value must be an integer from 0 to 65535',
    );
    expect(() => burnCounter(busyPicture(100, 100), 1)).toThrow('picture must be at least 176×32 px');
  });
});
