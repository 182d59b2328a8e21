/** How large frames are: upright, as they are shown, and at the shares of the ladder. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fullSizeOf, sizeAtScale } from '../../src/core/frame-size.ts';
import { SCALES } from '../../src/schedule/budget.ts';

const frame = (width: number, height: number, more: Readonly<{ displayWidth?: number; displayHeight?: number; rotation?: number }> = {}) =>
  ({ visibleRect: { width, height }, displayWidth: width, displayHeight: height, ...more }); // prettier-ignore

describe('full size', () => {
  test.each([
    ['as it comes', frame(640, 480), 640, 480],
    ['shown smaller', frame(960, 720, { displayWidth: 640, displayHeight: 480 }), 640, 480],
    ['shown wider: its own pixels', frame(1440, 1080, { displayWidth: 1920 }), 1440, 1080],
    ['shown narrower', frame(1440, 1080, { displayWidth: 1080 }), 1080, 1080],
    ['turned a quarter', frame(640, 480, { displayWidth: 480, displayHeight: 640, rotation: 90 }), 480, 640],
    ['turned half', frame(640, 480, { rotation: 180 }), 640, 480],
    ['turned and shown smaller', frame(960, 720, { displayWidth: 480, displayHeight: 640, rotation: 270 }), 480, 640], // prettier-ignore
    ['a bitmap', { width: 33, height: 17 }, 33, 17],
    ['a closed frame', { ...frame(0, 0), visibleRect: null }, 0, 0],
  ])('%s', (_name, one, width, height) => {
    expect(fullSizeOf(one)).toEqual({ width, height });
  });
});

describe('at a scale', () => {
  test.each([
    [1280, 720, [[1280, 720], [960, 540], [640, 360], [480, 270], [320, 180]]],
    [637, 359, [[637, 359], [478, 269], [319, 180], [239, 135], [159, 90]]],
    [1, 2, [[1, 2], [1, 2], [1, 2], [1, 2], [1, 2]]],
  ] as const)('%i×%i', (width, height, sizes) => {
    expect(SCALES.map((scale) => sizeAtScale({ width, height }, scale))).toEqual(
      sizes.map(([w, h]) => ({ width: w, height: h })),
    );
  }); // prettier-ignore

  test('even sides stay even, none vanishes, none grows, and it is off by a pixel at the most', () => {
    const side = fc.integer({ min: 1, max: 16384 });
    fc.assert(
      fc.property(side, side, fc.constantFrom(...SCALES), (width, height, scale) => {
        const size = sizeAtScale({ width, height }, scale);
        for (const [full, now] of [[width, size.width], [height, size.height]] as const) {
          expect(now).toBeGreaterThanOrEqual(1);
          expect(now).toBeLessThanOrEqual(full);
          if (full % 2 === 0) expect(now % 2).toBe(0);
          if (full > 3) expect(Math.abs(now - full * scale)).toBeLessThanOrEqual(1);
        }
      }),
    );
  }); // prettier-ignore
});
