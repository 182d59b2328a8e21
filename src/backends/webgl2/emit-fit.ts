/**
 * A plane as it came → as a plan reads it: smaller, upright, in the plan's layout. Each pixel is the mean of its taps,
 * spread evenly over what it covers, and each tap is interpolated: where a pixel covers 2×2 texels one tap between them
 * is their mean, where it covers 4×4 so are four taps. Sizes and turns are uniforms.
 */
import { assert } from '../../core/assert.ts';
import type { TexelLayout } from '../../plan/plan.ts';
import { BYTES, PACK16 } from './packed16-texels.ts';

/** Taps of a pixel. */
export type FitTaps = 1 | 4;

export function emitFit(layout: TexelLayout, taps: FitTaps): string {
  return [
    '#version 300 es',
    'precision highp float;',
    'precision highp int;',
    'uniform highp sampler2D uRaw;',
    'uniform vec4 uStep; // what a pixel to the right and a pixel down are there',
    'uniform vec2 uStart; // where the middle of the first pixel is there',
    emitSample(taps),
    ...emitMain(layout),
  ].join('\n');
}

function emitSample(taps: FitTaps): string {
  const at = 'vec2 at = uStart + p.x * uStep.xy + p.y * uStep.zw;';
  if (taps === 1) return `vec4 fit(vec2 p) {\n  ${at}\n  return texture(uRaw, at);\n}`;
  return `vec4 fit(vec2 p) {
  ${at}
  vec2 a = 0.25 * (uStep.xy + uStep.zw);
  vec2 b = 0.25 * (uStep.xy - uStep.zw);
  return 0.25 * (texture(uRaw, at - a) + texture(uRaw, at + a) + texture(uRaw, at - b) + texture(uRaw, at + b));
}`;
}

function emitMain(layout: TexelLayout): string[] {
  switch (layout) {
    case 'packed16':
      return [
        PACK16,
        'vec4 bytes(vec2 p) {',
        '  return vec4(fit(p).x, fit(p + vec2(4.0, 0.0)).x, fit(p + vec2(8.0, 0.0)).x, fit(p + vec2(12.0, 0.0)).x);',
        '}',
        'out uvec4 outColor;',
        'void main() {',
        '  vec2 p = floor(gl_FragCoord.xy) * vec2(16.0, 1.0);',
        `  outColor = pack16(${BYTES.map((byte) => `bytes(p + vec2(${byte}.0, 0.0))`).join(', ')});`,
        '}',
      ];
    case 'packed4':
      return [
        'out vec4 outColor;',
        'void main() {',
        '  vec2 p = floor(gl_FragCoord.xy) * vec2(4.0, 1.0);',
        `  outColor = vec4(${[0, 1, 2, 3].map((lane) => `fit(p + vec2(${lane}.0, 0.0)).x`).join(', ')});`,
        '}',
      ];
    default:
      assert(layout === 'rgba' || layout === 'single', 'frames come as planes or as colours');
      return ['out vec4 outColor;', 'void main() {', '  outColor = fit(floor(gl_FragCoord.xy));', '}'];
  }
}
