/** What cells tell of motion, and when it begins and ends, in marbles: a digit is hundredths of the picture. */
import { from, map, type Observable } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { describe, expect, test } from 'vitest';
import { tensor } from '../../src/core/tensor.ts';
import {
  motionEvents,
  motionOf,
  type MotionEvent,
  type MotionEventsOptions,
  type MotionSample,
} from '../../src/session/motion.ts';

describe('motionOf', () => {
  const none = [0, 0, 0, 0, 0, 0, 0, 0];

  test('is the mean of all cells, and a box around those that move', () => {
    const cells = tensor([2, 4, 1], [0, 0.5, 0, 0, 0, 0, 1, 0]);
    expect(motionOf(cells)).toEqual({
      amount: 1.5 / 8,
      box: { x: 1 / 4, y: 0, width: 2 / 4, height: 1 },
    });
  });

  test.each([
    [0, { x: 0, y: 0, width: 0.25, height: 0.5 }],
    [3, { x: 0.75, y: 0, width: 0.25, height: 0.5 }],
    [6, { x: 0.5, y: 0.5, width: 0.25, height: 0.5 }],
  ])('finds one cell, the %s.', (index, box) => {
    expect(motionOf(tensor([2, 4], none.with(index, 1))).box).toEqual(box);
  });

  test('has no box where nothing moves, nor for the odd pixel, which counts all the same', () => {
    expect(motionOf(tensor([2, 4], none))).toEqual({ amount: 0, box: null });
    const odd = motionOf(tensor([2, 4], none.with(5, 0.08)));
    expect(odd.box).toBeNull();
    expect(odd.amount).toBeCloseTo(0.01, 6);
  });

  test('is of the whole picture where all of it moves', () => {
    expect(
      motionOf(
        tensor(
          [2, 4, 1],
          none.map(() => 1),
        ),
      ),
    ).toEqual({
      amount: 1,
      box: { x: 0, y: 0, width: 1, height: 1 },
    });
  });

  test('refuses what is no grid of cells', () => {
    expect(() => motionOf(tensor([4], [0, 0, 0, 0]))).toThrow(
      'cells must be of shape [rows, columns] or [rows, columns, 1], got [4]',
    );
    expect(() => motionOf(tensor([2, 2, 2], none))).toThrow('got [2, 2, 2]');
    expect(() => motionOf(none as never)).toThrow('cells must be a tensor');
  });
});

describe('motionEvents', () => {
  /** Each mark is a frame of 100 ms; a digit moves so many hundredths, '-' is no frame. */
  function scene(
    options: MotionEventsOptions,
    run: (expectEvents: (amounts: string) => { toBe: (events: string) => void }) => void,
  ): void {
    const scheduler = new TestScheduler((actual, expected) => {
      expect(actual).toEqual(expected);
    });
    scheduler.run(({ hot, expectObservable }) => {
      run((amounts) => {
        const samples: Observable<MotionSample> = hot(amounts).pipe(
          map((digit) => ({
            timestampUs: 100_000 * scheduler.now(),
            amount: Number(digit) / 100,
            box: null,
          })),
        );
        const letters = samples.pipe(
          motionEvents(options),
          map(({ type }: MotionEvent) => (type === 'motionstart' ? 'S' : 'E')),
        );
        return { toBe: (events) => expectObservable(letters).toBe(events) };
      });
    });
  }

  test('begins at once, and ends when it has been calm for long enough', () => {
    scene({}, (expectEvents) => {
      expectEvents('00550500000000|').toBe('--S--------E--|');
    });
  });

  test('an amount that wavers between the bars neither begins nor ends anything', () => {
    scene({ startAbove: 0.05, endBelow: 0.02, endAfterMs: 300 }, (expectEvents) => {
      expectEvents('03434|').toBe('-----|');
      expectEvents('06343434343|').toBe('-S---------|');
      expectEvents('06110113111|').toBe('-S---E-----|');
      expectEvents('06113113110|').toBe('-S---------|');
    });
  });

  test('the bars themselves are neither above nor below', () => {
    scene({ startAbove: 0.05, endBelow: 0.05, endAfterMs: 0 }, (expectEvents) => {
      expectEvents('556554|').toBe('--S--E|');
    });
  });

  test('the time is that of the frames: those that did not come count', () => {
    scene({ endAfterMs: 400 }, (expectEvents) => {
      expectEvents('5-0-------0|').toBe('S---------E|');
      expectEvents('5-0-5-----0|').toBe('S----------|');
    });
  });

  test('begins again after an end', () => {
    scene({ endAfterMs: 200 }, (expectEvents) => {
      expectEvents('5000500005|').toBe('S--ES--E-S|');
    });
  });

  test('passes errors on, and each subscriber has a motion of its own', () => {
    scene({ endAfterMs: 100 }, (expectEvents) => {
      expectEvents('05-#').toBe('-S-#');
      expectEvents('0500|').toBe('-S-E|');
    });
  });

  function told(samples: readonly MotionSample[]): readonly MotionEvent[] {
    const events: MotionEvent[] = [];
    from(samples)
      .pipe(motionEvents())
      .subscribe((event) => events.push(event));
    return events;
  }

  test('tells the time, the amount and the box of the frame', () => {
    const box = { x: 0.25, y: 0, width: 0.5, height: 1 };
    const samples = [
      { timestampUs: 1000, amount: 0.5, box },
      { timestampUs: 2000, amount: 0, box: null },
      { timestampUs: 502_000, amount: 0.005, box: null },
    ];
    expect(told(samples)).toEqual([
      { type: 'motionstart', timestampUs: 1000, amount: 0.5, box },
      { type: 'motionend', timestampUs: 502_000, amount: 0.005, box: null },
    ]);
  });

  test('a clip that starts over is calm from there on', () => {
    const sample = (ms: number, amount: number) => ({ timestampUs: 1000 * ms, amount, box: null });
    const samples = [sample(9000, 0.5), sample(9100, 0), sample(0, 0), sample(499, 0), sample(500, 0)];
    expect(told(samples).map(({ type, timestampUs }) => [type, timestampUs])).toEqual([
      ['motionstart', 9_000_000],
      ['motionend', 500_000],
    ]);
  });

  test.each([
    [{ startAbove: 0 }, 'options.startAbove must be > 0 and ≤ 1, got 0'],
    [{ startAbove: 1.5 }, 'options.startAbove must be > 0 and ≤ 1, got 1.5'],
    [{ startAbove: Number.NaN }, 'options.startAbove must be a finite number, got NaN'],
    [{ endBelow: 0.03 }, 'options.endBelow must be > 0 and ≤ 0.02, got 0.03'],
    [{ endBelow: 0 }, 'options.endBelow must be > 0 and ≤ 0.02, got 0'],
    [{ endAfterMs: -1 }, 'options.endAfterMs must be 0 to 60000 ms, got -1'],
    [{ endAfterMs: Infinity }, 'options.endAfterMs must be a finite number, got Infinity'],
  ])('refuses %j', (options, message) => {
    expect(() => motionEvents(options)).toThrow(message);
  });

  test('takes a bar below the default end', () => {
    expect(() => motionEvents({ startAbove: 0.005 })).not.toThrow();
  });
});
