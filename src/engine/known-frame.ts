/**
 * A picture whose colours are known, as a camera's frame: what comes out at the other end tells whether the matrix, the
 * range and the orientation are right. Expectations are computed in float64 from the codes.
 */
import { at } from '../core/assert.ts';
import {
  chromaExpansion,
  chromaFactors,
  lumaExpansion,
  type ColorMatrix,
  type FrameColor,
  type RangeExpansion,
} from '../core/frame-color.ts';

/** What both kinds of cameras send. */
export const KNOWN_COLORS: readonly FrameColor[] = [
  { matrix: 'bt601', fullRange: false },
  { matrix: 'bt709', fullRange: false },
];

const BLOCK = 16;
const COLUMNS = 4;
const ROWS = 3;
export const KNOWN_SIZE = { width: BLOCK * COLUMNS, height: BLOCK * ROWS } as const;

type Codes = readonly [y: number, u: number, v: number];

/**
 * The codes of each block: every corner another colour, black and white for the range. V is far from its middle, which
 * tells matrices apart; U is near it, because Chromium converts BT.709 with a factor of 2 in place of 2.11 there.
 */
const BLOCKS: readonly Codes[] = [
  [110, 118, 180], [16, 128, 128], [126, 128, 128], [140, 112, 84],
  [90, 140, 160], [235, 128, 128], [64, 128, 128], [160, 120, 100],
  [100, 146, 104], [190, 128, 128], [120, 110, 128], [180, 112, 150],
]; // prettier-ignore

/** Levels that a colour may be off by: two roundings to bytes, and one to the conversion's own arithmetic. */
const TOLERANCE = 3;

const TAGS: Readonly<Record<ColorMatrix, VideoColorSpaceInit>> = {
  bt601: { matrix: 'smpte170m', primaries: 'smpte170m', transfer: 'smpte170m' },
  bt709: { matrix: 'bt709', primaries: 'bt709', transfer: 'bt709' },
  bt2020: { matrix: 'bt709', primaries: 'bt709', transfer: 'bt709' },
};

/** What codes mean, in levels. */
function levelsOf([y, u, v]: Codes, color: FrameColor, isGrey: boolean): readonly [number, number, number] {
  const expand = (code: number, { scale, offset }: RangeExpansion) => (code / 255) * scale + offset;
  const luma = expand(y, lumaExpansion(color));
  const [cb, cr] = isGrey ? [0, 0] : [expand(u, chromaExpansion(color)), expand(v, chromaExpansion(color))];
  const { crToRed, cbToGreen, crToGreen, cbToBlue } = chromaFactors(color);
  const level = (value: number) => 255 * Math.min(1, Math.max(0, value));
  return [
    level(luma + crToRed * cr),
    level(luma + cbToGreen * cb + crToGreen * cr),
    level(luma + cbToBlue * cb),
  ];
}

/** @returnsOwned */
export function knownFrame(color: FrameColor): VideoFrame {
  const { width, height } = KNOWN_SIZE;
  const plane = (channel: 0 | 1 | 2, size: number): number[] => {
    const [columns, rows] = [size * COLUMNS, size * ROWS];
    return Array.from({ length: columns * rows }, (_, i) => {
      const [x, y] = [Math.floor((i % columns) / size), Math.floor(i / columns / size)];
      return at(BLOCKS, y * COLUMNS + x)[channel];
    });
  };
  const bytes = Uint8Array.from([...plane(0, BLOCK), ...plane(1, BLOCK / 2), ...plane(2, BLOCK / 2)]);
  return new VideoFrame(bytes, {
    format: 'I420',
    codedWidth: width,
    codedHeight: height,
    timestamp: 0,
    colorSpace: { ...TAGS[color.matrix], fullRange: color.fullRange },
  });
}

/**
 * What is wrong with a picture of the known frame; empty where nothing is. Looks at the middle of each block: between
 * them browsers interpolate chroma as they like.
 * @param rgba rows from the top.
 * @param isGrey whether the picture is of the frame's luma alone.
 */
export function faultOfPicture(
  rgba: ArrayLike<number>,
  color: FrameColor,
  { isGrey = false }: Readonly<{ isGrey?: boolean }> = {},
): string {
  const { width, height } = KNOWN_SIZE;
  if (rgba.length !== 4 * width * height) return 'of another size';
  for (let i = 0; i < BLOCKS.length; i++) {
    const expected = levelsOf(at(BLOCKS, i), color, isGrey);
    const [x, y] = [BLOCK * ((i % COLUMNS) + 0.5), BLOCK * (Math.floor(i / COLUMNS) + 0.5)];
    const seen = [0, 1, 2].map((channel) => at(rgba, 4 * (y * width + x) + channel));
    const worst = Math.max(...expected.map((level, channel) => Math.abs(level - at(seen, channel))));
    if (worst <= TOLERANCE) continue;
    const wanted = expected.map(Math.round).join(' ');
    return `${color.matrix} at ${x},${y}: ${seen.join(' ')} in place of ${wanted}`;
  }
  return '';
}
