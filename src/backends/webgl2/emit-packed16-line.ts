/**
 * Filters along one axis that read packed16, with any number of taps: weights, their number and their first place are
 * uniforms. Loops are `do … while`, as software GL runs the body of others once more than its condition holds.
 *
 * Along x, sixteen taps a turn: a window of two texels' words starts at the word of the first tap, so that each tap is a
 * vector of bytes moved by a fixed number of components. Every fourth pixel of such a sum is one of those vectors alone.
 */
import { assert } from '../../core/assert.ts';
import { MOST_LINE_TAPS } from '../../plan/plan.ts';
import { glslFloat, type Emitted, type EmittedLine, type UniformValue } from './emitted-term.ts';
import { BYTES, byteScale, emitRaw, emitReader, emitSum, emitUnpack, swizzle } from './packed16-texels.ts';

/**
 * x: packed16 → packed16 with stride 1, packed16 → packed4 with stride 4. y: packed16 → packed16 with either.
 */
export function emitPacked16Line(one: EmittedLine): Emitted {
  const { term, read } = one;
  const { image, output } = read;
  const to = term.axis === 'x' && term.stride === 4 ? 'packed4' : 'packed16';
  assert(
    image.layout === 'packed16' && output.layout === to,
    'a line filter reads and writes sixteen pixels a texel',
  );
  assert(term.weights.length <= MOST_LINE_TAPS, "a line's taps fit its uniforms");
  return term.axis === 'x' ? emitAlong(one) : emitAcross(one);
}

const block = (lines: readonly string[]): string[] => ['  {', ...lines.map((line) => `    ${line}`), '  }'];

/** The uniforms of a line: vectors of weights, and what its loop needs to know. */
function emitUniforms(index: number, vectors: number, weights: readonly number[], info: readonly number[]) {
  const values = new Float32Array(4 * vectors);
  values.set(weights);
  const uniforms: readonly UniformValue[] = [
    { name: `uLine${index}`, type: 'vec4', values },
    { name: `uLineInfo${index}`, type: 'ivec4', values: Int32Array.from([0, 1, 2, 3], (i) => info[i] ?? 0) },
  ];
  return {
    declarations: [`uniform vec4 uLine${index}[${vectors}];`, `uniform ivec4 uLineInfo${index};`],
    uniforms,
  };
}

/** Taps of a turn, and the turns that the most taps need when they begin at any byte of a word. */
const TURN_TAPS = 16;
const MOST_TURNS = Math.ceil((3 + MOST_LINE_TAPS) / TURN_TAPS);

function emitAlong(one: EmittedLine): Emitted {
  const { name, term, read, index } = one;
  const word = Math.floor(term.first / 4);
  const weights = [...new Array<number>(term.first - 4 * word).fill(0), ...term.weights];
  const isSixteen = read.output.layout === 'packed16';
  // Every fourth pixel is byte 0 of the others. With so few products a turn's own cost counts: the first is outside of
  // the loop, as the filters before a decimation are longer than that.
  const outputs = isSixteen ? BYTES : ([0] as const);
  const turnsBefore = isSixteen ? 0 : 1;
  const turns = Math.max(turnsBefore + 1, Math.ceil(weights.length / TURN_TAPS));
  const info = [turns, Math.floor(word / 4), word & 3];
  const { declarations, uniforms } = emitUniforms(index, (MOST_TURNS * TURN_TAPS) / 4, weights, info);
  const [reader, moved] = [`lineTexel${index}`, `lineWords${index}`];
  const outside = { x: true, y: read.output.height > read.image.height };
  const turn = (vector: string) => block(emitTurn(one, outputs, vector));
  const lines = [
    'vec2 at = floor(gl_FragCoord.xy);',
    `at.x += float(uLineInfo${index}.y);`,
    `ivec4 here = ${reader}(at.x, at.y), next = ${reader}(++at.x, at.y);`,
    `ivec4 words = ${moved}(here, next);`,
    ...emitUnpack('words', 'bytes', read.image),
    ...outputs.map((byte) => `vec4 sum${byte} = vec4(0.0);`),
    ...(isSixteen ? [] : turn('')),
    `int i = ${turnsBefore};`,
    'do',
    ...turn('4 * i + '),
    `while (++i < uLineInfo${index}.x);`,
    ...outputs.map((byte) => `${name}${isSixteen ? `_${byte}` : ''} += ${glslFloat(byteScale(read.image))} * sum${byte};`), // prettier-ignore
  ];
  return {
    declarations: [...declarations, emitReader(reader, read, term.edge, outside), emitMoved(moved, index)],
    lines: block(lines),
    uniforms,
  };
}

/** Sixteen taps, with the weights from `vector` on. */
function emitTurn({ read, index }: EmittedLine, outputs: readonly number[], vector: string): string[] {
  return [
    ...BYTES.map((i) => `vec4 w${i} = uLine${index}[${vector}${i}];`),
    'here = next;',
    `next = lineTexel${index}(++at.x, at.y);`,
    `words = lineWords${index}(here, next);`,
    ...emitUnpack('words', 'after', read.image),
    ...outputs.map((byte) => `sum${byte} += ${emitProducts(byte)};`),
    ...BYTES.map((byte) => `bytes${byte} = after${byte};`),
  ];
}

/** The sixteen products of output byte `byte`. */
function emitProducts(byte: number): string {
  const products = Array.from({ length: TURN_TAPS }, (_, tap) => {
    const [from, steps] = [(byte + tap) & 3, (byte + tap) >> 2];
    const here = `bytes${from}.${swizzle({ first: steps, last: 3 })}`;
    const after = `after${from}.${swizzle({ first: 0, last: steps - 1 })}`;
    const pixels = steps === 0 ? `bytes${from}` : steps === 4 ? `after${from}` : `vec4(${here}, ${after})`;
    return `w${tap >> 2}.${'xyzw'.charAt(tap & 3)} * ${pixels}`;
  });
  return products.join(' + ');
}

/** Four words of two texels, from the word that the first tap lies in. */
function emitMoved(name: string, index: number): string {
  return `ivec4 ${name}(ivec4 a, ivec4 b) {
  bool isOdd = (uLineInfo${index}.z & 1) == 1;
  bool isFar = uLineInfo${index}.z >= 2;
  ivec4 words = isFar ? ivec4(a.zw, b.xy) : a;
  int after = isFar ? b.z : b.x;
  return isOdd ? ivec4(words.yzw, after) : words;
}`;
}

/** Rows: the first by itself, as most lines are odd, the others by fours. */
function emitAcross(one: EmittedLine): Emitted {
  const { name, term, read, index } = one;
  const [head = 0, ...rest] = term.weights;
  const turns = Math.max(1, Math.ceil(rest.length / 4));
  const { declarations, uniforms } = emitUniforms(index, 1 + MOST_LINE_TAPS / 4, [head, 0, 0, 0, ...rest], [turns, term.first]); // prettier-ignore
  const reader = `lineTexel${index}`;
  // What lies above or below weighs nothing: cheaper than a texel of zeros.
  const outside = { x: read.output.width > read.image.width, y: false };
  const inside = `float(at.y >= 0.0 && at.y < uTexels${read.slot}.y)`;
  const add = (weight: string) => [
    `texel = ${reader}(at.x, at.y);`,
    `weight = ${weight}${term.edge === 'zero' ? ` * ${inside}` : ''};`,
    'total += weight;',
    ...BYTES.map((byte) => `sum${byte} += weight * ${emitRaw('texel', byte, read.image)};`),
    'at.y++;',
  ];
  const lines = [
    'vec2 at = floor(gl_FragCoord.xy);',
    `at.y = ${term.stride}.0 * at.y + float(uLineInfo${index}.y);`,
    'ivec4 texel;',
    'float weight, total = 0.0;',
    ...BYTES.map((byte) => `vec4 sum${byte} = vec4(0.0);`),
    ...add(`uLine${index}[0].x`),
    'int i = 0;',
    'do {',
    `  vec4 w = uLine${index}[++i];`,
    ...['x', 'y', 'z', 'w'].flatMap((lane) => add(`w.${lane}`).map((line) => `  ${line}`)),
    `} while (i < uLineInfo${index}.x);`,
    ...BYTES.map((byte) => `${name}_${byte} += ${emitSum(`sum${byte}`, 'total', byte, read.image)};`),
  ];
  return {
    declarations: [...declarations, emitReader(reader, read, term.edge, outside)],
    lines: block(lines),
    uniforms,
  };
}
