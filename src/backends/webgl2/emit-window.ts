/** Maps, folds over windows and over whole axes, resampling: passes that treat each channel by itself. */
import type { Fold, Reduce, Resample, Stencil } from '../../primitives/primitive.ts';
import { emitExpression } from './emit-expression.ts';
import { glslFloat } from './emitted-term.ts';
import { eachTap, ivec4, spatial, type EmittedBody, type TensorScope } from './tensor-scope.ts';

/** Inputs 0 to `count` − 1 at the place of the output: statements that name them, and whether those need that place. */
export function emitReads(
  count: number,
  scope: TensorScope,
): Readonly<{ lines: readonly string[]; names: readonly string[]; isPlaced: boolean }> {
  const inputs = Array.from({ length: count }, (_, input) => input);
  const reads = inputs.map((input) => {
    const { slot, dims, tiles } = scope.sourceOf(input);
    // Texel for texel: nothing to compute.
    if (scope.liesAs(input)) return `texture(uImage${slot}, gl_FragCoord.xy * uTexels${slot}.zw)`;
    const isVector = dims.slice(0, 4).every((size) => size === 1) && dims[4] === scope.output[4];
    if (isVector && (tiles === 'row' || tiles === 'column'))
      return `texelFetch(uImage${slot}, ivec2(${tiles === 'row' ? 'c4, 0' : '0, c4'}), 0)`;
    // An axis of size 1 gives its one value everywhere.
    const q = `min(p, uSpace${slot} - 1)`;
    return dims[4] === 1 && scope.output[4] > 1 ? `vec4(texel${slot}(${q}, 0).x)` : `texel${slot}(${q}, c4)`;
  });
  return {
    lines: reads.map((read, input) => `  vec4 input${input} = ${read};`),
    names: inputs.map((input) => `input${input}`),
    isPlaced: !inputs.every((input) => scope.liesAs(input)),
  };
}

export function emitStencil({ inputs, expression }: Stencil, scope: TensorScope): EmittedBody {
  const { lines, names, isPlaced } = emitReads(inputs.length, scope);
  const main = [...lines, `  result = ${emitExpression(expression, names, scope.constants)};`].join('\n');
  return { functions: '', main, tables: [], isPlaced };
}

export function emitFold({ taps, strides, initial, fold, finish }: Fold, scope: TensorScope): EmittedBody {
  const { slot } = scope.sourceOf(0);
  const body = emitExpression(fold, ['acc', 'v'], scope.constants);
  const { lines, tables } = eachTap(taps, (_, offset) => [
    `    ivec4 q = p * ${ivec4(spatial(strides, 1))} + ${offset};`,
    `    if (any(lessThan(q, ivec4(0))) || any(greaterThanEqual(q, uSpace${slot}))) continue;`,
    `    vec4 v = texel${slot}(q, c4);`,
    `    acc = ${body};`,
    '    inside += 1.0;',
  ]);
  const main = [
    `  vec4 acc = vec4(${scope.constants.add(initial)});`,
    '  float inside = 0.0;',
    ...lines,
    `  result = ${emitExpression(finish, ['acc', 'vec4(inside)'], scope.constants)};`,
  ];
  return { functions: '', main: main.join('\n'), tables };
}

export function emitReduce({ shape, axes, initial, fold, finish }: Reduce, scope: TensorScope): EmittedBody {
  const { slot } = scope.sourceOf(0);
  // Axes of the primitive count from the front of its own shape; here the last axis is the fifth.
  const reduced = axes.map((axis) => axis + 5 - shape.length);
  const loops = ['x', 'y', 'z', 'w'].map((lane, axis) =>
    reduced.includes(axis)
      ? `  for (int i${lane} = 0; i${lane} < uSpace${slot}.${lane}; i${lane}++) { q.${lane} = i${lane};`
      : '  {',
  );
  const foldOf = (v: string) => `acc = ${emitExpression(fold, ['acc', v], scope.constants)};`;
  const inner = reduced.includes(4)
    ? `for (int c = 0; c < uDepth${slot}.x; c++) { vec4 v = vec4(element${slot}(q, c)); ${foldOf('v')} }`
    : `{ vec4 v = texel${slot}(q, c4); ${foldOf('v')} }`;
  const main = [
    `  vec4 acc = vec4(${scope.constants.add(initial)});`,
    '  ivec4 q = p;',
    ...loops,
    `  ${inner}`,
    '  }}}}',
    `  result = ${emitExpression(finish, ['acc'], scope.constants)};`,
  ];
  return { functions: '', main: main.join('\n'), tables: [] };
}

/** Keeps ties where exact arithmetic has them: positions are whole fractions, rounded once in float32. */
const TIE = '0.50001';

export function emitResample(resample: Resample, scope: TensorScope): EmittedBody {
  const { mode, scale, offset } = resample;
  if (mode === 'cubic') return emitSpline(resample, scope);
  const { slot } = scope.sourceOf(0);
  const vector = (values: readonly number[]) => `vec4(${values.map(glslFloat).join(', ')})`;
  const head = [
    `  vec4 s = vec4(p) * ${vector(spatial(scale, 1))} + ${vector(spatial(offset, 0))};`,
    `  s = clamp(s, vec4(0.0), vec4(uSpace${slot} - 1));`,
  ];
  if (mode === 'nearest') {
    const main = [...head, `  result = texel${slot}(min(ivec4(floor(s + ${TIE})), uSpace${slot} - 1), c4);`];
    return { functions: '', main: main.join('\n'), tables: [] };
  }
  // Only axes that are resampled have a second neighbour.
  const axes = ['x', 'y', 'z', 'w'].filter(
    (_, axis) => spatial(scale, 1)[axis] !== 1 || spatial(offset, 0)[axis] !== 0,
  );
  const corners = Array.from({ length: 2 ** axes.length }, (_, corner) => {
    const upper = axes.filter((__, i) => (corner >> i) & 1);
    const weights = axes.map((axis) => (upper.includes(axis) ? `share.${axis}` : `(1.0 - share.${axis})`));
    const high = ivec4(['x', 'y', 'z', 'w'].map((axis) => (upper.includes(axis) ? 1 : 0)));
    return `  result += ${['1.0', ...weights].join(' * ')} * texel${slot}(min(low + ${high}, uSpace${slot} - 1), c4);`;
  });
  const main = [...head, '  ivec4 low = ivec4(floor(s));', '  vec4 share = s - floor(s);', ...corners];
  return { functions: '', main: main.join('\n'), tables: [] };
}

/** The cubic B-spline's weights of the four pixels around, read at a share `t` after the second. */
const SPLINE = `vec4 spline(float t) {
  float u = 1.0 - t;
  vec2 inner = vec2(4.0 + t * t * (3.0 * t - 6.0), 4.0 + u * u * (3.0 * u - 6.0));
  return vec4(u * u * u, inner, t * t * t) / 6.0;
}`;

function emitSpline({ scale, offset }: Resample, scope: TensorScope): EmittedBody {
  const { slot } = scope.sourceOf(0);
  const vector = (values: readonly number[]) => `vec4(${values.map(glslFloat).join(', ')})`;
  const lanes = ['x', 'y', 'z', 'w'].filter((_, axis) => spatial(scale, 1)[axis] !== 1);
  const weight = ['1.0', ...lanes.map((lane) => `weights${lane}[i${lane}]`)].join(' * ');
  const main = [
    `  vec4 s = vec4(p) * ${vector(spatial(scale, 1))} + ${vector(spatial(offset, 0))};`,
    '  ivec4 q = ivec4(floor(s + 0.5));',
    ...lanes.map((lane) => `  vec4 weights${lane} = spline(s.${lane} - floor(s.${lane}));`),
    ...lanes.flatMap((lane) => [
      `  for (int i${lane} = 0; i${lane} < 4; i${lane}++) {`,
      `  q.${lane} = int(floor(s.${lane})) + i${lane} - 1;`,
    ]),
    `  result += ${weight} * texel${slot}(clamp(q, ivec4(0), uSpace${slot} - 1), c4);`,
    ...lanes.map(() => '  }'),
  ];
  return { functions: SPLINE, main: main.join('\n'), tables: [] };
}
