/** The expectations of the pixel tests: colours by the formula, and a comparison that sees what it must see. */
import { describe, expect, test } from 'vitest';
import { lumaPicture, rgbPicture } from '../support/camera-picture.ts';
import { differenceOf } from '../support/compare-picture.ts';
import type { I420Picture } from '../support/picture.ts';

describe('a camera frame as numbers', () => {
  const flat = (y: number, u: number, v: number): I420Picture => ({
    width: 3,
    height: 3,
    y: new Uint8Array(9).fill(y),
    u: new Uint8Array(4).fill(u),
    v: new Uint8Array(4).fill(v),
  });
  const levels = ({ data }: { data: Float32Array }): number[] =>
    [...data.subarray(12, 15)].map((value) => value * 255);

  test.each([
    [
      [81, 90, 240],
      [254.4, 0, 0],
    ],
    [
      [145, 54, 34],
      [0, 254.6, 0.9],
    ],
    [
      [41, 240, 110],
      [0, 0, 255],
    ],
    [
      [120, 90, 200],
      [236, 77.4, 44.4],
    ],
    [
      [235, 128, 128],
      [255, 255, 255],
    ],
  ] as const)('%j is the RGB %j by BT.601, limited range', ([y, u, v], expected) => {
    for (const upsampling of ['nearest', 'bilinear'] as const) {
      levels(rgbPicture(flat(y, u, v), upsampling)).forEach((level, channel) => {
        expect(level).toBeCloseTo(expected[channel] ?? NaN, 0);
      });
    }
  });

  test('luma is limited to 0..1', () => {
    expect(levels(lumaPicture(flat(0, 0, 0)))).toEqual([0, 0, 0]);
    expect(levels(lumaPicture(flat(255, 0, 0)))).toEqual([255, 255, 255]);
    expect(levels(lumaPicture(flat(126, 0, 0)))[0]).toBeCloseTo((110 * 255) / 219, 4);
  });

  test('chroma is spread by blocks, or with weights of 3/4 and 1/4 per axis', () => {
    const picture = {
      width: 4,
      height: 2,
      y: new Uint8Array(8).fill(126),
      u: Uint8Array.of(128, 128),
      v: Uint8Array.of(128, 168),
    };
    const redness = (upsampling: 'nearest' | 'bilinear'): number[] => {
      const { data } = rgbPicture(picture, upsampling);
      return [0, 1, 2, 3].map(
        (pixel) => (((data[pixel * 3] ?? 0) - 110 / 219) * 224) / (2 * (1 - 0.299) * 40),
      );
    };
    redness('nearest').forEach((share, pixel) => expect(share).toBeCloseTo([0, 0, 1, 1][pixel] ?? NaN, 5));
    redness('bilinear').forEach((share, pixel) =>
      expect(share).toBeCloseTo([0, 0.25, 0.75, 1][pixel] ?? NaN, 5),
    );
  });
});

describe('the comparison of pictures', () => {
  const expected = { shape: [4, 5, 1], data: new Float32Array(20).fill(100 / 255) };
  const seen = (): { width: number; height: number; data: Uint8Array } => ({
    width: 5,
    height: 4,
    data: new Uint8Array(80).fill(100),
  });

  test('sees one wrong value in any corner and channel, and says where', () => {
    for (const [index, place] of [
      [0, 'x 0, y 0, r'],
      [17, 'x 4, y 0, g'],
      [62, 'x 0, y 3, b'],
      [76, 'x 4, y 3, r'],
    ] as const) {
      const picture = seen();
      picture.data[index] = 104;
      const difference = differenceOf(picture, expected);
      expect(difference.worst).toBeCloseTo(4, 3);
      expect(difference.at).toBe(`${place}: seen 104, expected 100.00`);
      expect(difference.overTwo).toBeCloseTo(1 / 60, 6);
    }
  });

  test('finds equal pictures equal, looks past alpha, and refuses another size', () => {
    const picture = seen();
    picture.data[3] = 7;
    expect(differenceOf(picture, expected).worst).toBeLessThan(1e-4);
    expect(() => differenceOf({ ...picture, width: 4, height: 5 }, expected)).toThrow(
      'the view shows 4×5, expected 5×4',
    );
  });
});
