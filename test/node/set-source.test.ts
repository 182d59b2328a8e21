/** One source after another as one: times that go on, frames that say where they are from, nothing left open. */
import { beforeEach, describe, expect, test, vi, afterEach } from 'vitest';
import { PipelineError } from '../../src/core/errors.ts';
import { isSettled, Ledger } from '../../src/core/ledger.ts';
import { FrameLease } from '../../src/frames/frame-lease.ts';
import type { FrameObserver, FrameSource } from '../../src/frames/frame-source.ts';
import { Timeline } from '../../src/frames/timeline.ts';
import { SourceSwitch } from '../../src/frames/worker/source-switch.ts';
import { FakeFrame } from './fakes/fake-frame.ts';

let nowMs: number;
beforeEach(() => {
  nowMs = 1000;
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
});
afterEach(() => {
  vi.restoreAllMocks();
});

class HandSource implements FrameSource {
  observer: FrameObserver | null = null;
  stops = 0;
  refusal: Error | null = null;

  start(observer: FrameObserver): () => void {
    if (this.refusal !== null) throw this.refusal;
    this.observer = observer;
    return () => {
      this.stops++;
    };
  }
}

describe('a timeline', () => {
  const row = (times: readonly (number | 'restart')[], stepMs = 40): number[] => {
    const timeline = new Timeline();
    const seen: number[] = [];
    for (const time of times) {
      if (time === 'restart') {
        timeline.restart();
        continue;
      }
      nowMs += stepMs;
      seen.push(timeline.at(time, nowMs));
      timeline.reach(seen.at(-1)!, nowMs);
    }
    return seen;
  };

  test('keeps the times of one source, backwards too', () => {
    expect(row([7, 40_007, 3, 90_000])).toEqual([7, 40_007, 3, 90_000]);
  });

  test.each([
    ['a little later', 1_540_000, 1_540_000],
    ['a second later, less than a step', 2_080_000, 2_080_000],
    ['more than a second beyond', 2_080_001, 1_080_000],
    ['at the same time', 1_040_000, 1_080_000],
    ['earlier', 1_039_000, 1_080_000],
    ['from zero', 0, 1_080_000],
    ['from long ago', -50_000_000, 1_080_000],
  ])('another source that begins %s', (_, begins, here) => {
    expect(row([1_000_000, 1_040_000, 'restart', begins, begins + 40_000])).toEqual([1_000_000, 1_040_000, here, here + 40_000]); // prettier-ignore
  });

  test('goes on by at least a microsecond, and begins with what comes', () => {
    expect(row([5, 'restart', 5, 'restart', 5], 0)).toEqual([5, 6, 7]);
    expect(row(['restart', 77])).toEqual([77]);
    expect(new Timeline().expected(99)).toBe(0);
  });
});

describe('sources in turn', () => {
  let ledger: Ledger;
  let leases: FrameLease[];
  let ends: (PipelineError | null)[];
  beforeEach(() => {
    [ledger, leases, ends] = [new Ledger(), [], []];
  });
  afterEach(() => {
    for (const lease of leases) lease.release();
    expect(isSettled(ledger.balance())).toBe(true);
  });

  const begin = (first: FrameSource) => {
    const sources = new SourceSwitch(first, (error) => ends.push(error));
    const end = vi.fn();
    const stop = sources.start({ frame: (lease) => leases.push(lease), end });
    return { sources, stop, end };
  };
  const send = (source: HandSource, timestampUs: number): FakeFrame => {
    nowMs += 40;
    const frame = new FakeFrame(timestampUs);
    source.observer!.frame(frame.lease(ledger));
    return frame;
  };

  test('frames of the first are as they came', () => {
    const first = new HandSource();
    const { stop, sources } = begin(first);
    expect(sources.current).toBe(first);
    send(first, 5);
    expect(leases.map(({ timestampUs, sequence }) => [timestampUs, sequence])).toEqual([[5, 0]]);
    stop();
    expect(first.stops).toBe(1);
    expect(send(first, 50).closed).toBe(1);
  });

  test('those of the next go on, and the old one is stopped and not heard any more', () => {
    const [first, second, third] = [new HandSource(), new HandSource(), new HandSource()];
    const { stop, sources } = begin(first);
    send(first, 1_000_000);
    sources.switchTo(second);
    expect(first.stops).toBe(1);
    expect(send(first, 1_040_000).closed).toBe(1);
    first.observer!.end(null);
    send(second, 7);
    send(second, 40_007);
    sources.switchTo(third);
    send(third, 1_200_000);
    expect(leases.map(({ timestampUs, sequence }) => [timestampUs, sequence])).toEqual([[1_000_000, 0], [1_080_000, 1], [1_120_000, 1], [1_200_000, 2]]); // prettier-ignore
    expect(ends).toEqual([]);
    stop();
    expect([first.stops, second.stops, third.stops]).toEqual([1, 1, 1]);
  });

  test('one that begins again goes on as another sequence, as a clip that loops', () => {
    const first = new HandSource();
    begin(first);
    for (const us of [0, 40_000, 80_000, 0, 40_000, 0]) send(first, us);
    expect(leases.map(({ timestampUs, sequence }) => [timestampUs, sequence])).toEqual([[0, 0], [40_000, 0], [80_000, 0], [120_000, 1], [160_000, 1], [200_000, 2]]); // prettier-ignore
  });

  test('one that refuses leaves the old one as it was', () => {
    const [first, second] = [new HandSource(), new HandSource()];
    second.refusal = new TypeError('no such track');
    const { sources, stop } = begin(first);
    expect(() => {
      sources.switchTo(second);
    }).toThrow('no such track');
    send(first, 5);
    expect([leases.length, first.stops, sources.current === first]).toEqual([1, 0, true]);
    stop();
    expect(first.stops).toBe(1);
  });

  test('the end of one is told, and others may follow', () => {
    const [first, second] = [new HandSource(), new HandSource()];
    const { sources, end } = begin(first);
    const unplugged = new PipelineError('track-ended', 'unplugged');
    first.observer!.end(unplugged);
    expect(ends).toEqual([unplugged]);
    sources.switchTo(second);
    send(second, 5);
    second.observer!.end(null);
    expect(ends).toEqual([unplugged, null]);
    expect(end).not.toHaveBeenCalled();
    expect(leases.length).toBe(1);
  });

  test('a lead-in stays one', () => {
    const [first, second] = [new HandSource(), new HandSource()];
    const { sources } = begin(first);
    sources.switchTo(second);
    const frame = new FakeFrame(5);
    second.observer!.frame(new FrameLease(frame.asVideoFrame, 5, ledger, { isLeadIn: true }));
    expect(leases.map(({ isLeadIn, sequence }) => [isLeadIn, sequence])).toEqual([[true, 1]]);
  });
});
