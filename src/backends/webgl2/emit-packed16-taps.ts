/**
 * packed16 → packed16, taps unrolled: one fetch serves sixteen outputs. Output byte k at distance dx needs the vector of
 * bytes (k + dx) mod 4, moved by ⌊(k + dx) / 4⌋ components (see packed16-texels.ts): a row of a 3×3 kernel has six
 * such vectors, made of the four of one texel and one number of each neighbour. Terms that read one image share them.
 */
import { at } from '../../core/assert.ts';
import type { EdgeMode } from '../../primitives/primitive.ts';
import { glslFloat, isPlainRead, type Emitted, type EmittedTaps, type ReadImage } from './emitted-term.ts';
import {
  BYTES,
  byteScale,
  codeStart,
  emitCodes,
  floatType,
  lanesKept,
  lanesOfLast,
  swizzle,
  type Span,
} from './packed16-texels.ts';

/** Terms that can share fetches: one image, one edge mode. */
type Group = Readonly<{ read: ReadImage; edge: EdgeMode; terms: readonly EmittedTaps[] }>;
type RowTap = Readonly<{ dx: number; index: number; one: EmittedTaps }>;
/** What a row needs of the texels beside it: for each column and byte the components. */
type Needed = ReadonlyMap<number, ReadonlyMap<number, Span>>;
type Row = Readonly<{ group: Group; dy: number; needed: Needed }>;

/** Any taps, shared or of one channel, both edges; input and output may differ in size. */
export function emitPacked16Taps(terms: readonly EmittedTaps[]): Emitted {
  const groups = new Map<string, Group>();
  for (const one of terms) {
    const key = `${one.read.slot} ${one.term.edge}`;
    const group = groups.get(key) ?? { read: one.read, edge: one.term.edge, terms: [] };
    groups.set(key, { ...group, terms: [...group.terms, one] });
  }
  return { declarations: [], lines: [...groups.values()].flatMap(emitGroup), uniforms: [] };
}

function emitGroup(group: Group): string[] {
  const { read } = group;
  const terms = group.terms.filter(({ product }) => product === null);
  const unordered = group.terms.flatMap(downOf);
  const upwards = [...new Set([...terms.flatMap(({ term }) => term.taps.map(({ dy }) => dy)), ...unordered.flatMap(({ weights }) => [...weights.keys()])])].sort((a, b) => a - b); // prettier-ignore
  // A sum that starts with a row taken off would have to be turned first.
  const isTurned = unordered.some(({ weights }) => [...weights.values()][0] === '-1.0');
  const rows = isTurned ? upwards.toReversed() : upwards;
  const products = unordered.map((down) => ({
    ...down,
    first: rows.find((dy) => down.weights.has(dy)) ?? null,
  }));
  const taps = rows.map((dy) => tapsOfRow(terms, dy));
  const needed = rows.map((dy, i) =>
    neededBy([
      ...offsetsOf(at(taps, i)),
      ...products.flatMap(({ weights, offsets }) => (weights.has(dy) ? offsets : [])),
    ]),
  );
  const columns = [...new Set(needed.flatMap((row) => [...row.keys()]))].sort((a, b) => a - b);
  const scaleOf = ({ gain }: EmittedTaps) => glslFloat(byteScale(read.image) * gain);
  return block([
    'vec2 at = gl_FragCoord.xy;',
    'int x = int(at.x);',
    `int last = int(uTexels${read.slot}.x) - 1;`,
    // Said once: software GL computes the same again, and loads a uniform, wherever it stands.
    `vec2 texelSize = uTexels${read.slot}.zw;`,
    ...columns.map(
      (column) => `float ${signed('placeX', column)} = ${placeBeside('at.x', column)} * texelSize.x;`,
    ),
    ...columns.flatMap((column) => emitColumn(group, column)),
    ...group.terms.flatMap((one) => BYTES.map((byte) => `vec4 ${sumName(one, byte)}${one.product === null ? ' = vec4(0.0)' : ''};`)), // prettier-ignore
    ...products.flatMap(emitDownStarts),
    ...rows.flatMap((dy, i) => block(emitRow({ group, dy, needed: at(needed, i) }, at(taps, i), products))),
    ...products.flatMap((product) => block(emitAcross(product))),
    ...group.terms.flatMap(
      (one) =>
      BYTES.map((byte) => `${one.name}_${byte} ${one.term.bias === null ? '' : '+'}= ${scaleOf(one)} * ${sumName(one, byte)}${emitStart(one)};`), // prettier-ignore
    ),
  ]);
}

/** Codes do not begin at 0: what that is in all, taken off once. */
function emitStart({ read: { image }, total }: EmittedTaps): string {
  const start = byteScale(image) * codeStart(image);
  return start === 0 || total === null || total === '0.0' ? '' : ` - ${glslFloat(start)} * ${total}`;
}

const placeBeside = (place: string, by: number) => (by === 0 ? place : `(${place} + ${by}.0)`);

/** A term that is a column times a row: the sums of each column are kept, and read across in the end. */
type Down = Readonly<{
  one: EmittedTaps;
  /** Of each row that counts. */
  weights: ReadonlyMap<number, string>;
  /** Of each distance that counts. */
  across: readonly Readonly<{ dx: number; weight: string }>[];
  offsets: readonly number[];
  needed: Needed;
  /** The row that begins the sums, once that is known. */
  first: number | null;
}>;

function downOf(one: EmittedTaps): Down[] {
  const { product } = one;
  if (product === null) return [];
  const { top, left, column, row } = product;
  const weights = new Map(
    [...column].flatMap((value, i) => (value === 0 ? [] : [[top + i, one.weight(i)] as const])),
  );
  const across = [...row].flatMap((value, i) => (value === 0 ? [] : [{ dx: left + i, weight: one.weight(column.length + i) }])); // prettier-ignore
  const offsets = [...new Set(across.flatMap(({ dx }) => BYTES.map((byte) => byte + dx)))].sort(
    (a, b) => a - b,
  );
  return [{ one, weights, across, offsets, needed: neededBy(offsets), first: null }];
}

const downName =
  ({ one }: Down) =>
  (column: number, byte: number) =>
    `${one.name}Down${bytesName(column, byte)}`;

function eachNeeded(needed: Needed, emit: (column: number, byte: number, span: Span) => string): string[] {
  return [...needed].flatMap(([column, bytes]) => [...bytes].map(([byte, span]) => emit(column, byte, span)));
}

function emitDownStarts(down: Down): string[] {
  return eachNeeded(
    down.needed,
    (column, byte, span) => `${floatType(span)} ${downName(down)(column, byte)};`,
  );
}

function emitDown(down: Down, { dy, needed }: Row): string[] {
  const weight = down.weights.get(dy);
  if (weight === undefined) return [];
  const isFirst = down.first === dy;
  // Loaded once: software GL loads a uniform again with every mention.
  const name = `${down.one.name}Weight`;
  const sums = eachNeeded(down.needed, (column, byte, span) => {
    const bytes = partOf(bytesName(column, byte), needed.get(column)?.get(byte) ?? span, span);
    const [sum, factor] = [downName(down)(column, byte), isLiteral(weight) ? weight : name];
    return isFirst ? `${sum} = ${times(factor, bytes)};` : `${sum} ${added(factor, bytes)};`;
  });
  return isLiteral(weight) ? sums : [`float ${name} = ${weight};`, ...sums];
}

function emitAcross(down: Down): string[] {
  const { one, across, offsets, needed } = down;
  const moved = offsets.map(
    (offset) => `vec4 ${signed('moved', offset)} = ${emitMoved(needed, offset, downName(down))};`,
  );
  const loads = across.flatMap(({ weight }, i) =>
    isLiteral(weight) ? [] : [`float weight${i} = ${weight};`],
  );
  const products = (byte: number) => across.map(({ dx, weight }, i) => [isLiteral(weight) ? weight : `weight${i}`, signed('moved', byte + dx)] as const); // prettier-ignore
  return [...moved, ...loads, ...BYTES.map((byte) => `${sumName(one, byte)} = ${summed(products(byte))};`)];
}

const isLiteral = (weight: string): boolean => /^-?[\d.e-]+$/.test(weight);

/** Software GL multiplies by 1 as by any other number. */
function times(weight: string, vector: string): string {
  return weight === '1.0' ? vector : weight === '-1.0' ? `(-${vector})` : `${weight} * ${vector}`;
}

/** Σ weight · vector; what is taken off comes last. */
function summed(products: readonly (readonly [weight: string, vector: string])[]): string {
  const off = products.filter(([weight]) => weight === '-1.0');
  const on = products.filter(([weight]) => weight !== '-1.0');
  if (on.length === 0) return products.map(([weight, vector]) => times(weight, vector)).join(' + ');
  return [on.map(([weight, vector]) => times(weight, vector)).join(' + '), ...off.map(([, vector]) => vector)].join(' - '); // prettier-ignore
}

function added(weight: string, vector: string): string {
  return weight === '-1.0' ? `-= ${vector}` : `+= ${times(weight, vector)}`;
}

const block = (lines: readonly string[]): string[] => ['  {', ...lines.map((line) => `  ${line}`), '  }'];
const signed = (name: string, value: number) => `${name}${value < 0 ? 'm' : 'p'}${Math.abs(value)}`;
const sumName = ({ name }: EmittedTaps, byte: number) => `${name}Sum${byte}`;
const texelName = (column: number) => signed('texel', column);
const bytesName = (column: number, byte: number) => `${signed('bytes', column)}_${byte}`;

function tapsOfRow(terms: readonly EmittedTaps[], dy: number): RowTap[] {
  return terms.flatMap((one) =>
    one.term.taps.flatMap((tap, index) => (tap.dy === dy ? [{ dx: tap.dx, index, one }] : [])),
  );
}

/** The vectors of a row: pixels 4i + offset, for every output byte and distance. */
function offsetsOf(taps: readonly RowTap[]): number[] {
  return [...new Set(taps.flatMap(({ dx }) => BYTES.map((byte) => byte + dx)))].sort((a, b) => a - b);
}

/** Where the pixels 4i + offset are: components of one texel, and of the next one where they run over. */
function piecesOf(offset: number): readonly Readonly<{ column: number; byte: number; span: Span }>[] {
  const [column, byte, first] = [Math.floor(offset / 16), offset & 3, (offset >> 2) & 3];
  const here = { column, byte, span: { first, last: 3 } };
  return first === 0 ? [here] : [here, { column: column + 1, byte, span: { first: 0, last: first - 1 } }];
}

function neededBy(offsets: readonly number[]): Needed {
  const needed = new Map<number, Map<number, Span>>();
  for (const { column, byte, span } of offsets.flatMap(piecesOf)) {
    const bytes = needed.get(column) ?? new Map<number, Span>();
    const known = bytes.get(byte) ?? span;
    bytes.set(byte, { first: Math.min(known.first, span.first), last: Math.max(known.last, span.last) });
    needed.set(column, bytes);
  }
  return needed;
}

function emitRow(row: Row, taps: readonly RowTap[], products: readonly Down[]): string[] {
  const { group, dy, needed } = row;
  const { slot, image, output } = group.read;
  const columns = [...needed.keys()].sort((a, b) => a - b);
  const masksRow = group.edge === 'zero' && (dy !== 0 || image.height !== output.height);
  const y = `int(at.y) + ${dy}`;
  const { names, lines } = emitWeights(taps);
  return [
    ...(masksRow ? [`int rowMask = ${y} >= 0 && ${y} < uPixels${slot}.y ? -1 : 0;`] : []),
    `float placeY = ${placeBeside('at.y', dy)} * texelSize.y;`,
    ...columns.map((column) => emitTexel(group, column, masksRow)),
    ...columns.flatMap((column) => emitBytesOf(row, column)),
    ...columns.flatMap((column) => emitFills(row, column)),
    ...products.flatMap((down) => emitDown(down, row)),
    ...offsetsOf(taps).map(
      (offset) => `vec4 ${signed('moved', offset)} = ${emitMoved(needed, offset, bytesName)};`,
    ),
    ...lines,
    ...group.terms.flatMap((one) => emitSums(one, taps, names)),
  ];
}

/** All of a row's products in one statement for each sum: software GL keeps it in registers meanwhile. */
function emitSums(one: EmittedTaps, taps: readonly RowTap[], names: ReadonlyMap<RowTap, string>): string[] {
  const own = taps.filter((tap) => tap.one === one);
  if (own.length === 0) return [];
  return BYTES.map((byte) => {
    const products = own.map((tap) => [isPlainRead(one.term) ? '1.0' : (names.get(tap) ?? ''), signed('moved', byte + tap.dx)] as const); // prettier-ignore
    return `${sumName(one, byte)} += ${summed(products)};`;
  });
}

/** Weights in uniforms are loaded as whole vectors, once a row: software GL loads again with every mention. */
function emitWeights(taps: readonly RowTap[]): { names: ReadonlyMap<RowTap, string>; lines: string[] } {
  const names = new Map<RowTap, string>();
  const loads = new Map<string, string>();
  for (const tap of taps) {
    if (isPlainRead(tap.one.term)) continue;
    const weight = tap.one.weight(tap.index);
    const [, array, index, component] = /^(\w+)\[(\d+)\]\.([xyzw])$/.exec(weight) ?? [];
    if (array === undefined || index === undefined || component === undefined) names.set(tap, weight);
    else {
      loads.set(`weights${index}`, `${array}[${index}]`);
      names.set(tap, `weights${index}.${component}`);
    }
  }
  return { names, lines: [...loads].map(([name, vector]) => `vec4 ${name} = ${vector};`) };
}

function emitMoved(needed: Needed, offset: number, nameOf: typeof bytesName): string {
  const parts = piecesOf(offset).map(({ column, byte, span }) => {
    return partOf(nameOf(column, byte), needed.get(column)?.get(byte) ?? span, span);
  });
  return parts.length === 1 ? at(parts, 0) : `vec4(${parts.join(', ')})`;
}

/** Whether the texel at `column` from the output's may lie right of the image's last. */
const canBePast = ({ image, output }: ReadImage, column: number) =>
  column > 0 || image.width !== output.width;

/** Whether it may be the image's last with lanes that hold no pixels, or lie right of it. */
const canReachUnused = (read: ReadImage, column: number) =>
  lanesOfLast(read.image) < 16 && (column === 0 || canBePast(read, column));

/** What is said of a column once, for all rows: where it lies outside, or what is left of it. */
function emitColumn({ read, edge }: Group, column: number): string[] {
  const lanes = lanesOfLast(read.image);
  const place = `x + ${column}`;
  if (edge === 'zero') {
    if (!hasMask(read, column)) return [];
    const inside = lanes === 16 ? 'ivec4(-1)' : `(${place} == last ? ${lanesKept(lanes)} : ivec4(-1))`;
    return [`ivec4 ${signed('mask', column)} = ${place} < 0 || ${place} > last ? ivec4(0) : ${inside};`];
  }
  return [
    ...(column < 0 ? [`bool ${signed('before', column)} = ${place} < 0;`] : []),
    ...(canBePast(read, column) ? [`bool ${signed('past', column)} = ${place} > last;`] : []),
    ...(canReachUnused(read, column) ? [`bool ${signed('reached', column)} = ${place} >= last;`] : []),
  ];
}

function hasMask(read: ReadImage, column: number): boolean {
  return column < 0 || canBePast(read, column) || canReachUnused(read, column);
}

function emitTexel({ read, edge }: Group, column: number, masksRow: boolean): string {
  const masks = [
    ...(edge === 'zero' && hasMask(read, column) ? [` & ${signed('mask', column)}`] : []),
    ...(masksRow ? [' & rowMask'] : []),
  ];
  const fetch = `ivec4(texture(uImage${read.slot}, vec2(${signed('placeX', column)}, placeY)))`;
  return `ivec4 ${texelName(column)} = ${fetch}${masks.join('')};`;
}

function emitBytesOf({ group, needed }: Row, column: number): string[] {
  return [...(needed.get(column) ?? [])].map(([byte, span]) => {
    const code = emitCodes(texelName(column), byte, span, group.read.image);
    return `${floatType(span)} ${bytesName(column, byte)} = ${code};`;
  });
}

/** Where the edge repeats the outermost pixel of the row, it takes the place of what was read outside. */
function emitFills(row: Row, column: number): string[] {
  const { read, edge } = row.group;
  const [lanes, past] = [lanesOfLast(read.image), canBePast(read, column)];
  if (edge === 'zero') return [];
  const [left, right] = [edgePixel(row, column, 0), edgePixel(row, column, lanes - 1)];
  const fills: Fill[] = [...(row.needed.get(column) ?? [])].flatMap(([byte, span]) => {
    // Components from here on are no pixels of the image, in the last texel of a row.
    const unused = Math.ceil((lanes - byte) / 4);
    const [used, rest] = [Math.min(unused - 1, span.last), Math.max(unused, span.first)];
    return [
      ...(column < 0 ? [{ byte, span, part: span, when: 'before', value: left.value }] : []),
      ...(past
        ? [{ byte, span, part: { first: span.first, last: used }, when: 'past', value: right.value }]
        : []),
      ...(canReachUnused(read, column)
        ? [{ byte, span, part: { first: rest, last: span.last }, when: 'reached', value: right.value }]
        : []),
    ].filter(({ part }) => part.first <= part.last);
  });
  const values = [left, right].filter(({ value }) => fills.some((fill) => fill.value === value));
  return [...new Set(values.flatMap(({ lines }) => lines)), ...fills.map((fill) => emitFill(fill, column))];
}

type Fill = Readonly<{ byte: number; span: Span; part: Span; when: string; value: string }>;

function emitFill({ byte, span, part, when, value }: Fill, column: number): string {
  const target = partOf(bytesName(column, byte), span, part);
  const condition = signed(when, column);
  if (part.first === part.last) return `${target} = ${condition} ? ${value} : ${target};`;
  const type = floatType(part);
  return `${target} = mix(${target}, ${type}(${value}), ${type.replace('vec', 'bvec')}(${condition}));`;
}

/** Pixel `lane` of what the sampler answers at `column`: outside, that is the row's first or last texel. */
function edgePixel({ group, needed }: Row, column: number, lane: number): { value: string; lines: string[] } {
  const { image, output } = group.read;
  const [byte, component] = [lane & 3, lane >> 2];
  // One column beside the output's own texel, outside means that this one is the outermost.
  const isNext = image.width === output.width && (column === -1 || (column === 1 && lane === 15));
  for (const place of isNext ? [0, column] : [column]) {
    const span = needed.get(place)?.get(byte);
    if (span !== undefined && span.first <= component && component <= span.last) {
      return {
        value: partOf(bytesName(place, byte), span, { first: component, last: component }),
        lines: [],
      };
    }
  }
  const value = `${signed('outermost', column)}_${lane}`;
  const code = emitCodes(texelName(column), byte, { first: component, last: component }, image);
  return { value, lines: [`float ${value} = ${code};`] };
}

/** The components `part` of a vector that holds the components `span`. */
function partOf(name: string, span: Span, part: Span): string {
  if (part.first === span.first && part.last === span.last) return name;
  return `${name}.${swizzle({ first: part.first - span.first, last: part.last - span.first })}`;
}
