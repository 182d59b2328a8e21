/**
 * Primitives → passes over tensors of any rank: one pass per primitive, pointwise work that follows written into
 * it. What the image layouts hold is planned in make-plan.ts; this plans everything.
 */
import { assert, at } from '../core/assert.ts';
import { PipelineError } from '../core/errors.ts';
import { sameShape, showShape, type Shape } from '../core/tensor.ts';
import { operand, substitute, type Interval } from '../primitives/expression.ts';
import { inputsOf, type Primitive, type PrimitiveProgram } from '../primitives/primitive.ts';
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
  TensorPass,
  TexelLayout,
} from './plan.ts';
import { assignStorage } from './storage.ts';
import type { Techniques } from './techniques.ts';
import { plainRead } from './terms.ts';
import { framePlaneImage } from './texels.ts';

const ANY: Interval = { low: -Infinity, high: Infinity };
const UNIT: Interval = { low: 0, high: 1 };

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
 * A plan from a frame to an image that can be shown.
 * @throws RangeError also when the output is no image of 1 or 3 channels.
 */
export function planFrameTensors(
  program: PrimitiveProgram,
  frame: FrameForm,
  device: DeviceCapabilities,
  techniques: Techniques = {},
): Plan {
  const { shape } = at(program.values, program.output);
  if (shape.length !== 3 || (shape[2] !== 1 && shape[2] !== 3)) {
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
  readonly #program: PrimitiveProgram;
  readonly #device: DeviceCapabilities;
  readonly #techniques: Techniques;
  readonly #frame: FrameForm | null;
  readonly #imageOf = new Map<number, number>();
  readonly #uses: readonly number[];

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
    this.#uses = uses;
  }

  plan(output: number): Plan {
    const { images, passes } = this;
    const { reuse } = this.#techniques;
    const storage = reuse === false ? images.map((_, i) => i) : assignStorage(images, passes, [output]);
    return { frame: this.#frame, images, passes, storage, output, chroma: null };
  }

  /** The image of the program's output: tiles, as those are what is read back and shown. */
  write(): number {
    this.#program.values.forEach((value, index) => {
      if (value.kind === 'input') this.#imageOf.set(index, this.#input(value.name, value.shape));
      else if (value.kind === 'constant') {
        this.#imageOf.set(index, this.#tensor({ kind: 'constant', data: value.data }, value.shape));
      } else if (!this.#writeInto(index)) this.#writePass(index);
    });
    const output = this.#imageOf.get(this.#program.output);
    assert(output !== undefined, 'the output has an image');
    return at(this.images, output).layout === 'blocks' ? this.#unblock(output) : output;
  }

  #unblock(image: number): number {
    const { shape } = at(this.#program.values, this.#program.output);
    const output = this.#tensor({ kind: 'pass', index: this.passes.length }, shape);
    this.passes.push({
      kind: 'tensor',
      label: `blocks → tiles ${showShape(shape)}`,
      primitive: { kind: 'stencil', inputs: [this.#program.output], shape, expression: operand(0) },
      images: [image],
      epilogue: null,
      blocks: null,
      output,
    });
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
    if (image === undefined || at(this.#uses, input) !== 1 || input === this.#program.output) return false;
    const position = this.passes.findIndex((pass) => pass.output === image);
    const pass = this.passes[position];
    if (pass?.kind !== 'tensor' || !sameShape(at(this.#program.values, input).shape, value.shape))
      return false;
    const epilogue = substitute(value.expression, () => pass.epilogue ?? operand(0));
    this.passes[position] = { ...pass, label: `${pass.label} + map`, epilogue };
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
    const blocks = this.#blocksOf(primitive, images);
    const output = this.#tensor({ kind: 'pass', index: this.passes.length }, primitive.shape, blocks);
    this.#imageOf.set(index, output);
    const pass: TensorPass = {
      kind: 'tensor',
      label: labelOf(primitive, blocks),
      primitive,
      images,
      epilogue: null,
      blocks,
      output,
    };
    const units = new Set(images).size + 2;
    if (units > this.#device.maxTextureUnits) {
      throw new RangeError(
        `a pass reads ${units} textures, and this device allows ${this.#device.maxTextureUnits}`,
      );
    }
    this.passes.push(pass);
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

  #tensor(source: ImageSource, shape: Shape, blocks: BlockDraws | null = null): number {
    const { atlas, width, height } =
      blocks === null ? atlasOf(shape, this.#device.maxTextureSize) : blocksOf(shape, blocks);
    const [a, b, , , channels] = atlas.dims;
    // One tile is an image like any other.
    const layout = blocks !== null ? 'blocks' : a * b === 1 && channels <= 4 ? 'rgba' : 'atlas';
    const format = this.#floatFormat();
    return (
      this.images.push({
        source,
        width,
        height,
        channels,
        layout,
        format,
        interval: ANY,
        expansion: null,
        atlas,
      }) - 1
    );
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

function labelOf(primitive: Primitive, blocks: BlockDraws | null): string {
  const taps = 'taps' in primitive ? ` ${primitive.taps.length}` : '';
  const label = `${primitive.kind}${taps} ${showShape(primitive.shape)}`;
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

/**
 * Where a tensor of `shape` lies, and the size of its texture.
 * @throws RangeError when the device's textures are too small; it says both sizes.
 */
export function atlasOf(
  shape: Shape,
  maxTextureSize: number,
): { atlas: Atlas; width: number; height: number } {
  const { dims } = tiles(shape);
  const [a, b, height, width, channels] = dims;
  const count = a * b * Math.ceil(channels / 4);
  // Rows of pixels are worked on side by side, so tiles of one row are stacked rather than strung together.
  const isStacked = height === 1 && count <= maxTextureSize;
  const columns = isStacked ? 1 : Math.max(1, Math.min(count, Math.floor(maxTextureSize / width)));
  const size = { width: columns * width, height: Math.ceil(count / columns) * height };
  if (Math.max(size.width, size.height) > maxTextureSize) {
    throw new RangeError(
      `a tensor ${showShape(shape)} needs a texture of ${size.width}×${size.height} texels, and this device holds at most ` +
        `${maxTextureSize} on a side`,
    );
  }
  return { atlas: { ...tiles(shape), columns }, ...size };
}

/** One below the other. */
function tiles(shape: Shape): Atlas {
  const dims = [...Array.from({ length: 5 - shape.length }, () => 1), ...shape] as unknown as Atlas['dims'];
  return { dims, columns: 1, block: null, shape };
}

/** Where the output of a filter in blocks lies, and the size of a layer. */
function blocksOf(
  shape: Shape,
  { pixels, phases }: BlockDraws,
): { atlas: Atlas; width: number; height: number } {
  const block = { width: pixels[1] * phases[1], height: pixels[0] * phases[0] };
  const atlas: Atlas = { ...tiles(shape), block };
  const [, , height, width] = atlas.dims;
  return { atlas, width: Math.ceil(width / block.width) + 1, height: Math.ceil(height / block.height) + 1 };
}
