import { describe, expect, test } from 'vitest';
import type { ClipFrame } from '../../src/clips/decode-clip.ts';
import { filterFrames, type FilterRun } from '../../src/clips/filter-frames.ts';
import { PipelineError } from '../../src/core/errors.ts';
import { isSettled, Ledger } from '../../src/core/ledger.ts';
import type { FrameFilter, FrameReach } from '../../src/engine/frame-filter.ts';
import { FrameLease } from '../../src/frames/frame-lease.ts';

const FRAME_MS = 100;
const FRAMES = 20;

const timeOf = (frame: number): number => (frame * FRAME_MS) / 1000;

/** What was done with the clip and the filter. */
type Log = { computed: number[]; decoded: [fromS: number, toS: number][]; rebuilt: number };

type Setting = Readonly<{
  reach?: FrameReach;
  hasMemory?: boolean;
  /** The device goes away with this computation, counted from 1. */
  lostAt?: number;
  run?: Partial<FilterRun>;
}>;

/** A frame as far as leases know it. */
function fakeFrame(ledger: Ledger): VideoFrame {
  const token = ledger.open('textures');
  const frame = {
    close: () => {
      token.release();
    },
    clone: () => fakeFrame(ledger),
  };
  return frame as unknown as VideoFrame;
}

async function* decode(ledger: Ledger, fromS: number, toS: number): AsyncGenerator<ClipFrame> {
  for (let frame = 0; frame < FRAMES; frame++) {
    const [timestampS, untilS] = [timeOf(frame), timeOf(frame + 1)];
    if (untilS <= fromS + 1e-9 || timestampS >= toS) continue;
    await Promise.resolve();
    yield {
      lease: new FrameLease(fakeFrame(ledger), Math.round(1e6 * timestampS), ledger),
      timestampS,
      untilS,
    };
  }
}

/** Which frames came out, by their numbers, and whether all was given back. */
async function run(setting: Setting): Promise<Readonly<{ shown: readonly number[]; log: Log }>> {
  const { reach = { before: 0, after: 0 }, hasMemory = reach.before > 0, lostAt = Infinity } = setting;
  const ledger = new Ledger();
  const log: Log = { computed: [], decoded: [], rebuilt: 0 };
  let computations = 0;
  const filter = {
    hasMemory,
    reach: () => reach,
    run: (lease: FrameLease<VideoFrame>, isShown: boolean) => {
      log.computed.push(Math.round(lease.timestampUs / 1000 / FRAME_MS));
      lease.release();
      if (++computations === lostAt)
        return Promise.reject(new PipelineError('context-lost', 'gone', { recoverable: true }));
      return Promise.resolve(isShown ? fakeFrame(ledger) : null);
    },
    rebuild: () => {
      log.rebuilt++;
      return Promise.resolve();
    },
  };
  const shown: number[] = [];
  const frames = filterFrames({
    filter: filter as unknown as FrameFilter,
    ledger,
    startS: 0,
    endS: Infinity,
    frameMs: FRAME_MS,
    decode: (fromS, toS) => {
      log.decoded.push([fromS, toS]);
      return decode(ledger, fromS, toS);
    },
    isWanted: () => true,
    ...setting.run,
  });
  for await (const { frame, timestampS, untilS } of frames) {
    expect(untilS - timestampS).toBeCloseTo(FRAME_MS / 1000);
    shown.push(Math.round((timestampS * 1000) / FRAME_MS));
    frame.close();
  }
  expect(isSettled(ledger.balance())).toBe(true);
  return { shown, log };
}

const all = Array.from({ length: FRAMES }, (_, frame) => frame);

describe('each frame once, at its own time', () => {
  test('of a filter that looks at one frame', async () => {
    const { shown, log } = await run({});
    expect(shown).toEqual(all);
    expect(log.computed).toEqual(all);
  });

  test('of one that looks ahead: the last frame stands for those that would follow', async () => {
    const { shown, log } = await run({ reach: { before: 2, after: 2 } });
    expect(shown).toEqual(all);
    expect(log.computed).toEqual([...all, FRAMES, FRAMES + 1]);
  });
});

describe('a part of the clip', () => {
  test('begins with the frames before it, and sees those behind it', async () => {
    const part = { startS: timeOf(8), endS: timeOf(12) };
    const { shown, log } = await run({ reach: { before: 3, after: 2 }, run: part });
    expect(shown).toEqual([8, 9, 10, 11]);
    expect(log.computed[0]).toBeLessThanOrEqual(5);
    expect(Math.max(...log.computed)).toBe(13);
  });

  test('what nobody wants is not computed, unless it is remembered', async () => {
    const isWanted = (timestampS: number): boolean => Math.round(timestampS * 10) % 2 === 0;
    const even = all.filter((frame) => frame % 2 === 0);
    const alone = await run({ run: { isWanted } });
    expect([alone.shown, alone.log.computed]).toEqual([even, even]);
    const remembering = await run({ reach: { before: 1, after: 0 }, run: { isWanted } });
    expect([remembering.shown, remembering.log.computed]).toEqual([even, all]);
  });
});

describe('a device that goes away', () => {
  test('a fresh one goes on with the frame that was lost', async () => {
    const { shown, log } = await run({ lostAt: 7 });
    expect(shown).toEqual(all);
    expect(log.rebuilt).toBe(1);
    expect(log.computed.slice(0, 9)).toEqual([0, 1, 2, 3, 4, 5, 6, 6, 7]);
  });

  test('from as far back as the filter remembers, and nothing comes out twice', async () => {
    const { shown, log } = await run({ reach: { before: 3, after: 1 }, lostAt: 11 });
    expect(shown).toEqual(all);
    expect(log.rebuilt).toBe(1);
    // 0 to 8 were out by then; 9 is computed with 6, 7 and 8 in mind.
    expect(log.computed[11]).toBeLessThanOrEqual(6);
  });

  test('one that does not stay ends the clip', async () => {
    const lost = new PipelineError('context-lost', 'gone', { recoverable: true });
    const filter = {
      hasMemory: false,
      reach: () => ({ before: 0, after: 0 }),
      rebuild: () => Promise.resolve(),
    };
    const ledger = new Ledger();
    const frames = filterFrames({
      filter: {
        ...filter,
        run: (lease: FrameLease<VideoFrame>) => {
          lease.release();
          return Promise.reject(lost);
        },
      } as unknown as FrameFilter,
      ledger,
      startS: 0,
      endS: Infinity,
      frameMs: FRAME_MS,
      decode: (fromS, toS) => decode(ledger, fromS, toS),
      isWanted: () => true,
    });
    await expect(frames.next()).rejects.toBe(lost);
    expect(isSettled(ledger.balance())).toBe(true);
  });
});
