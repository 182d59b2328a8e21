/**
 * Stacks of frames → filters over time. Where the newest output alone is wanted of a convolution over a stack, the stack
 * is never built: what it is of is remembered, and filtered as images. What needs whole stacks stays as it is.
 */
import { at } from '../core/assert.ts';
import type { Linear, Primitive, SpaceTime, Stack, Tap } from '../primitives/primitive.ts';
import { rewrite, type ImageProgram, type ProgramWriter } from './image-program.ts';

/** The same program with images in place of stacks, wherever that can be. */
export function overTime(program: ImageProgram): ImageProgram {
  return rewrite(program, (value, writer) => {
    if (value.kind !== 'reshape' || value.shape.length !== 3) return writer.add(value);
    return collapsed(value.input, writer) ?? writer.add(value);
  });
}

/** Where `[1, height, width, channels]` is as an image; null where it can't be one. */
function collapsed(index: number, writer: ProgramWriter): number | null {
  const value = at(writer.values, index);
  if (value.shape.length !== 4 || value.shape[0] !== 1) return null;
  const shape = value.shape.slice(1);
  switch (value.kind) {
    case 'reshape':
      return at(writer.values, value.input).shape.length === 3 ? value.input : null;
    case 'stencil': {
      const inputs = value.inputs.map((input) => (at(writer.values, input).kind === 'constant' ? input : collapsed(input, writer))); // prettier-ignore
      if (inputs.some((input) => input === null)) return null;
      return writer.add({ ...value, inputs: inputs as number[], shape });
    }
    case 'linear': {
      const filter = overStack(value, 0, writer.values);
      if (filter === null) return null;
      return writer.add({ kind: 'spacetime', shape, ...filter });
    }
    default:
      return null;
  }
}

type Filter = Pick<SpaceTime, 'input' | 'taps' | 'weights' | 'bias' | 'edge' | 'memory'>;

/** `linear` at frame `frame` of its output, as a filter over the frames of a stack; null where it is none. */
function overStack(linear: Linear, frame: number, values: readonly Primitive[]): Filter | null {
  const source = at(values, linear.input);
  if (!isPlain(linear, values)) return null;
  if (source.kind === 'linear') {
    // One frame of a filter's output, as it is.
    const [tap = []] = linear.taps;
    const isOne = linear.taps.length === 1 && linear.weights[0] === 1 && linear.bias === null && tap.slice(1).every((offset) => offset === 0); // prettier-ignore
    return isOne ? overStack(source, frame * at(linear.strides, 0) + at(tap, 0), values) : null;
  }
  return source.kind === 'stack' && source.shape.length === 4 ? filterOf(linear, frame, source) : null;
}

/** One weight a tap for each channel alike, no pixel left out, and edges that the images know. */
function isPlain(linear: Linear, values: readonly Primitive[]): boolean {
  const { shape, strides, upsample, channels, edge, bias } = linear;
  const isOneChannel = shape[3] === 1 && at(values, linear.input).shape[3] === 1;
  return (
    shape.length === 4 &&
    (channels === 'shared' || isOneChannel) &&
    strides.slice(1).every((stride) => stride === 1) &&
    upsample.every((factor) => factor === 1) &&
    (edge === 'zero' || edge === 'replicate') &&
    (bias === null || bias.every((one) => one === bias[0]))
  );
}

function filterOf(linear: Linear, frame: number, { input, memory }: Stack): Filter {
  const { frames } = memory;
  const places = new Map<string, Readonly<{ tap: Tap; weights: Float64Array }>>();
  linear.taps.forEach((tap, i) => {
    const [first = 0, ...space] = tap;
    const wanted = frame * at(linear.strides, 0) + first;
    const isInside = wanted >= 0 && wanted < frames;
    if (!isInside && linear.edge === 'zero') return;
    const age = frames - 1 - Math.min(frames - 1, Math.max(0, wanted));
    const key = space.join(' ');
    const place = places.get(key) ?? { tap: space, weights: new Float64Array(frames) };
    place.weights[age] = at(place.weights, age) + at(linear.weights, i);
    places.set(key, place);
  });
  const all = places.size === 0 ? [{ tap: [0, 0], weights: new Float64Array(frames) }] : [...places.values()];
  return {
    input,
    taps: all.map(({ tap }) => tap),
    weights: Float32Array.from({ length: frames * all.length }, (_, i) => at(at(all, i % all.length).weights, Math.floor(i / all.length))), // prettier-ignore
    bias: linear.bias?.[0] ?? 0,
    edge: linear.edge,
    memory,
  };
}
