/** graph → plan: lower, simplify, fuse, then give each image its texel layout and format. */
import { assert, at } from '../core/assert.ts';
import { PipelineError } from '../core/errors.ts';
import { lumaExpansion, lumaWeights, type LumaWeights } from '../core/frame-color.ts';
import type { Graph } from '../graph/graph.ts';
import { intervalOf, type Interval } from '../primitives/expression.ts';
import type { Linear, PrimitiveProgram } from '../primitives/primitive.ts';
import { fuse, type FusedPass, type Operand } from './fuse.ts';
import { lower } from './lower.ts';
import type {
  ComputePass,
  DeviceCapabilities,
  FrameForm,
  Image,
  Pass,
  Plan,
  Term,
  TexelFormat,
} from './plan.ts';
import { simplify } from './simplify.ts';
import { planFrameTensors } from './tensor-plan.ts';

/** What 8 bits round away: the weights of a mean sum to 1 but for their own rounding. */
const HALF_LEVEL = 0.5 / 255;
const UNIT: Interval = { low: 0, high: 1 };

/**
 * @throws RangeError when the frame, a size in the graph, or the weights are past what the device holds.
 * @throws PipelineError `float-missing` when values need float textures and the device renders none.
 */
export function makePlan(graph: Graph, frame: FrameForm, device: DeviceCapabilities): Plan {
  if (Math.max(frame.width, frame.height) > device.maxTextureSize) {
    throw new RangeError(
      `the frame is ${frame.width}×${frame.height} px, and this device's textures have at most ` +
        `${device.maxTextureSize} px on a side: ask the camera for a smaller size`,
    );
  }
  const program = simplify(
    lower(graph, { frame: [frame.height, frame.width, 3] }, { luma: lumaWeights(frame.color) }),
  );
  if (!isOfImages(program) || !fitsUniforms(program, device)) return planFrameTensors(program, frame, device);
  return new PlanWriter(program, frame, device).write();
}

class PlanWriter {
  readonly #program: PrimitiveProgram;
  readonly #frame: FrameForm;
  readonly #device: DeviceCapabilities;
  readonly #images: Image[] = [];
  readonly #passes: Pass[] = [];
  readonly #imageOf = new Map<number, number>();

  constructor(program: PrimitiveProgram, frame: FrameForm, device: DeviceCapabilities) {
    this.#program = program;
    this.#frame = frame;
    this.#device = device;
  }

  write(): Plan {
    for (const pass of fuse(this.#program)) this.#writePass(pass);
    const output = this.#imageFor(this.#program.output);
    return { frame: this.#frame, images: this.#images, passes: this.#passes, output };
  }

  #writePass(fused: FusedPass): void {
    // The frame's own luma plane stands for a luma value: no pass.
    if (this.#isFrameLuma(fused.value) && fused.value !== this.#program.output) {
      this.#imageOf.set(fused.value, this.#framePlane('y'));
      return;
    }
    const terms = fused.operands.map((one) => this.#term(one));
    const interval = intervalOf(
      fused.expression,
      terms.map((term) => this.#termInterval(term)),
    );
    const [height, width, channels] = at(this.#program.values, fused.value).shape as readonly [
      number,
      number,
      number,
    ];
    const isOutput = fused.value === this.#program.output;
    if (channels > 4)
      throw new RangeError(`an image has at most 4 channels on this backend, got ${channels}`);
    const output = this.#addImage({
      source: { kind: 'pass', index: this.#passes.length },
      width,
      height,
      channels,
      layout: channels === 1 ? 'packed4' : 'rgba',
      format: isOutput ? 'rgba8' : this.#format(interval),
      interval: isOutput ? UNIT : interval,
      expansion: null,
      atlas: null,
    });
    this.#imageOf.set(fused.value, output);
    this.#passes.push(this.#checked({ kind: 'compute', label: this.#label(fused), terms, expression: fused.expression, output })); // prettier-ignore
  }

  #term(one: Operand): Term {
    const value = at(this.#program.values, one.value);
    if (one.kind === 'read') return plainRead(this.#imageFor(one.value));
    assert(value.kind === 'linear', 'a filter operand is a linear value');
    if (this.#isFrameLuma(one.value)) return plainRead(this.#framePlane('y'));
    return termOf(value, this.#imageFor(value.input));
  }

  /** Planes carry luma as the camera sent it: a luma op on such a frame is a plane, not arithmetic. */
  #isFrameLuma(index: number): boolean {
    const value = at(this.#program.values, index);
    if (this.#frame.layout !== 'planar420' || value.kind !== 'linear' || value.taps.length !== 1)
      return false;
    return (
      at(this.#program.values, value.input).kind === 'input' && isLuma(value, lumaWeights(this.#frame.color))
    );
  }

  #imageFor(value: number): number {
    const known = this.#imageOf.get(value);
    if (known !== undefined) return known;
    assert(at(this.#program.values, value).kind === 'input', 'an image is written before it is read');
    const image = this.#frame.layout === 'rgba' ? this.#framePlane('rgba') : this.#convert();
    this.#imageOf.set(value, image);
    return image;
  }

  #convert(): number {
    const [y, u, v] = [this.#framePlane('y'), this.#framePlane('u'), this.#framePlane('v')];
    const { width, height, color } = this.#frame;
    const output = this.#addImage({
      source: { kind: 'pass', index: this.#passes.length },
      width,
      height,
      channels: 3,
      layout: 'rgba',
      // Shown as it is, 8 bits are enough; filtered again, rounding here would be multiplied by the weights.
      format: this.#isOutputFrame() ? 'rgba8' : (this.#device.floatFormat ?? 'rgba8'),
      interval: UNIT,
      expansion: null,
      atlas: null,
    });
    this.#passes.push({ kind: 'convert', label: 'planes → RGB', y, u, v, color, output });
    return output;
  }

  #isOutputFrame(): boolean {
    return at(this.#program.values, this.#program.output).kind === 'input';
  }

  #framePlane(plane: 'rgba' | 'y' | 'u' | 'v'): number {
    const known = this.#images.findIndex(({ source }) => source.kind === 'frame' && source.plane === plane);
    if (known >= 0) return known;
    const { width, height, color } = this.#frame;
    const isChroma = plane === 'u' || plane === 'v';
    return this.#addImage({
      source: { kind: 'frame', plane },
      width: isChroma ? Math.ceil(width / 2) : width,
      height: isChroma ? Math.ceil(height / 2) : height,
      channels: plane === 'rgba' ? 3 : 1,
      layout: plane === 'rgba' ? 'rgba' : isChroma ? 'single' : 'packed4',
      format: isChroma ? 'r8' : 'rgba8',
      interval: UNIT,
      expansion: plane === 'y' && !color.fullRange ? lumaExpansion(color) : null,
      atlas: null,
    });
  }

  #addImage(image: Image): number {
    return this.#images.push(image) - 1;
  }

  #format(interval: Interval): TexelFormat {
    if (this.#device.floatFormat !== null) return this.#device.floatFormat;
    if (interval.low >= -HALF_LEVEL && interval.high <= 1 + HALF_LEVEL) return 'rgba8';
    throw new PipelineError(
      'float-missing',
      'This filter has intermediate values below 0 or above 1, and this graphics device can only keep 0 to 1. ' +
        'Choose another filter, or another browser or device.',
      { context: { low: interval.low, high: interval.high } },
    );
  }

  #termInterval(term: Term): Interval {
    const { interval, channels } = at(this.#images, term.image);
    // Outside the image zeros may be read, so 0 belongs to what a tap can see.
    const seen =
      term.edge === 'zero' ? { low: Math.min(0, interval.low), high: Math.max(0, interval.high) } : interval;
    const outChannels = term.channels === 'shared' ? 1 : term.weights.length / (term.taps.length * channels);
    let bounds: Interval = { low: Infinity, high: -Infinity };
    for (let o = 0; o < Math.max(outChannels, term.bias?.length ?? 1); o++) {
      let [least, most] = [term.bias?.[o] ?? 0, term.bias?.[o] ?? 0];
      // Weights of one output channel lie `outChannels` apart; shared ones serve every channel.
      for (let i = o % outChannels; i < term.weights.length; i += outChannels) {
        const weight = at(term.weights, i);
        // A weight of 0 times a bound of ∞ is 0, not NaN.
        if (weight === 0) continue;
        least += weight * (weight > 0 ? seen.low : seen.high);
        most += weight * (weight > 0 ? seen.high : seen.low);
      }
      bounds = { low: Math.min(bounds.low, least), high: Math.max(bounds.high, most) };
    }
    return bounds;
  }

  #checked(pass: ComputePass): ComputePass {
    const images = new Set(pass.terms.map((term) => term.image)).size;
    if (images > this.#device.maxTextureUnits) {
      throw new RangeError(
        `a pass reads ${images} images, and this device allows ${this.#device.maxTextureUnits}`,
      );
    }
    return pass;
  }

  #label(fused: FusedPass): string {
    const parts = fused.operands.map((one) => {
      if (one.kind === 'read' || this.#isFrameLuma(one.value)) return 'read';
      const value = at(this.#program.values, one.value);
      assert(value.kind === 'linear', 'a filter operand is a linear value');
      return `linear ${value.taps.length}`;
    });
    return parts.join(' + ');
  }
}

/** Whether every value is an image that the fast layouts hold: one size of pixel, four channels at most. */
export function isOfImages(program: PrimitiveProgram): boolean {
  return program.values.every((value) => {
    if (value.shape.length !== 3 || at(value.shape, 2) > 4) return false;
    if (value.kind !== 'linear') return value.kind === 'input' || value.kind === 'stencil';
    return (
      (value.edge === 'zero' || value.edge === 'replicate') &&
      [...value.strides, ...value.upsample].every((factor) => factor === 1)
    );
  });
}

/** Other uniforms of a pass: sizes per image, the expression's constants, biases. */
const OTHER_VECTORS = 32;
/** Taps are unrolled here; more of them are a loop over a table. */
const MAX_UNROLLED_TAPS = 225;

/** Whether the weights of each pass fit into its uniforms; where they do not, a texture holds them. */
function fitsUniforms(program: PrimitiveProgram, device: DeviceCapabilities): boolean {
  return fuse(program).every(({ operands }) => {
    const filters = operands.flatMap(({ value }) => {
      const primitive = at(program.values, value);
      return primitive.kind === 'linear' ? [primitive] : [];
    });
    const weights = filters.reduce((count, linear) => count + ungrouped(linear).length, 0);
    const taps = filters.reduce((count, linear) => count + linear.taps.length, 0);
    return taps <= MAX_UNROLLED_TAPS && Math.ceil(weights / 4) + OTHER_VECTORS <= device.maxUniformVectors;
  });
}

function termOf(linear: Linear, image: number): Term {
  const { channels, bias, edge } = linear;
  const taps = linear.taps.map((tap) => ({ dy: at(tap, 0), dx: at(tap, 1) }));
  return { image, taps, channels, weights: ungrouped(linear), bias, edge };
}

/** Grouped weights as dense ones, `[taps, in, out]`, with zeros between the groups. */
function ungrouped({ weights, groups, taps, shape, channels }: Linear): Float32Array {
  if (groups === 1 || channels === 'shared') return weights;
  const out = at(shape, shape.length - 1);
  const inPerGroup = weights.length / (taps.length * out);
  const inputs = inPerGroup * groups;
  const dense = new Float32Array(taps.length * inputs * out);
  weights.forEach((weight, i) => {
    const o = i % out;
    const c = Math.floor(i / out) % inPerGroup;
    const tap = Math.floor(i / (out * inPerGroup));
    const firstChannel = Math.floor(o / (out / groups)) * inPerGroup;
    dense[(tap * inputs + firstChannel + c) * out + o] = weight;
  });
  return dense;
}

function plainRead(image: number): Term {
  return {
    image,
    taps: [{ dy: 0, dx: 0 }],
    channels: 'shared',
    weights: Float32Array.of(1),
    bias: null,
    edge: 'replicate',
  };
}

function isLuma({ weights, channels }: Linear, luma: LumaWeights): boolean {
  return (
    channels === 'dense' &&
    weights.length === 3 &&
    luma.every((weight, i) => Math.abs(weight - at(weights, i)) < 1e-6)
  );
}
