/**
 * Planes made smaller in memory, on the thread's own CPU: where the GPU is that CPU as well, a third of what drawing them
 * costs. Each pixel is the mean of its taps as in emit-fit.ts, first down, then across:
 *
 *   down    four bytes a word, as two times two lanes of 16 bits: 2 0 of b3 b2 b1 b0, and 3 1 of it shifted. Weights sum to
 *           256, so no lane overflows
 *   across  lanes of a row, with weights that sum to 2¹⁵, rounded
 */
import { at } from '../../core/assert.ts';
import type { Size } from '../../core/frame-size.ts';
import { tapsOf } from './frame-placement.ts';
import { planeLayout, type PlaneBytes, type PlaneLayout, type PlaneName, type PlaneSource } from './plane-bytes.ts'; // prettier-ignore
import { WordBytes } from './word-bytes.ts';

const DOWN = 256;
const ACROSS = 32768;
const SHIFT = 23;
const HALF = 2 ** (SHIFT - 1);

/** Where in a row of lanes a sample is that is in this byte of its word. */
const LANE = [0, 2, 1, 3] as const;

/** What is read for each pixel on an axis: two places and two weights, or four of each. */
type Axis = Readonly<{ pairs: 1 | 2; places: Int32Array; weights: Int32Array }>;
type Axes = Readonly<{ across: Axis; down: Axis }>;

export class PlaneFit implements PlaneSource {
  readonly #from: PlaneSource;
  readonly #memory = new WordBytes();
  /** A row of the plane as it came, after it was fitted down. */
  readonly #row = new WordBytes();
  #lanes = new Uint16Array(0);
  readonly #done = new Set<PlaneName>();
  #layout: PlaneLayout = planeLayout(1, 1);
  #full: Axes | null = null;
  #half: Axes | null = null;

  constructor(from: PlaneSource) {
    this.#from = from;
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#memory.bytes;
  }

  get words(): Uint32Array<ArrayBuffer> {
    return this.#memory.words;
  }

  /** What is to be made of later frames. */
  aim(raw: Size, size: Size): void {
    this.#layout = planeLayout(size.width, size.height);
    this.#memory.reserve(this.#layout.sizeBytes);
    this.#row.reserve(2 * planeLayout(raw.width, raw.height).planes.y.stride);
    this.#lanes = new Uint16Array(this.#row.words.buffer);
    this.#full = axesOf(raw, size, 1);
    this.#half = axesOf(raw, size, 2);
    this.#done.clear();
  }

  /** Another frame came. */
  renew(): void {
    this.#done.clear();
  }

  plane(name: PlaneName): PlaneBytes {
    const to = this.#layout.planes[name];
    const axes = name === 'y' ? this.#full : this.#half;
    if (axes !== null && !this.#done.has(name)) {
      this.#done.add(name);
      this.#fit(this.#from.plane(name), to, axes);
    }
    return to;
  }

  #fit(from: PlaneBytes, to: PlaneBytes, { across, down }: Axes): void {
    const lanes = this.#lanes;
    const start = from.start / 4;
    const count = from.stride / 4;
    for (let y = 0; y < to.height; y++) {
      if (down.pairs === 1) fitDown(this.#from.words, this.#row.words, down, { y, start, count });
      else fitDownTwice(this.#from.words, this.#row.words, down, { y, start, count });
      const end = to.start + y * to.stride;
      if (across.pairs === 1) fitAcross(lanes, this.#memory.bytes, across, end, to.width);
      else fitAcrossTwice(lanes, this.#memory.bytes, across, end, to.width);
    }
  }
}

/** A row to be made, and the plane that it is made of: in words. */
type Rows = Readonly<{ y: number; start: number; count: number }>;

function fitDown(
  words: Uint32Array,
  row: Uint32Array,
  { places, weights }: Axis,
  { y, start, count }: Rows,
): void {
  // prettier-ignore
  const [p, q] = [start + at(places, 2 * y) * count, start + at(places, 2 * y + 1) * count];
  const [a, b] = [at(weights, 2 * y), at(weights, 2 * y + 1)];
  for (let x = 0; x < count; x++) {
    const above = words[p + x]!;
    const below = words[q + x]!;
    row[2 * x] = Math.imul(above & 0xff00ff, a) + Math.imul(below & 0xff00ff, b);
    row[2 * x + 1] = Math.imul((above >>> 8) & 0xff00ff, a) + Math.imul((below >>> 8) & 0xff00ff, b);
  }
}

function fitDownTwice(
  words: Uint32Array,
  row: Uint32Array,
  { places, weights }: Axis,
  { y, start, count }: Rows,
): void {
  // prettier-ignore
  const [p, q] = [start + at(places, 4 * y) * count, start + at(places, 4 * y + 1) * count];
  const [r, s] = [start + at(places, 4 * y + 2) * count, start + at(places, 4 * y + 3) * count];
  const [a, b] = [at(weights, 4 * y), at(weights, 4 * y + 1)];
  const [c, d] = [at(weights, 4 * y + 2), at(weights, 4 * y + 3)];
  for (let x = 0; x < count; x++) {
    const first = words[p + x]!;
    const second = words[q + x]!;
    const third = words[r + x]!;
    const fourth = words[s + x]!;
    row[2 * x] =
      Math.imul(first & 0xff00ff, a) +
      Math.imul(second & 0xff00ff, b) +
      Math.imul(third & 0xff00ff, c) +
      Math.imul(fourth & 0xff00ff, d);
    row[2 * x + 1] =
      Math.imul((first >>> 8) & 0xff00ff, a) +
      Math.imul((second >>> 8) & 0xff00ff, b) +
      Math.imul((third >>> 8) & 0xff00ff, c) +
      Math.imul((fourth >>> 8) & 0xff00ff, d);
  }
}

function fitAcross(
  lanes: Uint16Array,
  out: Uint8Array,
  { places, weights }: Axis,
  start: number,
  width: number,
): void {
  // prettier-ignore
  for (let x = 0; x < width; x++) {
    const sum =
      Math.imul(lanes[places[2 * x]!]!, weights[2 * x]!) +
      Math.imul(lanes[places[2 * x + 1]!]!, weights[2 * x + 1]!);
    out[start + x] = (sum + HALF) >>> SHIFT;
  }
}

function fitAcrossTwice(
  lanes: Uint16Array,
  out: Uint8Array,
  { places, weights }: Axis,
  start: number,
  width: number,
): void {
  // prettier-ignore
  for (let x = 0; x < width; x++) {
    const sum =
      Math.imul(lanes[places[4 * x]!]!, weights[4 * x]!) +
      Math.imul(lanes[places[4 * x + 1]!]!, weights[4 * x + 1]!) +
      Math.imul(lanes[places[4 * x + 2]!]!, weights[4 * x + 2]!) +
      Math.imul(lanes[places[4 * x + 3]!]!, weights[4 * x + 3]!);
    out[start + x] = (sum + HALF) >>> SHIFT;
  }
}

/** @param share pixels of luma that a sample is wide and high. */
function axesOf(raw: Size, size: Size, share: 1 | 2): Axes {
  const pairs = tapsOf(raw, size) === 1 ? 1 : 2;
  const across = axisOf(raw.width, size.width, { share, pairs, total: ACROSS });
  const places = across.places.map((place) => (place & ~3) + at(LANE, place & 3));
  return {
    across: { ...across, places },
    down: axisOf(raw.height, size.height, { share, pairs, total: DOWN }),
  };
}

function axisOf(
  raw: number,
  size: number,
  { share, pairs, total }: Readonly<{ share: 1 | 2; pairs: 1 | 2; total: number }>,
): Axis {
  const last = Math.ceil(raw / share) - 1;
  const count = Math.ceil(size / share);
  const places = new Int32Array(2 * pairs * count);
  const weights = new Int32Array(places.length);
  for (let tap = 0; tap < pairs * count; tap++) {
    // The middle of each of `pairs` parts of the pixel, between the middles of two samples.
    const position = (((tap + 0.5) / pairs) * raw) / size - 0.5;
    const low = Math.floor(position);
    const part = total / pairs;
    const weight = Math.round((position - low) * part);
    places.set([limited(low, last), limited(low + 1, last)], 2 * tap);
    weights.set([part - weight, weight], 2 * tap);
  }
  return { pairs, places, weights };
}

const limited = (place: number, last: number): number => Math.min(last, Math.max(0, place));
