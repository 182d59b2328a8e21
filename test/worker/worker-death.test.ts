/** Workers that are killed under way: the track lives on, and what is seen of it meanwhile is what the policy says. */
import { firstValueFrom, take, toArray } from 'rxjs';
import { afterEach, describe, expect, test } from 'vitest';
import type { FailurePolicy } from '../../src/frames/failure-policy.ts';
import type { PipelineState, PipelineStats } from '../../src/session/open-pipeline.ts';
import { grey, numberedCamera, soft, TrackWatcher } from '../support/numbered-track.ts';
import { ownWorkers } from './own-workers.ts';
import { failureOf, open, openTracked, statsWhen, statusWhen, stopAll } from './run-pipeline.ts';

const shows = (count: number) => (stats: PipelineStats) => stats.shown >= count;

afterEach(stopAll);

/** A pipeline over a camera with numbers, and whoever looks at each frame of its track. */
async function run(failurePolicy: FailurePolicy) {
  const camera = numberedCamera();
  const { made, createWorker } = ownWorkers();
  const source = { kind: 'track', track: camera.track } as const;
  const pipeline = openTracked({ source, filter: soft, failurePolicy, createWorker });
  const track = await pipeline.track;
  const watcher = new TrackWatcher(track);
  await statsWhen(pipeline, shows(20));
  return {
    pipeline,
    track,
    seen: watcher.seen,
    made,
    end: () => {
      watcher.stop();
      camera.stop();
    },
  };
}

const statesOf = (states: readonly PipelineState[]) => states.map(({ status }) => status);

describe.each(['freeze', 'black', 'passthrough'] as const)(
  "a worker that is killed, under '%s'",
  (policy) => {
    test('is replaced, on the same track, and its filter and its parameters stay', async () => {
      const { pipeline, track, seen, made, end } = await run(policy);
      await pipeline.setFilter(grey);
      const before = await pipeline.stats();
      const told = firstValueFrom(pipeline.state$.pipe(take(3), toArray()));
      const killedMs = performance.now();
      made[0]?.terminate();
      expect(statesOf(await told)).toEqual(['running', 'interrupted', 'running']);
      const after = await statsWhen(pipeline, shows(before.shown + 5));
      expect(after.arrived).toBe(after.shown + after.dropped + after.pending);
      const isFiltered = ({ number, isRaw }: (typeof seen)[number]) => number !== null && !isRaw;
      const isBack = seen.find((frame) => frame.atMs > killedMs + 100 && isFiltered(frame))!;
      const meanwhile = seen.filter(({ atMs }) => atMs > killedMs + 100 && atMs < isBack.atMs);
      if (policy === 'passthrough') expect(meanwhile.some(({ isRaw }) => isRaw)).toBe(true);
      else expect(seen.filter(({ isRaw }) => isRaw)).toEqual([]);
      if (policy === 'freeze') expect(seen.filter(({ number }) => number === null)).toEqual([]);
      if (policy === 'black') expect(seen.filter(({ isBlack }) => isBlack).length).toBeGreaterThan(0);
      const times = seen.map(({ timestampUs }) => timestampUs);
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(await pipeline.track).toBe(track);
      expect(track.readyState).toBe('live');
      expect(made).toHaveLength(3);
      end();
    });
  },
);

test('the fourth death within half a minute is the last', async () => {
  const { pipeline, made, end } = await run('freeze');
  for (let i = 0; i < 3; i++) {
    const { shown } = await pipeline.stats();
    // The second one is the outlet.
    made[i === 0 ? 0 : i + 1]?.terminate();
    await statusWhen(pipeline, 'interrupted');
    await statusWhen(pipeline, 'running');
    await statsWhen(pipeline, shows(shown + 1));
  }
  made[4]?.terminate();
  expect(await failureOf(pipeline)).toMatchObject({ code: 'worker-crashed' });
  end();
});

test('a canvas goes with its worker', async () => {
  const { made, createWorker } = ownWorkers();
  const pipeline = open({ createWorker });
  await statsWhen(pipeline, shows(3));
  made[0]?.terminate();
  expect(await failureOf(pipeline)).toMatchObject({ code: 'worker-crashed' });
});

test('of a canvas and a video, the video is left', async () => {
  const { made, createWorker } = ownWorkers();
  const output = { canvas: document.createElement('canvas'), video: document.createElement('video') };
  const pipeline = open({ createWorker, output });
  const { shown } = await statsWhen(pipeline, shows(3));
  made[0]?.terminate();
  await statusWhen(pipeline, 'interrupted');
  const stats = await statsWhen(pipeline, shows(shown + 5));
  expect(stats.output).toBe('video');
});

test('a worker that hangs for two seconds is left alone', async () => {
  const made: Worker[] = [];
  const pipeline = openTracked({
    createWorker: () => {
      const worker = new Worker(new URL('./hanging.worker.ts', import.meta.url), { type: 'module' });
      made.push(worker);
      return worker;
    },
  });
  const before = await statsWhen(pipeline, shows(3));
  const states: string[] = [];
  const following = pipeline.state$.subscribe(({ status }) => states.push(status));
  const startMs = performance.now();
  made[0]?.postMessage({ hangMs: 2000 });
  await statsWhen(pipeline, shows(before.shown + 20));
  expect(performance.now() - startMs).toBeGreaterThan(2000);
  following.unsubscribe();
  expect(states).toEqual(['running']);
  expect(made).toHaveLength(2);
});

test('one that dies while a source is switched goes on with the new one', async () => {
  const { pipeline, made, end } = await run('freeze');
  const switched = pipeline.setSource({ kind: 'pattern', width: 64, height: 48 });
  made[0]?.terminate();
  await switched;
  const stats = await statsWhen(
    pipeline,
    ({ source, fullWidth }) => source === 'pattern' && fullWidth === 64,
  );
  expect(stats.source).toBe('pattern');
  end();
});
