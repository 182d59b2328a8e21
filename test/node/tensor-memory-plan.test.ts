/** Plans over tensors that remember: which images are read again, under which clock, and what is not written into. */
import { describe, expect, test } from 'vitest';
import { graph, type GraphValue } from '../../src/graph/builder.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { add, conv3d, frameAt, mul, runningMean, stack, tanh, temporal } from '../../src/graph/operators.ts';
import { summarize } from '../../src/plan/explain.ts';
import { lower } from '../../src/plan/lower.ts';
import { TYPICAL_DEVICE, type FrameForm, type Plan, type TensorPass } from '../../src/plan/plan.ts';
import { simplify } from '../../src/plan/simplify.ts';
import { planFrameTensors, planTensors } from '../../src/plan/tensor-plan.ts';
import { binary, constant, elapsedMs, operand } from '../../src/primitives/expression.ts';
import type { Primitive } from '../../src/primitives/primitive.ts';
import { tensor } from '../../src/core/tensor.ts';

const LUMA = { luma: [0.299, 0.587, 0.114] } as const;
const SHAPE = [6, 8, 3];
const FORM: FrameForm = { width: 8, height: 6, layout: 'rgba', color: { matrix: 'bt709', fullRange: true } };

const lowered = (made: Graph, name: string) => simplify(lower(made, { [name]: SHAPE }, LUMA));
const planOf = (build: (x: GraphValue) => GraphValue): Plan =>
  planTensors(
    lowered(
      graph({ x: SHAPE }, ({ x }) => build(x)),
      'x',
    ),
    TYPICAL_DEVICE,
  );
const livePlanOf = (build: (frame: GraphValue) => GraphValue): Plan =>
  planFrameTensors(
    lowered(
      graph(({ frame }) => build(frame)),
      'frame',
    ),
    FORM,
    TYPICAL_DEVICE,
  );

const tensorPasses = ({ passes }: Plan): readonly TensorPass[] =>
  passes.filter((pass): pass is TensorPass => pass.kind === 'tensor');

const kindsOf = (plan: Plan) => tensorPasses(plan).map(({ primitive }) => primitive.kind);

describe('what is read again', () => {
  test('a stack reads its input and itself, as it was', () => {
    const { images, passes, memories, storage } = planOf((x) =>
      stack(x, { frames: 4, warmUp: 'ramp', maxGapMs: 70 }),
    );
    const [pass] = passes;
    if (pass?.kind !== 'tensor') throw new Error('a stack is a pass over tensors');
    const [input, previous] = pass.images;
    expect(images[input!]!.source).toEqual({ kind: 'tensor', name: 'x' });
    expect(images[previous!]).toMatchObject({ source: { kind: 'previous', of: pass.output }, memory: 0 });
    expect(images[pass.output]).toMatchObject({ memory: 0, atlas: images[previous!]!.atlas });
    expect(memories).toEqual([expect.objectContaining({ frames: 4, warmUp: 'ramp', maxGapMs: 70 })]);
    expect(new Set(storage).size).toBe(3);
  });

  test('what follows from the frame before reads that first', () => {
    const { images, passes } = planOf((x) => runningMean(x, { ms: 50 }));
    const [pass] = passes;
    if (pass?.kind !== 'tensor') throw new Error('a recurrence is a pass over tensors');
    expect(images[pass.images[0]!]!.source).toEqual({ kind: 'previous', of: pass.output });
    expect(images[pass.images[1]!]!.source.kind).toBe('tensor');
    expect(pass.memory).toBe(0);
  });

  test('a window is a stack and its sum, under one clock', () => {
    const plan = planOf((x) => temporal(x, { window: { ms: 100 }, shape: 'box', frames: 5 }));
    expect(kindsOf(plan)).toEqual(['stack', 'temporal']);
    expect(tensorPasses(plan).map(({ memory }) => memory)).toEqual([0, 0]);
    expect(plan.memories).toHaveLength(1);
    const [stacked, sum] = tensorPasses(plan);
    expect(sum?.images).toEqual([stacked?.output]);
    expect(plan.images[stacked!.output]!.atlas?.dims).toEqual([1, 5, 6, 8, 3]);
    expect(plan.images[sum!.output]!.memory).toBeUndefined();
  });

  test('a window costs what it reads', () => {
    const plan = planOf((x) => temporal(x, { window: { ms: 100 }, shape: 'box', frames: 5 }));
    expect(summarize(plan).map(({ label, taps }) => `${label}: ${taps}`)).toEqual([
      'stack [5, 6, 8, 3]: 1',
      'temporal 5 [6, 8, 3]: 5',
    ]);
    const [stacked, sum] = summarize(plan);
    expect(sum!.fetchesPerPixel).toBe(5);
    expect(stacked!.fetchesPerPixel).toBe(5);
  });

  test('frames of five axes lie along the first of them', () => {
    const made = graph({ x: [2, 3, 4, 5, 2] }, ({ x }) =>
      temporal(x, { window: { ms: 100 }, shape: 'box', frames: 4 }),
    );
    const plan = planTensors(simplify(lower(made, { x: [2, 3, 4, 5, 2] }, LUMA)), TYPICAL_DEVICE);
    expect(plan.images[plan.passes[0]!.output]!.atlas?.dims).toEqual([8, 3, 4, 5, 2]);
  });

  test('each op has a memory of its own', () => {
    const { memories } = planOf((x) =>
      add(frameAt(stack(x, { frames: 2 }), 0), add(runningMean(x, { ms: 9 }), runningMean(x, { ms: 90 }))),
    );
    expect(memories).toHaveLength(3);
    expect(new Set(memories.map(({ name }) => name)).size).toBe(3);
  });
});

describe('what follows pointwise', () => {
  test('is not written into what is read again', () => {
    expect(kindsOf(planOf((x) => tanh(stack(x, { frames: 3 }))))).toEqual(['stack', 'stencil']);
    expect(kindsOf(planOf((x) => tanh(runningMean(x, { ms: 50 }))))).toEqual(['recurrence', 'stencil']);
  });

  test('is written into the sum of a window', () => {
    const plan = planOf((x) => tanh(temporal(x, { window: { ms: 100 }, shape: 'box', frames: 5 })));
    expect(kindsOf(plan)).toEqual(['stack', 'temporal']);
    expect(tensorPasses(plan)[1]?.epilogue).not.toBeNull();
  });
});

describe('how long the frame before was ago', () => {
  const scaled = binary('mul', operand(0), binary('add', elapsedMs, constant(1)));
  const input: Primitive = { kind: 'input', name: 'x', shape: SHAPE };
  const asking: Primitive = { kind: 'stencil', inputs: [0], shape: SHAPE, expression: scaled };

  test('has a clock where nothing is remembered', () => {
    const { passes, memories } = planTensors({ values: [input, asking], output: 1 }, TYPICAL_DEVICE);
    expect(passes[0]).toMatchObject({ kind: 'tensor', memory: 0 });
    expect(memories).toEqual([{ name: 'clock', frames: 1, warmUp: 'replicate', maxGapMs: 1000 }]);
  });

  test('has one too where it is written into another pass', () => {
    const fold: Primitive = { kind: 'reduce', input: 0, shape: [1, 8, 3], axes: [0], initial: 0, fold: binary('add', operand(0), operand(1)), finish: operand(0) }; // prettier-ignore
    const after: Primitive = { kind: 'stencil', inputs: [1], shape: [1, 8, 3], expression: scaled };
    const { passes, memories } = planTensors({ values: [input, fold, after], output: 2 }, TYPICAL_DEVICE);
    expect(passes).toHaveLength(1);
    expect(passes[0]).toMatchObject({ memory: 0 });
    expect(memories).toHaveLength(1);
  });

  test('is told by the memory that a pass has already', () => {
    const memory = { name: 'mine', frames: 3, warmUp: 'ramp', maxGapMs: 9 } as const;
    const mean: Primitive = {
      kind: 'temporal',
      input: 0,
      shape: SHAPE,
      weights: Float32Array.of(1, 1, 1),
      memory,
    };
    const after: Primitive = { kind: 'stencil', inputs: [1], shape: SHAPE, expression: scaled };
    const { memories } = planTensors({ values: [input, mean, after], output: 2 }, TYPICAL_DEVICE);
    expect(memories.map(({ name }) => name)).toEqual(['mine']);
  });
});

describe('live', () => {
  const weights = tensor(
    [3, 3, 3],
    Array.from({ length: 27 }, (_, i) => i),
  );

  test('a stack of one image is that image', () => {
    const plan = livePlanOf((frame) => conv3d(stack(frame, { frames: 3 }), { weights, padding: [[0, 0], [1, 1], [1, 1]] })); // prettier-ignore
    expect(plan.images[plan.output]).toMatchObject({ width: 8, height: 6, channels: 3, format: 'rgba8' });
  });

  test('a stack of several is none', () => {
    expect(() => livePlanOf((frame) => stack(frame, { frames: 3 }))).toThrow(
      'a live graph must end in [height, width, 1] or [height, width, 3], got [3, 6, 8, 3]',
    );
  });

  test('what is measured is kept beside what is shown', () => {
    const made = graph(({ frame }) => {
      const slow = runningMean(frame, { ms: 50 });
      return { output: mul(slow, 2), measurements: { slow, frame } };
    });
    const plan = planFrameTensors(lowered(made, 'frame'), FORM, TYPICAL_DEVICE);
    const { slow, frame } = plan.measurements;
    expect(plan.images[slow!]).toMatchObject({ memory: 0 });
    // The frame's own texture is the source's.
    expect(plan.images[frame!]!.source.kind).toBe('pass');
    const places = [slow!, frame!, plan.output].map((image) => plan.storage[image]);
    expect(new Set(places).size).toBe(3);
  });
});
