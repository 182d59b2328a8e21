/**
 * packed4 → packed4: a texel holds pixels 4x … 4x+3, so one fetch serves four outputs.
 *
 *   columns   | … −1 w |  0: x y z w  | 1 x …      tap dx = −1 reads (w₋₁, x, y, z), dx = +1 reads (y, z, w, x₊₁)
 *
 * Fetches per row: the texel columns that the taps touch, whatever the number of terms: Sobel's two filters
 * share their nine.
 */
import { at } from '../../core/assert.ts';
import type { EdgeMode } from '../../primitives/primitive.ts';
import { expand, isPlainRead, type EmittedTaps, type ReadImage } from './emitted-term.ts';

/** Terms that can share fetches: one image, one edge mode. */
type Group = Readonly<{ read: ReadImage; edge: EdgeMode; terms: readonly EmittedTaps[] }>;

export function emitPackedTerms(terms: readonly EmittedTaps[]): string[] {
  if (terms.length === 0) return [];
  const groups = new Map<string, Group>();
  for (const one of terms) {
    const key = `${one.read.slot} ${one.term.edge}`;
    const group = groups.get(key) ?? { read: one.read, edge: one.term.edge, terms: [] };
    groups.set(key, { ...group, terms: [...group.terms, one] });
  }
  return ['  ivec2 texel = ivec2(gl_FragCoord.xy);', ...[...groups.values()].flatMap(emitGroup)];
}

function emitGroup(group: Group): string[] {
  const rows = [...new Set(group.terms.flatMap(({ term }) => term.taps.map(({ dy }) => dy)))].sort(
    (a, b) => a - b,
  );
  return rows.flatMap((dy) => ['  {', ...emitRow(group, dy).map((line) => `    ${line}`), '  }']);
}

function emitRow({ read, edge, terms }: Group, dy: number): string[] {
  const taps = terms.flatMap((one) =>
    one.term.taps.map((tap, index) => ({ ...tap, index, one })).filter((tap) => tap.dy === dy),
  );
  const shifts = [...new Set(taps.map(({ dx }) => dx))].sort((a, b) => a - b);
  const columns = [...new Set(shifts.flatMap(columnsOf))].sort((a, b) => a - b);
  return [
    `int y = texel.y + ${dy};`,
    ...columns.flatMap((column) => emitFetch(read, edge, column, dy)),
    ...shifts.map((dx) => `vec4 ${shiftName(dx)} = ${shifted(dx)};`),
    ...taps.map(({ dx, index, one }) =>
      isPlainRead(one.term)
        ? `${one.name} += ${shiftName(dx)};`
        : `${one.name} += ${one.weight(index)} * ${shiftName(dx)};`,
    ),
  ];
}

/** Texel columns that hold the four pixels at offset `dx`. */
function columnsOf(dx: number): number[] {
  const first = Math.floor(dx / 4);
  return dx % 4 === 0 ? [first] : [first, first + 1];
}

const signed = (name: string, value: number) => `${name}${value < 0 ? 'm' : 'p'}${Math.abs(value)}`;
const columnName = (column: number) => signed('column', column);
const shiftName = (dx: number) => signed('shift', dx);

function shifted(dx: number): string {
  const column = Math.floor(dx / 4);
  const [here, next] = [columnName(column), columnName(column + 1)];
  const parts = [
    here,
    `vec4(${here}.yzw, ${next}.x)`,
    `vec4(${here}.zw, ${next}.xy)`,
    `vec4(${here}.w, ${next}.xyz)`,
  ];
  return at(parts, dx - 4 * column);
}

/**
 * One texel, with what lies outside the image mended: the sampler clamps whole texels, so a column left of the
 * image repeats pixel 0, one right of it the last pixel, and the last texel's unused lanes are filled.
 */
function emitFetch(read: ReadImage, edge: EdgeMode, column: number, dy: number): string[] {
  const { slot, image, output } = read;
  const name = columnName(column);
  const sameWidth = image.width === output.width;
  const sameHeight = image.height === output.height;
  const x = `texel.x + ${column}`;
  const last = `int(uTexels${slot}.x) - 1`;
  const lanes = ((image.width - 1) % 4) + 1;
  const fetch = `texture(uImage${slot}, (vec2(texel.x + ${column}, y) + 0.5) * uTexels${slot}.zw)`;
  const lines = [`vec4 ${name} = ${expand(fetch, image)};`];
  const fix = (condition: string, value: string) =>
    lines.push(`${name} = ${condition} ? ${value} : ${name};`);
  if (edge === 'zero') {
    if (lanes < 4) fix(`${x} == ${last}`, `${name} * ${at(LANE_MASKS, lanes)}`);
    if (column < 0 || !sameWidth) fix(`${x} < 0`, 'vec4(0.0)');
    if (column > 0 || !sameWidth) fix(`${x} > ${last}`, 'vec4(0.0)');
    if (dy < 0 || !sameHeight) fix('y < 0', 'vec4(0.0)');
    if (dy > 0 || !sameHeight) fix(`y >= uPixels${slot}.y`, 'vec4(0.0)');
    return lines;
  }
  if (lanes < 4) fix(`${x} >= ${last}`, `${name}.${at(LANE_FILLS, lanes)}`);
  if (column < 0 || !sameWidth) fix(`${x} < 0`, `${name}.xxxx`);
  if (column > 0 || !sameWidth) fix(`${x} > ${last}`, `${name}.wwww`);
  return lines;
}

const LANE_MASKS = ['', 'vec4(1.0, 0.0, 0.0, 0.0)', 'vec4(1.0, 1.0, 0.0, 0.0)', 'vec4(1.0, 1.0, 1.0, 0.0)'];
const LANE_FILLS = ['', 'xxxx', 'xyyy', 'xyzz'];
