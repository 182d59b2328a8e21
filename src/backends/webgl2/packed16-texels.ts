/**
 * packed16 in GLSL: a texel is four words of four bytes, its sixteen pixels from the lowest byte of x to the highest
 * of w. Taken apart, it is four vectors, and a neighbour at another distance is one of them with its components moved:
 *
 *   bytes 0   0  4  8 12        pixels + 1 of bytes 3:  4  8 12 | 16   (bytes 0).yzw, x of the next texel's
 *   bytes 1   1  5  9 13        pixels − 1 of bytes 0: −1 |  3  7 11   w of the texel before, (bytes 3).xyz
 *   bytes 2   2  6 10 14
 *   bytes 3   3  7 11 15
 *
 * Measured on software GL: a shift costs ten multiplications, a conversion from or to uint eight of int, so bytes are
 * masked in place, converted as ints and scaled down; the highest byte passes as a signed number, 128 less.
 */
import type { Image } from '../../plan/plan.ts';
import type { EdgeMode } from '../../primitives/primitive.ts';
import { glslFloat, type ReadImage } from './emitted-term.ts';

/** `pack16(a, b, c, d)`: values 0..1 of bytes 0, 1, 2 and 3 → a texel, rounded to 8 bits. */
export const PACK16 = `ivec4 codes16(vec4 value) { return ivec4(clamp(value, 0.0, 1.0) * 255.0 + 0.5); }
uvec4 pack16(vec4 a, vec4 b, vec4 c, vec4 d) {
  return uvec4(codes16(a) + 256 * (codes16(b) + 256 * (codes16(c) + 256 * codes16(d))));
}`;

/** Components of a texel, `first` to `last`, that are taken apart together. */
export type Span = Readonly<{ first: number; last: number }>;

const WHOLE: Span = { first: 0, last: 3 };
export const BYTES = [0, 1, 2, 3] as const;

export const swizzle = ({ first, last }: Span): string => 'xyzw'.slice(first, last + 1);

export function floatType({ first, last }: Span): string {
  return ['float', 'vec2', 'vec3', 'vec4'][last - first] ?? 'vec4';
}

/** Where codes mean values: what is taken off a code, and the most that is left of it. */
function codeRange({ expansion }: Pick<Image, 'expansion'>): Readonly<{ start: number; length: number }> {
  if (expansion === null) return { start: 0, length: 255 };
  return { start: (-255 * expansion.offset) / expansion.scale, length: 255 / expansion.scale };
}

/** What a value of `emitBytes` is multiplied with to be the pixel's own, in 0..1. */
export function byteScale(image: Pick<Image, 'expansion'>): number {
  return 1 / codeRange(image).length;
}

/** What the highest byte lacks, as it passes through a signed number. */
const signOffset = (byte: number): number => (byte === 3 ? 128 : 0);

/** One byte of the words of `texel`, an ivec4, times 256 to its power; of byte 3, 128 less. */
function emitMasked(texel: string, byte: number, span: Span): string {
  const words = `${texel}.${swizzle(span)}`;
  const masked = [`${words} & 0xFF`, `${words} & 0xFF00`, `${words} & 0xFF0000`, `(${words} ^ ~0x7FFFFFFF) & ~0xFFFFFF`]; // prettier-ignore
  return `${floatType(span)}(${masked[byte] ?? ''})`;
}

/**
 * One byte of the words of `texel`, an ivec4: the pixels' codes, clamped to their range. Sums of them start too high
 * by `codeStart` times the sum of the weights.
 */
export function emitCodes(texel: string, byte: number, span: Span, image: Pick<Image, 'expansion'>): string {
  const { start, length } = codeRange(image);
  const scaled = byte === 0 ? '' : ` * ${glslFloat(256 ** -byte)}`;
  const added = signOffset(byte) === 0 ? '' : ` + ${glslFloat(signOffset(byte))}`;
  const code = `${emitMasked(texel, byte, span)}${scaled}${added}`;
  return image.expansion === null
    ? `(${code})`
    : `clamp(${code}, ${glslFloat(start)}, ${glslFloat(start + length)})`;
}

/** The code that means 0. */
export const codeStart = (image: Pick<Image, 'expansion'>): number => codeRange(image).start;

/** One byte of the words of `texel`, an ivec4: the pixels' codes, from where their range begins and clamped to it. */
function emitBytes(texel: string, byte: number, span: Span, image: Pick<Image, 'expansion'>): string {
  const { start, length } = codeRange(image);
  const scaled = byte === 0 ? '' : ` * ${glslFloat(256 ** -byte)}`;
  const added = signOffset(byte) - start;
  const code = `${emitMasked(texel, byte, span)}${scaled}${added === 0 ? '' : ` + ${glslFloat(added)}`}`;
  return image.expansion === null ? `(${code})` : `clamp(${code}, 0.0, ${glslFloat(length)})`;
}

/**
 * For sums over whole texels: one byte of all words of `texel` as it is masked, clamped where codes are. Scales and
 * starts go into the sum once: see `emitSum`.
 */
export function emitRaw(texel: string, byte: number, image: Pick<Image, 'expansion'>): string {
  const masked = emitMasked(texel, byte, WHOLE);
  const { start, length } = codeRange(image);
  const low = start - signOffset(byte);
  const limits = [low, low + length].map((limit) => glslFloat(limit * 256 ** byte));
  return image.expansion === null ? masked : `clamp(${masked}, ${limits.join(', ')})`;
}

/** The values' sum, from `sum`, that of weights times `emitRaw`, and `total`, that of the weights. */
export function emitSum(sum: string, total: string, byte: number, image: Pick<Image, 'expansion'>): string {
  const scale = byteScale(image);
  const added = scale * (signOffset(byte) - codeRange(image).start);
  const scaled = `${glslFloat(scale * 256 ** -byte)} * ${sum}`;
  return added === 0 ? scaled : `${scaled} + ${glslFloat(added)} * ${total}`;
}

/** A texel's four vectors of bytes, `name0` to `name3`. */
export function emitUnpack(texel: string, name: string, image: Pick<Image, 'expansion'>): string[] {
  return BYTES.map((byte) => `vec4 ${name}${byte} = ${emitBytes(texel, byte, WHOLE, image)};`);
}

/** Which coordinates of a reader may lie outside the image. */
type Outside = Readonly<{ x: boolean; y: boolean }>;

/**
 * `ivec4 name(float x, float y)`: the texel at whole coordinates. The sampler clamps them, but to texels: a texel left
 * of the image must repeat pixel 0, one right of it the last pixel, which need not be in the last lane.
 */
export function emitReader(
  name: string,
  { slot, image }: ReadImage,
  edge: EdgeMode,
  outside: Outside,
): string {
  const width = `uTexels${slot}.x`;
  const places = [
    ...(outside.x ? [`x < 0.0 || x >= ${width}`] : []),
    ...(outside.y && edge === 'zero' ? [`y < 0.0 || y >= uTexels${slot}.y`] : []),
  ];
  const lanes = lanesOfLast(image);
  const [word, byte] = ['xyzw'.charAt((lanes - 1) >> 2), (lanes - 1) & 3];
  const last = byte === 0 ? `texel.${word}` : `texel.${word} >> ${8 * byte}`;
  const kept = lanesKept(lanes);
  const texel = `ivec4(texture(uImage${slot}, (vec2(x, y) + 0.5) * uTexels${slot}.zw))`;
  const lines = [
    `ivec4 texel = ${texel};`,
    edge === 'zero' ? 'int filler = 0;' : `int filler = ((x < 0.0 ? texel.x : ${last}) & 0xFF) * 0x01010101;`,
    ...(outside.x && lanes < 16
      ? [`texel = x == ${width} - 1.0 ? (texel & ${kept}) | (filler & ~${kept}) : texel;`]
      : []),
    `return ${places.join(' || ')} ? ivec4(filler) : texel;`,
  ];
  const body = places.length === 0 ? [`return ${texel};`] : lines;
  return [`ivec4 ${name}(float x, float y) {`, ...body.map((line) => `  ${line}`), '}'].join('\n');
}

/** Pixels in the last texel of a row. */
export const lanesOfLast = ({ width }: Pick<Image, 'width'>): number => ((width - 1) % 16) + 1;

/** The bits of a texel's first `lanes` pixels, as an ivec4. */
export function lanesKept(lanes: number): string {
  const words = [0, 1, 2, 3].map((word) => Math.min(4, Math.max(0, lanes - 4 * word)));
  return `ivec4(${words.map((bytes) => (bytes === 4 ? '-1' : String(256 ** bytes - 1))).join(', ')})`;
}
