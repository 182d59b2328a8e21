/** A program of images → a plan: passes in order, each image with its layout, format and texture. */
import { assert, at } from '../core/assert.ts';
import { PipelineError } from '../core/errors.ts';
import { lumaExpansion } from '../core/frame-color.ts';
import { withoutUnitClamp } from '../primitives/affine.ts';
import type { TemporalWindow } from '../kernels/temporal-window.ts';
import { ANY, UNIT, type Expression, type Interval } from '../primitives/expression.ts';
import type { Primitive } from '../primitives/primitive.ts';
import { roundedToBytes } from '../primitives/rounding.ts';
import { fuse, type FusedPass } from './fuse.ts';
import type { ImageProgram } from './image-program.ts';
import type { DraftPass, DraftTerm } from './draft.ts';
import { draftPasses, isPlane, isUnit, layOut, planeLayout } from './layout.ts';
import {
  MAX_UNROLLED_TAPS,
  type ComputePass,
  type DeviceCapabilities,
  type FrameForm,
  type FramePlane,
  type Image,
  type Pass,
  type Plan,
  type Term,
  type TexelFormat,
  type TexelLayout,
  type TimeTerm,
} from './plan.ts';
import { PLANE_INPUTS } from './planes.ts';
import { costOf, type Prices } from './prices.ts';
import { assignStorage } from './storage.ts';
import type { Techniques } from './techniques.ts';
import { plainRead, termOf } from './terms.ts';
import { framePlaneImage } from './texels.ts';
import { MemoryWriter } from './write-memory.ts';

/** Other uniforms of a pass: sizes per image, the expression's constants, biases. */
const OTHER_VECTORS = 32;
/** Of a line term: `MOST_LINE_TAPS` weights, padded to whole texels, and what it needs besides. */
const LINE_VECTORS = 21;
/** Of a term over time: a weight for each layer of a ring, and which layers and how many there are. */
const TIME_VECTORS = 19;
/** A pass below this costs less than the compilation that would make it faster is worth. */
const LEAST_BAKED_MS = 0.5;

/** See `PlanOptions`. */
export type PlanTarget = 'bytes' | 'colours' | 'canvas';

export type WriteOptions = Readonly<{
  frame: FrameForm;
  device: DeviceCapabilities;
  prices: Prices;
  techniques: Techniques;
  output: PlanTarget;
  /** Names of what the program measures, in order. Default none. */
  measurements?: readonly string[];
  /** See `Plan.notes`. Default none. */
  notes?: readonly string[];
}>;

/**
 * Null where a pass needs more weights or textures than fragment shaders of this device take.
 * @throws PipelineError `float-missing` when values need float textures and the device renders none.
 */
export function writePlan(program: ImageProgram, options: WriteOptions): Plan | null {
  const { techniques, device } = options;
  const drafts = draftPasses(program, fuse(program, techniques.fuse ?? true), (operand) =>
    draftTerm(operand, program.values, techniques),
  );
  if (!drafts.every((draft) => fits(draft, device))) return null;
  return new PlanWriter(program, drafts, options).write();
}

function draftTerm(
  { kind, value }: FusedPass['operands'][number],
  values: readonly Primitive[],
  techniques: Techniques,
): DraftTerm {
  const primitive = at(values, value);
  if (kind === 'read') return plainRead(value);
  if (kind === 'before') return { ...plainRead(value), before: 0 };
  assert('input' in primitive, 'a filter reads one image');
  const term = termOf(primitive, primitive.input, values, techniques);
  return primitive.kind === 'temporal' ? { ...term, memory: primitive.memory } : term;
}

function fits({ terms, also = [] }: DraftPass, device: DeviceCapabilities): boolean {
  const count = (of: (term: Term) => number) => terms.reduce((sum, term) => sum + of(term), 0);
  const taps = count((term) => (term.kind === 'taps' ? term.taps.length : 0));
  const vectors = count(
    (term) =>
    term.kind === 'taps' ? Math.ceil(term.weights.length / 4) : term.kind === 'line' ? LINE_VECTORS : term.kind === 'time' ? TIME_VECTORS : 1, // prettier-ignore
  );
  const images = new Set(terms.map(({ image, kind, before }) => `${image} ${kind === 'time'} ${before}`)).size; // prettier-ignore
  return (
    taps <= MAX_UNROLLED_TAPS &&
    vectors + OTHER_VECTORS <= device.maxUniformVectors &&
    images <= device.maxTextureUnits &&
    also.length < Math.max(2, device.maxDrawBuffers)
  );
}

class PlanWriter {
  readonly #program: ImageProgram;
  readonly #drafts: readonly DraftPass[];
  readonly #options: WriteOptions;
  /** Outputs that become 8 bits; the others are shown from what they are. */
  readonly #bytes: readonly number[];
  readonly #layouts: ReadonlyMap<number, TexelLayout>;
  readonly #images: Image[] = [];
  readonly #passes: Pass[] = [];
  readonly #memory = new MemoryWriter(this.#images, this.#passes);
  readonly #imageOf = new Map<number, number>();

  constructor(program: ImageProgram, drafts: readonly DraftPass[], options: WriteOptions) {
    this.#program = program;
    this.#drafts = drafts;
    this.#options = options;
    const isRounded = options.output === 'bytes' || options.device.floatFormat === null;
    this.#bytes = isRounded ? program.outputs : program.outputs.slice(0, 1);
    this.#layouts = layOut(program, drafts, options.techniques.packed16 === false ? [] : this.#bytes);
  }

  write(): Plan {
    for (const draft of this.#drafts) this.#writePass(draft);
    const outputs = this.#program.outputs.map((output) => this.#outputImage(output));
    const [luma, u, v] = outputs;
    assert(luma !== undefined, 'a plan shows something');
    const planes = u === undefined || v === undefined ? null : ([luma, u, v] as const);
    const { frame, techniques, output: target } = this.#options;
    const colours = planes !== null && target === 'colours' ? this.#convert(planes, 'rgba8') : null;
    const { measured = [] } = this.#program;
    const measurements = (this.#options.measurements ?? []).map((name, i) => [name, this.#imageFor(plainRead(at(measured, i)), 'packed4')] as const); // prettier-ignore
    const kept = [...(colours === null ? outputs : [colours]), ...measurements.map(([, image]) => image)];
    const shared = assignStorage(this.#images, this.#passes, kept);
    return {
      frame,
      images: this.#images,
      passes: this.#passes,
      storage: techniques.reuse === false ? this.#images.map((_, image) => image) : shared,
      output: colours ?? luma,
      chroma: planes === null || colours !== null ? null : { u: planes[1], v: planes[2] },
      memories: this.#memory.memories,
      notes: this.#options.notes ?? [],
      measurements: Object.fromEntries(measurements),
    };
  }

  #writePass(draft: DraftPass): void {
    const { value, expression, begin, terms, memory, also: sums = [] } = draft;
    const layout = this.#layouts.get(value) ?? 'rgba';
    // What others wrote comes first: passes may have to be written for it.
    const [read, readFirst] = [terms, begin?.terms ?? []].map((some) => some.map((term) => (term.before === undefined ? this.#imageFor(term, layout) : null))); // prettier-ignore
    const [output, ...also] = this.#outputsOf(draft, layout);
    assert(output !== undefined, 'a pass has an output');
    this.#imageOf.set(value, output);
    const own = sums.length > 0 ? [output, ...also] : [output];
    const placedIn = (some: readonly DraftTerm[], images: readonly (number | null)[] = []) =>
      some.map(({ memory: _, before, ...term }, i): Term => ({ ...term, image: images[i] ?? this.#memory.previousOf(at(own, before ?? 0)) })); // prettier-ignore
    const placed = placedIn(terms, read);
    // What is shown is stored in 0..1 and limited by that.
    const isOutput = this.#program.outputs.includes(value);
    const storedOf = (one: Expression) => (layout === 'packed16' ? (roundedToBytes(one) ?? one) : one);
    const shownOf = (one: Expression) => (isOutput ? (withoutUnitClamp(one) ?? one) : storedOf(one));
    const pass: ComputePass = {
      kind: 'compute',
      label: placed.map((term) => labelOf(term, layout)).join(' + '),
      terms: placed,
      expression: shownOf(expression),
      output,
      bake: false,
      ...(begin === undefined ? {} : { begin: { ...begin, terms: placedIn(begin.terms, readFirst), expression: shownOf(begin.expression) } }), // prettier-ignore
      ...(also.length === 0 ? {} : { also: also.map((image, i) => ({ expression: at(sums, i), output: image })) }), // prettier-ignore
      ...(memory === undefined ? {} : { memory: at(this.#images, also[0] ?? output).memory ?? 0 }),
    };
    this.#passes.push({ ...pass, bake: this.#isBaked(pass) });
  }

  /** The image of a pass, and those that it remembers besides. */
  #outputsOf(draft: DraftPass, layout: TexelLayout): readonly number[] {
    const { value, expression, interval, memory, also = [] } = draft;
    const isRounded = memory === undefined && roundedToBytes(expression) !== null;
    const { shape } = at(this.#program.values, value);
    const [height, width, channels] = [at(shape, 0), at(shape, 1), at(shape, 2)];
    const image: Image = {
      source: { kind: 'pass', index: this.#passes.length },
      width,
      height,
      channels,
      layout,
      format:
        layout === 'packed16'
          ? 'rgba32ui'
          : this.#bytes.includes(value) || isRounded
            ? 'rgba8'
            : this.#format(interval),
      interval: this.#program.outputs.includes(value) ? UNIT : interval,
      expansion: null,
      atlas: null,
    };
    if (memory === undefined) return [this.#addImage(image)];
    if (also.length === 0) return this.#memory.pairs([image], memory);
    const sum: Image = { ...image, format: this.#format(ANY), interval: ANY };
    const sums = this.#memory.pairs(
      also.map(() => sum),
      { ...memory, name: `${memory.name} sums` },
    );
    return [this.#addImage(image), ...sums];
  }

  #isBaked(pass: ComputePass): boolean {
    const { prices, techniques } = this.#options;
    const hasWeights = pass.terms.some((term) =>
      term.kind === 'taps'
        ? term.taps.length > 1
        : (term.kind === 'line' && term.stride === 1) || (term.kind === 'time' && !isOneFrame(term)),
    );
    if (!hasWeights) return false;
    return techniques.bake ?? costOf(pass, this.#images, prices).ms >= LEAST_BAKED_MS;
  }

  /** The image that a term of a pass into `layout` reads. */
  #imageFor(term: DraftTerm, layout: TexelLayout): number {
    const image = this.#presentFor(term, layout);
    return term.memory === undefined ? image : this.#memory.ringOf(image, term.memory);
  }

  #presentFor(term: Term, layout: TexelLayout): number {
    const value = at(this.#program.values, term.image);
    if (value.kind === 'input' && isPlane(value)) return this.#plane(value.name, planeLayout(term, layout));
    const known = this.#imageOf.get(term.image);
    if (known !== undefined) return known;
    assert(value.kind === 'input', 'an image is written before it is read');
    const image =
      this.#options.frame.layout === 'rgba' ? this.#framePlane('rgba', 'rgba') : this.#convertFrame();
    this.#imageOf.set(term.image, image);
    return image;
  }

  /** An output that no pass writes is the frame itself. */
  #outputImage(output: number): number {
    const value = at(this.#program.values, output);
    if (value.kind !== 'input' || !isPlane(value)) return this.#imageFor(plainRead(output), 'rgba');
    // Shown as they are: chroma is interpolated by the sampler.
    return this.#plane(value.name, value.name === PLANE_INPUTS.y ? 'packed4' : 'single');
  }

  #plane(name: string, layout: TexelLayout): number {
    const { color } = this.#options.frame;
    switch (name) {
      case PLANE_INPUTS.luma:
        return this.#framePlane('y', layout, color.fullRange ? null : lumaExpansion(color));
      case PLANE_INPUTS.u:
        return this.#framePlane('u', layout);
      case PLANE_INPUTS.v:
        return this.#framePlane('v', layout);
      default:
        return this.#framePlane('y', layout);
    }
  }

  /** The frame's own planes. Shown as they are, 8 bits are enough; filtered again, rounding would be multiplied. */
  #convertFrame(): number {
    const { values, outputs } = this.#program;
    // Many frames of floats would be more memory than there is.
    const isRemembered = values.some((value) => value.kind === 'temporal' && at(values, value.input).kind === 'input'); // prettier-ignore
    const isShown = isRemembered || at(values, at(outputs, 0)).kind === 'input';
    const planes = [this.#framePlane('y', 'packed4'), this.#framePlane('u', 'single'), this.#framePlane('v', 'single')] as const; // prettier-ignore
    return this.#convert(planes, isShown ? 'rgba8' : (this.#options.device.floatFormat ?? 'rgba8'));
  }

  #convert([y, u, v]: readonly [y: number, u: number, v: number], format: TexelFormat): number {
    const { width, height } = at(this.#images, y);
    const output = this.#addImage({
      source: { kind: 'pass', index: this.#passes.length },
      width,
      height,
      channels: 3,
      layout: 'rgba',
      format,
      interval: UNIT,
      expansion: null,
      atlas: null,
    });
    const { color } = this.#options.frame;
    this.#passes.push({ kind: 'convert', label: 'planes → RGB', y, u, v, color, output });
    return output;
  }

  #framePlane(plane: FramePlane, layout: TexelLayout, expansion: Image['expansion'] = null): number {
    const known = this.#images.findIndex(
      ({ source, layout: has, expansion: own }) =>
        source.kind === 'frame' &&
        source.plane === plane &&
        has === layout &&
        (own === null) === (expansion === null),
    );
    if (known >= 0) return known;
    return this.#addImage(framePlaneImage(this.#options.frame, plane, layout, expansion));
  }

  #addImage(image: Image): number {
    return this.#images.push(image) - 1;
  }

  #format(interval: Interval): TexelFormat {
    const { floatFormat } = this.#options.device;
    if (floatFormat !== null) return floatFormat;
    if (isUnit(interval)) return 'rgba8';
    throw new PipelineError(
      'float-missing',
      'This filter has intermediate values below 0 or above 1, and this graphics device can only keep 0 to 1. ' +
        'Choose another filter, or another browser or device.',
      { context: { low: interval.low, high: interval.high } },
    );
  }
}

function labelOf(term: Term, layout: TexelLayout): string {
  switch (term.kind) {
    case 'taps':
      if (layout === 'packed16' && term.product) return `product ${term.product.column.length}×${term.product.row.length}`; // prettier-ignore
      return term.taps.length === 1 && term.weights[0] === 1 ? 'read' : `direct ${term.taps.length}`;
    case 'line':
      return `${term.stride === 1 ? 'line' : `shrink ${term.stride}`} ${term.axis} ${term.weights.length}`;
    case 'cubic':
      return `enlarge ${1 / term.scale} ${term.axis}`;
    case 'time':
      return labelOfTime(term);
  }
}

const isOneFrame = ({ weights }: TimeTerm): boolean => !(weights instanceof Float32Array) && 'age' in weights;

const labelOfWindow = ({ shape, ms }: TemporalWindow): string => `${shape} over ${ms} ms`;

function labelOfTime({ weights }: TimeTerm): string {
  if (weights instanceof Float32Array) return `frames ${weights.length}`;
  if ('age' in weights) return `frame −${weights.age}`;
  if ('window' in weights) return `newest + ${labelOfWindow(weights.window)}`;
  return labelOfWindow(weights);
}
