/**
 * Primitives → passes over tensors of any rank: one pass per primitive, pointwise work that follows written into
 * it. What the image layouts hold is planned in make-plan.ts; this plans everything.
 */
import { assert, at } from '../core/assert.ts';
import { PipelineError } from '../core/errors.ts';
import { sameShape, showShape, type Shape } from '../core/tensor.ts';
import { ANY, UNIT, asksElapsed, operand, substitute, type Expression } from '../primitives/expression.ts';
import {
  inputsOf,
  readsOf,
  type Memory,
  type Primitive,
  type PrimitiveProgram,
  type Recurrence,
  type Stack,
  type Temporal,
} from '../primitives/primitive.ts';
import { planBlocks } from './block-plan.ts';
import type {
  Atlas,
  BlockDraws,
  DeviceCapabilities,
  FrameForm,
  FramePlane,
  Image,
  ImageSource,
  Pass,
  Plan,
  PlanMemory,
  TensorPass,
  TexelLayout,
} from './plan.ts';
import { assignStorage } from './storage.ts';
import type { Techniques } from './techniques.ts';
import { atlasOf, blocksOf, stackShape, tiles } from './tensor-atlas.ts';
import { plainRead } from './terms.ts';
import { framePlaneImage } from './texels.ts';

/** Of passes that ask how long the frame before was ago, and remember nothing. */
const CLOCK: Memory = { name: 'clock', frames: 1, warmUp: 'replicate', maxGapMs: 1000 };

/**
 * A plan over tensors alone.
 * @throws RangeError when a tensor is past what the device's textures hold.
 * @throws PipelineError `float-missing` when the device renders no float textures.
 */
export function planTensors(
  program: PrimitiveProgram,
  device: DeviceCapabilities,
  techniques: Techniques = {},
): Plan {
  const writer = new TensorPlanWriter(program, device, techniques);
  return writer.plan(writer.write());
}

/**
 * A plan from a frame to an image that can be shown: `[height, width, channels]`, or a stack of one such.
 * @throws RangeError also when the output is no image of 1 or 3 channels.
 */
export function planFrameTensors(
  program: PrimitiveProgram,
  frame: FrameForm,
  device: DeviceCapabilities,
  techniques: Techniques = {},
): Plan {
  const { shape } = at(program.values, program.output);
  const isImage = shape.length === 3 || (shape.length === 4 && shape[0] === 1);
  const channels = shape.at(-1);
  if (!isImage || (channels !== 1 && channels !== 3)) {
    throw new RangeError(
      `a live graph must end in [height, width, 1] or [height, width, 3], got ${showShape(shape)}`,
    );
  }
  const writer = new TensorPlanWriter(program, device, techniques, frame);
  const output = writer.show(writer.write());
  return writer.plan(output);
}

class TensorPlanWriter {
  readonly images: Image[] = [];
  readonly passes: Pass[] = [];
  readonly memories: PlanMemory[] = [];
  readonly #program: PrimitiveProgram;
  readonly #device: DeviceCapabilities;
  readonly #techniques: Techniques;
  readonly #frame: FrameForm | null;
  readonly #imageOf = new Map<number, number>();
  /** How many read each value; who shows it or reads it back is one. */
  readonly #uses: readonly number[];
  readonly #measured: readonly (readonly [name: string, value: number])[];

  constructor(
    program: PrimitiveProgram,
    device: DeviceCapabilities,
    techniques: Techniques,
    frame: FrameForm | null = null,
  ) {
    this.#program = program;
    this.#device = device;
    this.#techniques = techniques;
    this.#frame = frame;
    const uses = program.values.map(() => 0);
    for (const value of program.values)
      for (const input of new Set(inputsOf(value))) uses[input] = at(uses, input) + 1;
    this.#measured = Object.entries(program.measurements ?? {});
    for (const read of [program.output, ...this.#measured.map(([, value]) => value)])
      uses[read] = at(uses, read) + 1;
    this.#uses = uses;
  }

  plan(output: number): Plan {
    const { images, passes, memories } = this;
    const measurements = Object.fromEntries(
      this.#measured.map(([name, value]) => [name, this.#readable(value)] as const),
    );
    const kept = [output, ...Object.values(measurements)];
    const storage =
      this.#techniques.reuse === false ? images.map((_, i) => i) : assignStorage(images, passes, kept);
    return {
      frame: this.#frame,
      images,
      passes,
      storage,
      memories,
      notes: [],
      measurements,
      output,
      chroma: null,
    };
  }

  /** Answers the image of the program's output. */
  write(): number {
    this.#program.values.forEach((value, index) => {
      if (value.kind === 'input') this.#imageOf.set(index, this.#input(value.name, value.shape));
      else if (value.kind === 'constant') {
        this.#imageOf.set(index, this.#tensor({ kind: 'constant', data: value.data }, value.shape));
      } else if (!this.#writeInto(index)) this.#writePass(index);
    });
    return this.#readable(this.#program.output);
  }

  /** The image of a value as tiles of its own: what is read back and shown. */
  #readable(value: number): number {
    const image = this.#imageOf.get(value);
    assert(image !== undefined, 'what is read has an image');
    const { layout, source } = at(this.images, image);
    if (layout !== 'blocks' && source.kind !== 'frame') return image;
    const { shape } = at(this.#program.values, value);
    const primitive: Primitive = { kind: 'stencil', inputs: [value], shape, expression: operand(0) };
    const output = this.#tensor(this.#fromNextPass(), shape);
    const label = `${layout === 'blocks' ? 'blocks' : 'frame'} → tiles ${showShape(shape)}`;
    this.#addPass({ label, primitive, images: [image], blocks: null, output });
    return output;
  }

  /** Into 8 bits, in the layout that is presented. */
  show(image: number): number {
    const { width, height, channels } = at(this.images, image);
    const output = this.images.push({
      source: { kind: 'pass', index: this.passes.length },
      width,
      height,
      channels,
      layout: channels === 1 ? 'packed4' : 'rgba',
      format: 'rgba8',
      interval: UNIT,
      expansion: null,
      atlas: null,
    });
    this.passes.push({
      kind: 'compute',
      label: 'show',
      terms: [plainRead(image)],
      expression: operand(0),
      output: output - 1,
      bake: false,
    });
    return output - 1;
  }

  /** Pointwise work on one value that nobody else reads becomes the epilogue of that value's pass. */
  #writeInto(index: number): boolean {
    const value = at(this.#program.values, index);
    if (value.kind !== 'stencil' || this.#techniques.fuse === false) return false;
    const input = value.inputs[0];
    if (input === undefined || value.inputs.some((other) => other !== input)) return false;
    const image = this.#imageOf.get(input);
    if (image === undefined || at(this.#uses, input) !== 1) return false;
    // What is remembered is read again as it is.
    if (at(this.images, image).memory !== undefined) return false;
    const position = this.passes.findIndex((pass) => pass.output === image);
    const pass = this.passes[position];
    if (pass?.kind !== 'tensor' || !sameShape(at(this.#program.values, input).shape, value.shape))
      return false;
    const epilogue = substitute(value.expression, () => pass.epilogue ?? operand(0));
    const label = `${pass.label} + map`;
    this.passes[position] = { ...pass, label, epilogue, ...this.#clockOf([epilogue], pass.memory) };
    this.#imageOf.set(index, image);
    return true;
  }

  #writePass(index: number): void {
    const primitive = at(this.#program.values, index);
    const images = inputsOf(primitive).map((input) => {
      const image = this.#imageOf.get(input);
      assert(image !== undefined, 'a value is written before it is read');
      return image;
    });
    this.#imageOf.set(index, this.#outputOf(primitive, images));
  }

  /** Writes the passes of `primitive`; answers the image of its value. */
  #outputOf(primitive: Primitive, images: readonly number[]): number {
    switch (primitive.kind) {
      case 'stack':
        return this.#writeAgain(primitive, (previous) => [...images, previous]);
      case 'recurrence':
        return this.#writeAgain(primitive, (previous) => [previous, ...images]);
      case 'temporal':
        return this.#writeTemporal(primitive, images);
      default: {
        const blocks = this.#blocksOf(primitive, images);
        const output = this.#tensor(this.#fromNextPass(), primitive.shape, { blocks });
        const clock = this.#clockOf(expressionsOf(primitive));
        this.#addPass({ label: labelOf(primitive, blocks), primitive, images, blocks, output, ...clock });
        return output;
      }
    }
  }

  /** A pass that reads what it wrote with the frame before. */
  #writeAgain(primitive: Stack | Recurrence, imagesWith: (previous: number) => readonly number[]): number {
    const { shape } = primitive;
    const memory = this.#memoryOf(primitive.memory);
    const output = this.#tensor(this.#fromNextPass(), shape, { memory });
    const previous = this.#tensor({ kind: 'previous', of: output }, shape, { memory });
    const images = imagesWith(previous);
    this.#addPass({ label: labelOf(primitive, null), primitive, images, blocks: null, output, memory });
    return output;
  }

  /** A stack, and the sum of its frames as much as each counts now. */
  #writeTemporal(primitive: Temporal, images: readonly number[]): number {
    const { input, shape, memory } = primitive;
    const stacked = stackShape(shape, memory.frames);
    const stack = this.#outputOf({ kind: 'stack', input, shape: stacked, memory }, images);
    const output = this.#tensor(this.#fromNextPass(), shape);
    this.#addPass({
      label: labelOf(primitive, null),
      primitive,
      images: [stack],
      blocks: null,
      output,
      memory: this.#memoryOf(memory),
    });
    return output;
  }

  #addPass(pass: Omit<TensorPass, 'kind' | 'epilogue'>): void {
    const units = new Set(pass.images).size + 2;
    if (units > this.#device.maxTextureUnits) {
      throw new RangeError(
        `a pass reads ${units} textures, and this device allows ${this.#device.maxTextureUnits}`,
      );
    }
    this.passes.push({ kind: 'tensor', epilogue: null, ...pass });
  }

  #fromNextPass(): ImageSource {
    return { kind: 'pass', index: this.passes.length };
  }

  /** Its index in the plan; what bears one name is one memory. */
  #memoryOf(memory: Memory): number {
    const known = this.memories.findIndex(({ name }) => name === memory.name);
    return known < 0 ? this.memories.push(memory) - 1 : known;
  }

  /** Whose clock a pass with these expressions asks; nothing where they ask none and it has none. */
  #clockOf(expressions: readonly Expression[], memory?: number): Pick<TensorPass, 'memory'> {
    if (memory !== undefined) return { memory };
    return expressions.some(asksElapsed) ? { memory: this.#memoryOf(CLOCK) } : {};
  }

  #blocksOf(primitive: Primitive, [image]: readonly number[]): BlockDraws | null {
    if (primitive.kind !== 'linear' || image === undefined) return null;
    const { atlas } = at(this.images, image);
    assert(atlas !== null, 'a filter over tensors reads a tensor');
    return planBlocks(primitive, atlas, tiles(primitive.shape), this.#device, this.#techniques);
  }

  #input(name: string, shape: Shape): number {
    if (this.#frame === null || name !== 'frame') return this.#tensor({ kind: 'tensor', name }, shape);
    return this.#frame.layout === 'rgba'
      ? this.#addFrame({ kind: 'frame', plane: 'rgba' }, this.#frame, shape)
      : this.#convert(this.#frame, shape);
  }

  #convert(frame: FrameForm, shape: Shape): number {
    const plane = (name: FramePlane, layout: TexelLayout) =>
      this.images.push(framePlaneImage(frame, name, layout)) - 1;
    const [y, u, v] = [plane('y', 'packed4'), plane('u', 'single'), plane('v', 'single')];
    const output = this.#addFrame({ kind: 'pass', index: this.passes.length }, frame, shape);
    this.passes.push({ kind: 'convert', label: 'planes → RGB', y, u, v, color: frame.color, output });
    return output;
  }

  #addFrame(source: ImageSource, { width, height }: FrameForm, shape: Shape): number {
    const format = source.kind === 'frame' ? 'rgba8' : this.#floatFormat();
    const atlas: Atlas = { dims: [1, 1, height, width, 3], columns: 1, block: null, shape };
    const image: Image = { source, width, height, channels: 3, layout: 'rgba', format, interval: UNIT, expansion: null, atlas }; // prettier-ignore
    return this.images.push(image) - 1;
  }

  #tensor(
    source: ImageSource,
    shape: Shape,
    { blocks = null, memory }: Readonly<{ blocks?: BlockDraws | null; memory?: number }> = {},
  ): number {
    const { atlas, width, height } =
      blocks === null ? atlasOf(shape, this.#device.maxTextureSize) : blocksOf(shape, blocks);
    const [a, b, , , channels] = atlas.dims;
    // One tile is an image like any other.
    const layout = blocks !== null ? 'blocks' : a * b === 1 && channels <= 4 ? 'rgba' : 'atlas';
    const format = this.#floatFormat();
    const remembered = memory === undefined ? {} : { memory };
    const image: Image = { source, width, height, channels, layout, format, interval: ANY, expansion: null, atlas, ...remembered }; // prettier-ignore
    return this.images.push(image) - 1;
  }

  #floatFormat(): 'rgba16f' | 'rgba32f' {
    const { floatFormat } = this.#device;
    if (floatFormat !== null) return floatFormat;
    throw new PipelineError(
      'float-missing',
      'This graph needs float textures, and this graphics device can only keep 0 to 1. Use another browser or device.',
    );
  }
}

/** What a primitive computes with the values that it reads. */
function expressionsOf(primitive: Primitive): readonly Expression[] {
  switch (primitive.kind) {
    case 'stencil':
      return [primitive.expression];
    case 'fold':
    case 'reduce':
      return [primitive.fold, primitive.finish];
    default:
      return [];
  }
}

function labelOf(primitive: Primitive, blocks: BlockDraws | null): string {
  const reads = readsOf(primitive);
  const label = `${primitive.kind}${reads === null ? '' : ` ${reads}`} ${showShape(primitive.shape)}`;
  if (blocks === null) return label;
  const { pixels, phases, texels } = blocks;
  const count = phases[0] * phases[1];
  const parts = [
    ...(count > 1 ? [`${count} phases`] : []),
    `${pixels[1]}×${pixels[0]} pixels`,
    ...(texels > 1 ? [`${texels} texels`] : []),
  ];
  return `${label} in blocks (${parts.join(', ')})`;
}
