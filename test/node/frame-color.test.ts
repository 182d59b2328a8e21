/** Y'CbCr → R'G'B' against the standards' own values, and as the inverse of R'G'B' → Y'CbCr. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  chromaExpansion,
  chromaFactors,
  frameColorOf,
  lumaExpansion,
  lumaWeights,
  sameColor,
  type FrameColor,
} from '../../src/core/frame-color.ts';

type Triple = readonly [number, number, number];

/** 8-bit codes → levels of R, G and B, by the product's factors. */
function decode(color: FrameColor, [y, cb, cr]: Triple): number[] {
  const [luma, chroma] = [lumaExpansion(color), chromaExpansion(color)];
  const { crToRed, cbToGreen, crToGreen, cbToBlue } = chromaFactors(color);
  const Y = (y / 255) * luma.scale + luma.offset;
  const Cb = (cb / 255) * chroma.scale + chroma.offset;
  const Cr = (cr / 255) * chroma.scale + chroma.offset;
  return [Y + crToRed * Cr, Y + cbToGreen * Cb + crToGreen * Cr, Y + cbToBlue * Cb].map((v) => 255 * v);
}

const RED: Triple = [255, 0, 0];
const GREEN: Triple = [0, 255, 0];
const BLUE: Triple = [0, 0, 255];
const WHITE: Triple = [255, 255, 255];
const BLACK: Triple = [0, 0, 0];

describe('codes of the primaries', () => {
  test.each<[FrameColor['matrix'], boolean, Triple, Triple]>([
    ['bt601', false, [81, 90, 240], RED],
    ['bt601', false, [145, 54, 34], GREEN],
    ['bt601', false, [41, 240, 110], BLUE],
    ['bt601', false, [235, 128, 128], WHITE],
    ['bt601', false, [16, 128, 128], BLACK],
    ['bt601', true, [76, 85, 255], RED],
    ['bt601', true, [150, 44, 21], GREEN],
    ['bt601', true, [29, 255, 107], BLUE],
    ['bt601', true, [255, 128, 128], WHITE],
    ['bt709', false, [63, 102, 240], RED],
    ['bt709', false, [173, 42, 26], GREEN],
    ['bt709', false, [32, 240, 118], BLUE],
    ['bt709', false, [235, 128, 128], WHITE],
    ['bt709', true, [54, 99, 255], RED],
    ['bt2020', false, [74, 97, 240], RED],
    ['bt2020', false, [164, 47, 25], GREEN],
    ['bt2020', false, [29, 240, 119], BLUE],
    ['bt2020', true, [0, 128, 128], BLACK],
  ])('%s, full range %s: %j is %j', (matrix, fullRange, codes, expected) => {
    decode({ matrix, fullRange }, codes).forEach((level, channel) => {
      // Codes are whole numbers: half a code of each is worth up to 1.7 levels.
      expect(Math.abs(level - expected[channel]!)).toBeLessThan(1.7);
    });
  });
});

describe('the inverse', () => {
  /** Kr and Kb as the standards print them. */
  const PRINTED = { bt601: [0.299, 0.114], bt709: [0.2126, 0.0722], bt2020: [0.2627, 0.0593] } as const;
  const matrices = ['bt601', 'bt709', 'bt2020'] as const;

  test('of the definition of Y, Cb and Cr, for every colour', () => {
    const part = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.constantFrom(...matrices),
        fc.boolean(),
        part,
        part,
        part,
        (matrix, fullRange, r, g, b) => {
          const [kr, kb] = PRINTED[matrix];
          const y = kr * r + (1 - kr - kb) * g + kb * b;
          const [cb, cr] = [(b - y) / (2 * (1 - kb)), (r - y) / (2 * (1 - kr))];
          const codes: Triple = fullRange
            ? [255 * y, 255 * cb + 128, 255 * cr + 128]
            : [219 * y + 16, 224 * cb + 128, 224 * cr + 128];
          const [red, green, blue] = decode({ matrix, fullRange }, codes);
          expect(red).toBeCloseTo(255 * r, 9);
          expect(green).toBeCloseTo(255 * g, 9);
          expect(blue).toBeCloseTo(255 * b, 9);
        },
      ),
    );
  });

  test.each(matrices)('the luma weights of %s are the printed ones, and sum to 1', (matrix) => {
    const [red, green, blue] = lumaWeights({ matrix, fullRange: false });
    expect([red, blue]).toEqual(PRINTED[matrix]);
    expect(red + green + blue).toBeCloseTo(1, 12);
  });
});

describe('the tags of a frame', () => {
  test.each([
    [
      { matrix: 'smpte170m', fullRange: true },
      { matrix: 'bt601', fullRange: true },
    ],
    [
      { matrix: 'bt470bg', fullRange: false },
      { matrix: 'bt601', fullRange: false },
    ],
    [
      { matrix: 'bt709', fullRange: null },
      { matrix: 'bt709', fullRange: false },
    ],
    [{ matrix: 'bt2020-ncl' }, { matrix: 'bt2020', fullRange: false }],
    [
      { matrix: null, fullRange: true },
      { matrix: 'bt601', fullRange: true },
    ],
    [
      { matrix: 'rgb', fullRange: true },
      { matrix: 'bt709', fullRange: true },
    ],
    [null, { matrix: 'bt601', fullRange: false }],
    [undefined, { matrix: 'bt601', fullRange: false }],
  ])('%j are %j', (tags, color) => {
    expect(frameColorOf(tags)).toEqual(color);
  });

  test('two colours are the same when matrix and range are', () => {
    const color: FrameColor = { matrix: 'bt601', fullRange: false };
    expect(sameColor(color, { ...color })).toBe(true);
    expect(sameColor(color, { ...color, fullRange: true })).toBe(false);
    expect(sameColor(color, { ...color, matrix: 'bt709' })).toBe(false);
  });
});
