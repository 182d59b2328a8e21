/**
 * Passes that remember: the frames before, as a tensor with one axis more, the oldest first; their weighted sum; and
 * values that follow from those of the frame before. What was remembered is read where there is something: textures
 * hold anything at the first frame of a sequence.
 */
import { at } from '../../core/assert.ts';
import { MOST_FRAMES } from '../../core/memory-clock.ts';
import { stackShape } from '../../plan/tensor-atlas.ts';
import { weightsNow } from '../../plan/time-weights.ts';
import type { Recurrence, Stack, Temporal } from '../../primitives/primitive.ts';
import { EACH_LANE } from './emit-element.ts';
import { emitExpression } from './emit-expression.ts';
import type { UniformValue } from './emitted-term.ts';
import { emitReads } from './emit-window.ts';
import type { EmittedBody, TensorScope } from './tensor-scope.ts';

const IS_FIRST = 'uClock.y > 0.5';

/** Where the axis of frames is among (a, b, y, x): in front of those of a frame; null where a frame is one number. */
function frameLane(rankOfStack: number): 'x' | 'y' | 'z' | 'w' | null {
  return rankOfStack === 1 ? null : at(['x', 'y', 'z', 'w'] as const, 5 - rankOfStack);
}

/**
 * out(i) = previous(i + 1), and the input where there is none: read from two images, the input and the stack as it was
 * with the frame before.
 */
export function emitStack({ shape, memory }: Stack, scope: TensorScope): EmittedBody {
  const [input, previous] = [scope.sourceOf(0).slot, scope.sourceOf(1).slot];
  const lane = frameLane(shape.length);
  if (lane === null) {
    const functions = `
float element(ivec4 p, int i) {
  if (i >= uDepthOut.x - 1) return element${input}(p, 0);
  return ${IS_FIRST} ? ${memory.warmUp === 'ramp' ? '0.0' : `element${input}(p, 0)`} : element${previous}(p, i + 1);
}`;
    return { functions, main: EACH_LANE, tables: [] };
  }
  // What one frame takes of the axis: more than 1 where frames share it with an axis of their own.
  const frame = `uSpace${input}.${lane}`;
  const isNew = memory.warmUp === 'ramp' ? '' : ` || ${IS_FIRST}`;
  const isThere = memory.warmUp === 'ramp' ? `if (!(${IS_FIRST})) ` : '';
  const main = [
    '  ivec4 q = p;',
    `  if (p.${lane} >= uSpaceOut.${lane} - ${frame}${isNew}) {`,
    `    q.${lane} %= ${frame};`,
    `    result = texel${input}(q, c4);`,
    '  } else {',
    `    q.${lane} += ${frame};`,
    `    ${isThere}result = texel${previous}(q, c4);`,
    '  }',
  ];
  return { functions: '', main: main.join('\n'), tables: [] };
}

/**
 * Σ_age uFrameWeights(age) · stack(frames − 1 − age).
 * @param clock of the frames that the stack holds: an index into the plan's memories.
 */
export function emitTemporal(
  { shape, weights, memory }: Temporal,
  clock: number,
  scope: TensorScope,
): EmittedBody {
  const { slot } = scope.sourceOf(0);
  const lane = frameLane(stackShape(shape, memory.frames).length);
  const read =
    lane === null
      ? [`vec4 v = vec4(element${slot}(p, ${memory.frames - 1} - age));`]
      : [
          'ivec4 q = p;',
          `q.${lane} += (${memory.frames - 1} - age) * uSpaceOut.${lane};`,
          `vec4 v = texel${slot}(q, c4);`,
        ];
  const main = [
    `  for (int age = 0; age < ${memory.frames}; age++) {`,
    ...read.map((line) => `    ${line}`),
    '    result += uFrameWeights[age >> 2][age & 3] * v;',
    '  }',
  ];
  const values = new Float32Array(MOST_FRAMES);
  const uniform: UniformValue = {
    name: 'uFrameWeights',
    type: 'vec4',
    values,
    update: (momentOf) => {
      values.set(weightsNow(weights, momentOf(clock)));
    },
  };
  return {
    functions: `uniform vec4 uFrameWeights[${MOST_FRAMES / 4}]; // the newest first`,
    main: main.join('\n'),
    tables: [],
    uniforms: [uniform],
  };
}

/** expression(previous, inputs …), and first(inputs …) where there is no frame before. */
export function emitRecurrence({ inputs, expression, first }: Recurrence, scope: TensorScope): EmittedBody {
  const { lines, names, isPlaced } = emitReads(inputs.length + 1, scope);
  const main = [
    ...lines,
    `  if (${IS_FIRST}) {`,
    `    result = ${emitExpression(first, names, scope.constants)};`,
    '  } else {',
    `    result = ${emitExpression(expression, names, scope.constants)};`,
    '  }',
  ];
  return { functions: '', main: main.join('\n'), tables: [], isPlaced };
}
