import { describe, expect, test } from 'vitest';
import { outputTimes } from '../../src/clips/frame-rate.ts';

const WHOLE = { startS: 0, endS: Infinity };

describe('each frame at its own time', () => {
  test('as long as it is shown', () => {
    expect(outputTimes({ timestampS: 1, untilS: 1.5 }, WHOLE, 'keep')).toEqual([
      { timestampS: 1, durationS: 0.5 },
    ]);
  });

  test('the part of it that is within the range, which begins at 0', () => {
    const range = { startS: 2, endS: 3 };
    expect(outputTimes({ timestampS: 1.75, untilS: 2.25 }, range, 'keep')).toEqual([
      { timestampS: 0, durationS: 0.25 },
    ]);
    expect(outputTimes({ timestampS: 2.75, untilS: 3.25 }, range, 'keep')).toEqual([
      { timestampS: 0.75, durationS: 0.25 },
    ]);
    expect(outputTimes({ timestampS: 1, untilS: 2 }, range, 'keep')).toEqual([]);
    expect(outputTimes({ timestampS: 3, untilS: 4 }, range, 'keep')).toEqual([]);
  });

  test('one that began before the clip does begins with it', () => {
    expect(outputTimes({ timestampS: -0.02, untilS: 0.02 }, WHOLE, 'keep')).toEqual([
      { timestampS: 0, durationS: 0.02 },
    ]);
  });
});

describe('at a steady rate', () => {
  const ticksOf = (times: readonly number[], frameRate: number) =>
    times
      .slice(0, -1)
      .map((timestampS, i) =>
        outputTimes({ timestampS, untilS: times[i + 1] ?? 0 }, WHOLE, frameRate).map((one) =>
          Math.round(one.timestampS * frameRate),
        ),
      );

  test('half as many: every second one', () => {
    const times = Array.from({ length: 9 }, (_, i) => i / 30);
    expect(ticksOf(times, 15)).toEqual([[0], [], [1], [], [2], [], [3], []]);
  });

  test('twice as many: each twice', () => {
    const times = Array.from({ length: 4 }, (_, i) => i / 30);
    expect(ticksOf(times, 60)).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
    ]);
  });

  test('irregular frames: every tick once, of the frame that is shown then', () => {
    expect(ticksOf([0, 0.03, 0.35, 0.4, 1], 10)).toEqual([[0], [1, 2, 3], [], [4, 5, 6, 7, 8, 9]]);
  });

  test('times that are rounded, as those of WebM: none is missing, none is doubled', () => {
    const times = Array.from({ length: 301 }, (_, i) => Math.round((1000 * i) / 30) / 1000);
    const ticks = ticksOf(times, 30).flat();
    expect(ticks).toEqual(Array.from({ length: 300 }, (_, i) => i));
  });
});
