/**
 * Colour of camera frames: the matrix and range that turn Y'CbCr into R'G'B'.
 * Source of the formulas: ITU-R BT.601-7 §2.5, BT.709-6 §3, BT.2020-2 table 4; H.273 for the ranges.
 */

export type ColorMatrix = 'bt601' | 'bt709' | 'bt2020';
export type FrameColor = Readonly<{ matrix: ColorMatrix; fullRange: boolean }>;

/** The fields of a `VideoColorSpace` that matter here. */
export type ColorTags = Readonly<{ matrix?: string | null; fullRange?: boolean | null }>;

/** Weights of R, G and B in luma; they sum to 1. */
export type LumaWeights = readonly [red: number, green: number, blue: number];

const LUMA_WEIGHTS: Readonly<Record<ColorMatrix, LumaWeights>> = {
  bt601: [0.299, 0.587, 0.114],
  bt709: [0.2126, 0.7152, 0.0722],
  bt2020: [0.2627, 0.678, 0.0593],
};

/**
 * The colour of a frame by its own tags. Browsers tag what they decode and what is built from bytes; what is left
 * untagged comes from a camera, and Chromium shows it as BT.601 limited range (measured: its own conversion of the
 * same frame), which is also what webcams send.
 */
export function frameColorOf(tags: ColorTags | null | undefined): FrameColor {
  const fullRange = tags?.fullRange ?? false;
  switch (tags?.matrix) {
    case undefined:
    case null:
    case 'smpte170m':
    case 'bt470bg':
      return { matrix: 'bt601', fullRange };
    case 'bt2020-ncl':
      return { matrix: 'bt2020', fullRange };
    // 'rgb' frames carry no luma of their own: BT.709 is the matrix of their (sRGB) primaries.
    default:
      return { matrix: 'bt709', fullRange };
  }
}

export function lumaWeights(color: FrameColor): LumaWeights {
  return LUMA_WEIGHTS[color.matrix];
}

/** How 8-bit codes, read as code / 255, become luma 0..1 and chroma −0.5..0.5: value = code · scale + offset. */
export type RangeExpansion = Readonly<{ scale: number; offset: number }>;

export function lumaExpansion(color: FrameColor): RangeExpansion {
  return color.fullRange ? { scale: 1, offset: 0 } : { scale: 255 / 219, offset: -16 / 219 };
}

export function chromaExpansion(color: FrameColor): RangeExpansion {
  return color.fullRange ? { scale: 1, offset: -128 / 255 } : { scale: 255 / 224, offset: -128 / 224 };
}

/**
 * The factors of R = Y + crToRed · Cr, G = Y + cbToGreen · Cb + crToGreen · Cr, B = Y + cbToBlue · Cb,
 * for Y in 0..1 and Cb, Cr in −0.5..0.5.
 */
export function chromaFactors(color: FrameColor): Readonly<{
  crToRed: number;
  cbToGreen: number;
  crToGreen: number;
  cbToBlue: number;
}> {
  const [red, green, blue] = lumaWeights(color);
  return {
    crToRed: 2 * (1 - red),
    cbToGreen: (-2 * (1 - blue) * blue) / green,
    crToGreen: (-2 * (1 - red) * red) / green,
    cbToBlue: 2 * (1 - blue),
  };
}

export function sameColor(a: FrameColor, b: FrameColor): boolean {
  return a.matrix === b.matrix && a.fullRange === b.fullRange;
}
