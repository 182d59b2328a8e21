import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sizeOf, tensor, type Shape, type Tensor64 } from '../../src/core/tensor.ts';
import {
  ACTIVATION_NAMES,
  activationExpression,
  checkActivation,
  type Activation,
  type ActivationName,
} from '../../src/ops/activation-expression.ts';
import * as activations from '../../src/ops/activation.ts';
import { prelu } from '../../src/ops/activation.ts';
import type { Op } from '../../src/ops/op.ts';
import { evaluate } from '../../src/primitives/expression.ts';
import { runLowered } from '../support/run-primitives.ts';

const facts = { luma: [0.2126, 0.7152, 0.0722] } as const;
const opOf = (name: ActivationName) => activations[name] as Op<object>;
const row = (...values: number[]): Tensor64 => ({ shape: [values.length], data: Float64Array.from(values) });
const close = (got: ArrayLike<number>, expected: ArrayLike<number>, digits = 12) => {
  expect(got.length).toBe(expected.length);
  Array.from(expected).forEach((value, i) => {
    const scale = Math.max(1, Math.abs(value));
    expect(got[i]! / scale).toBeCloseTo(value / scale, digits);
  });
};

/** Values by hand (or from tables): of −2, −0.5, 0, 1, 7. */
const cases: readonly (readonly [Activation, readonly number[]])[] = [
  ['relu', [0, 0, 0, 1, 7]],
  ['relu6', [0, 0, 0, 1, 6]],
  ['leakyRelu', [-0.02, -0.005, 0, 1, 7]],
  [{ name: 'leakyRelu', alpha: -3 }, [6, 1.5, 0, 1, 7]],
  ['elu', [-0.8646647167633873, -0.3934693402873666, 0, 1, 7]],
  [{ name: 'elu', alpha: -2 }, [1.7293294335267746, 0.7869386805747332, 0, 1, 7]],
  ['celu', [-0.8646647167633873, -0.3934693402873666, 0, 1, 7]],
  [{ name: 'celu', alpha: 2 }, [-1.2642411176571153, -0.44239843385719024, 0, 1, 7]],
  ['selu', [-1.5201664685956948, -0.6917581878028713, 0, 1.0507009873554805, 7.354906911488363]],
  [{ name: 'selu', alpha: 2, gamma: 3 }, [-5.187988300580324, -2.3608160417241997, 0, 3, 21]],
  ['gelu', [-0.04550026389635842, -0.15426876936299344, 0, 0.8413447460685429, 6.999999999991042]],
  [
    { name: 'gelu', approximate: 'tanh' },
    [-0.04540230591222494, -0.15428599017485606, 0, 0.8411919906082768, 7],
  ],
  ['sigmoid', [0.11920292202211755, 0.3775406687981454, 0.5, 0.7310585786300049, 0.9990889488055994]],
  ['hardSigmoid', [0.1, 0.4, 0.5, 0.7, 1]],
  [{ name: 'hardSigmoid', alpha: 0.5, beta: 0.75 }, [0, 0.5, 0.75, 1, 1]],
  ['swish', [-0.2384058440442351, -0.1887703343990727, 0, 0.7310585786300049, 6.993622641639195]],
  [
    { name: 'swish', alpha: 2 },
    [-0.03597241992418312, -0.13447071068499755, 0, 0.8807970779778823, 6.999994179],
  ],
  ['hardSwish', [-1 / 3, -1.25 / 6, 0, 4 / 6, 7]],
  ['mish', [-0.2525014826957091, -0.22074377465173, 0, 0.8650983882673103, 6.999988379809741]],
  ['tanh', [-0.9640275800758169, -0.46211715726000975, 0, 0.7615941559557649, 0.9999983369439447]],
  ['softplus', [0.12692801104297263, 0.4740769841801067, Math.LN2, 1.3132616875182228, 7.000911466453774]],
  ['softsign', [-2 / 3, -1 / 3, 0, 0.5, 7 / 8]],
  ['clamp', [0, 0, 0, 1, 1]],
  [{ name: 'clamp', min: -1, max: Infinity }, [-1, -0.5, 0, 1, 7]],
  [{ name: 'clamp', min: -Infinity, max: -1 }, [-2, -1, -1, -1, -1]],
];

describe('values', () => {
  test.each(cases)('%j', (activation, expected) => {
    const { name, ...options } = typeof activation === 'string' ? { name: activation } : activation;
    const x = row(-2, -0.5, 0, 1, 7);
    const digits = expected.some((value) => String(value).length < 14 && !Number.isInteger(value)) ? 7 : 12;
    close(opOf(name).reference([x], options, facts).data, expected, digits);
    close(runLowered(opOf(name), [x], options).data, expected, digits);
  });

  test('every name has its values and its op', () => {
    const tried = new Set(cases.map(([one]) => (typeof one === 'string' ? one : one.name)));
    expect([...tried].sort()).toEqual([...ACTIVATION_NAMES].sort());
    for (const name of ACTIVATION_NAMES) expect(opOf(name).name).toBe(name);
  });
});

describe('safe in float32', () => {
  /** The same tree with every step rounded to float32, where exp overflows above 88.7. */
  const inFloat32 = (activation: Activation, x: number): number => {
    const run = (node: ReturnType<typeof activationExpression>): number => {
      switch (node.kind) {
        case 'constant':
          return Math.fround(node.value);
        case 'operand':
          return Math.fround(x);
        case 'elapsed':
          return 0;
        case 'unary':
          return Math.fround(evaluate({ ...node, a: { kind: 'constant', value: run(node.a) } }, []));
        case 'binary':
          return Math.fround(
            evaluate(
              {
                ...node,
                a: { kind: 'constant', value: run(node.a) },
                b: { kind: 'constant', value: run(node.b) },
              },
              [],
            ),
          );
        case 'select':
          return run(node.condition) > 0 ? run(node.a) : run(node.b);
      }
    };
    return run(activationExpression(activation));
  };

  test.each(cases)('%j of ±1e4 and of what overflows exp', (activation) => {
    const { name, ...options } = typeof activation === 'string' ? { name: activation } : activation;
    for (const x of [-1e4, -1000, -89, -88, -20, 20, 88, 89, 1000, 1e4]) {
      const expected = opOf(name).reference([row(x)], options, facts).data[0]!;
      expect(Number.isFinite(expected)).toBe(true);
      const got = inFloat32(activation, x);
      expect(Math.abs(got - expected), `${name}(${x}) = ${got}`).toBeLessThanOrEqual(
        1e-6 + 1e-6 * Math.abs(expected),
      );
    }
  });
});

describe('the lowering says what the reference says', () => {
  const shapes: Shape[] = [[], [3], [2, 3], [2, 1, 3], [2, 2, 1, 2], [2, 1, 2, 1, 3]];

  test.each(ACTIVATION_NAMES)('%s on ranks 0 to 5', (name) => {
    fc.assert(
      fc.property(
        fc.constantFrom(...shapes),
        fc.array(fc.float({ min: -100, max: 100, noNaN: true }), { minLength: 12, maxLength: 12 }),
        (shape, values) => {
          const x = { shape, data: Float64Array.from(values.slice(0, sizeOf(shape))) };
          const lowered = runLowered(opOf(name), [x], {});
          expect(lowered.shape).toEqual(shape);
          close(lowered.data, opOf(name).reference([x], {}, facts).data, 9);
        },
      ),
    );
  });

  test('a symbolic shape stays', () => {
    expect(activations.mish.inferShape([[null, null, 3]], {}, 'x')).toEqual([null, null, 3]);
  });
});

describe('options', () => {
  test.each([
    ['relux', "o must be 'relu' | 'relu6'"],
    [7, 'o must be the name of an activation or { name, … }, got 7'],
    [null, 'o must be the name of an activation'],
    [{ name: 'nope' }, "o.name must be 'relu'"],
    [{ name: 'elu', alpha: 'x' }, 'o.alpha must be a finite number, got "x"'],
    [{ name: 'celu', alpha: 0 }, 'o.alpha must be > 0, got 0'],
    [{ name: 'selu', gamma: Infinity }, 'o.gamma must be a finite number, got Infinity'],
    [{ name: 'hardSigmoid', beta: Number.NaN }, 'o.beta must be a finite number, got NaN'],
    [{ name: 'gelu', approximate: 'erf' }, `o.approximate must be 'none' | 'tanh', got "erf"`],
    [{ name: 'clamp', min: 2 }, 'o.max must be ≥ 2, got 1'],
    [{ name: 'clamp', min: Infinity }, 'o.min must be a finite number, got Infinity'],
  ])('%j is refused', (value, message) => {
    expect(() => checkActivation('o', value)).toThrow(message);
  });

  test('what is one comes back', () => {
    expect(checkActivation('o', 'mish')).toBe('mish');
    const given = { name: 'leakyRelu', alpha: 0.2 };
    expect(checkActivation('o', given)).toBe(given);
  });

  test('an op says its own node', () => {
    expect(() => activations.celu.inferShape([[1]], { alpha: -1 }, 'node 2 (celu)')).toThrow(
      new RangeError('node 2 (celu): options.alpha must be > 0, got -1'),
    );
    expect(() => activations.relu.inferShape([[1], [1]], {}, 'x')).toThrow(
      new TypeError('x takes 1 input, got 2'),
    );
    expect(() => activations.relu.inferShape([[1, 1, 1, 1, 1, 1]], {}, 'x')).toThrow(
      'x: the rank must be 0 to 5',
    );
  });
});

describe('prelu', () => {
  const x: Tensor64 = { shape: [2, 1, 2], data: Float64Array.of(-1, 2, -3, -4) };

  test('slopes per channel, as an option and as an input', () => {
    const expected = [-0.5, 2, -1.5, 8];
    const slope = tensor([2], [0.5, -2]);
    const second = { shape: [2], data: Float64Array.of(0.5, -2) };
    expect([...prelu.reference([x], { slope }, facts).data]).toEqual(expected);
    expect([...prelu.reference([x, second], {}, facts).data]).toEqual(expected);
    expect([...runLowered(prelu, [x], { slope }).data]).toEqual(expected);
    expect([...runLowered(prelu, [x, second], {}).data]).toEqual(expected);
    expect(prelu.layer?.([x.shape], { slope }, x.shape)).toEqual({ parameters: 2, macs: 4 });
  });

  test('what does not fit is refused', () => {
    expect(() => prelu.inferShape([[2, 2]], {}, 'x')).toThrow(
      'x takes 2 inputs (one with options.slope), got 1',
    );
    expect(() => prelu.inferShape([[2, 2]], { slope: tensor([3], [1, 2, 3]) }, 'x')).toThrow(
      'x: the inputs must have the same channels or one, got 2 and 3',
    );
    expect(() => prelu.inferShape([[2]], { slope: { shape: [2], data: new Float32Array(3) } }, 'x')).toThrow(
      'x: options.slope must hold 2 values, got 3',
    );
  });
});
