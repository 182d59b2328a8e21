/** The pipeline's own track: what it tells, what is in it, and that it lives as long as the pipeline. */
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { none } from '../../pipelines/index.ts';
import type { PipelineStats } from '../../src/session/open-pipeline.ts';
import {
  CAMERA_COLOR,
  grey,
  numberedCamera,
  soft,
  TrackWatcher,
  type NumberedCamera,
} from '../support/numbered-track.ts';
import { ownWorkers } from './own-workers.ts';
import { open, openTracked, statsWhen, statusWhen, stopAll } from './run-pipeline.ts';

const shows = (count: number) => (stats: PipelineStats) => stats.shown >= count;
const cameras: NumberedCamera[] = [];
const watchers: TrackWatcher[] = [];

function camera(from?: number, fps?: number): NumberedCamera {
  const made = numberedCamera(from, fps);
  cameras.push(made);
  return made;
}

function watch(track: MediaStreamTrack): TrackWatcher {
  const watcher = new TrackWatcher(track);
  watchers.push(watcher);
  return watcher;
}

afterEach(async () => {
  for (const watcher of watchers.splice(0)) watcher.stop();
  await stopAll();
  for (const made of cameras.splice(0)) made.stop();
  vi.unstubAllGlobals();
});

const RUNGS = ['MediaStreamTrackGenerator', 'canvas.captureStream'] as const;

/** Leaves the browser what is below it. */
function standOn(rung: (typeof RUNGS)[number]): void {
  // The camera is one too.
  if (rung === 'canvas.captureStream') vi.stubGlobal('MediaStreamTrackGenerator', undefined);
}

describe.each(RUNGS)('%s', (rung) => {
  test('has every frame once, in order, at its time, in its size, and tells the truth', async () => {
    const { track: source } = camera();
    standOn(rung);
    const pipeline = openTracked({ source: { kind: 'track', track: source }, filter: grey });
    const track = await pipeline.track;
    expect(track).toMatchObject({ kind: 'video', readyState: 'live', contentHint: 'motion' });
    const { seen } = watch(track);
    await vi.waitFor(() => { expect(seen.length).toBeGreaterThan(40); }, { timeout: 10_000 }); // prettier-ignore
    const frames = seen.slice(5);
    const numbers = frames.map(({ number }) => number ?? NaN);
    expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
    const times = frames.map(({ timestampUs }) => timestampUs);
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
    // By the frames' numbers, for some may be missing: a thirtieth of a second each.
    const perFrameUs = (times.at(-1)! - times[0]!) / (numbers.at(-1)! - numbers[0]!);
    expect(perFrameUs).toBeGreaterThan(30_000);
    expect(perFrameUs).toBeLessThan(37_000);
    expect(frames.every(({ isRaw }) => !isRaw)).toBe(true);
    expect(frames[0]).toMatchObject({ width: 320, height: 240 });
    const settings = track.getSettings();
    expect(settings).toMatchObject({ width: 320, height: 240 });
    expect(settings.frameRate).toBeGreaterThan(20);
    expect(settings.frameRate).toBeLessThan(34);
    expect(track.clone().getSettings()).toMatchObject({ width: 320, height: 240 });
  });

  test('has the colours that came in', async () => {
    const { track: source } = camera();
    standOn(rung);
    const pipeline = openTracked({ source: { kind: 'track', track: source }, filter: none });
    const { seen } = watch(await pipeline.track);
    await vi.waitFor(() => { expect(seen.length).toBeGreaterThan(5); }, { timeout: 10_000 }); // prettier-ignore
    const { color, colorSpace } = seen.at(-1)!;
    expect(colorSpace.matrix).toMatch(/^(bt709|smpte170m|rgb)$/);
    color.forEach((level, i) => {
      expect(Math.abs(level - CAMERA_COLOR[i]!), color.join(' ')).toBeLessThan(8);
    });
  });

  test('stopped by whoever has it, with its clones: the pipeline ends and lets its source go', async () => {
    standOn(rung);
    const pipeline = openTracked({ source: { kind: 'camera', width: 320, height: 240 }, filter: grey });
    const track = await pipeline.track;
    const clone = track.clone();
    track.stop();
    const { shown } = await pipeline.stats();
    await statsWhen(pipeline, shows(shown + 3));
    clone.stop();
    await statusWhen(pipeline, 'stopped');
    expect(pipeline.camera).toBeNull();
  });

  test('keeps its id over filters and sources', async () => {
    const { track: source } = camera();
    standOn(rung);
    const pipeline = openTracked({ source: { kind: 'track', track: source }, filter: grey });
    const track = await pipeline.track;
    await pipeline.setSource({ kind: 'pattern', width: 320, height: 240 });
    await pipeline.setFilter(none);
    expect(await pipeline.track).toBe(track);
    expect(track.readyState).toBe('live');
    await pipeline.stop();
    expect(track.readyState).toBe('ended');
  });
});

describe("VideoTrackGenerator in a worker, against a fake in the specification's shape", () => {
  type Written = Readonly<{ timestamp: number; width: number; height: number }>;

  /** What is transferred in a track's place has none of its methods. */
  function lendMethods(): void {
    const port = MessagePort.prototype as MessagePort & Partial<MediaStreamTrack>;
    const methods = {
      getSettings: () => ({}),
      clone: () => new MessageChannel().port1,
      stop(this: MessagePort) {
        this.postMessage('stopped');
      },
    };
    Object.assign(port, methods, { readyState: 'live' });
    onTestFinished(() => {
      for (const name of [...Object.keys(methods), 'readyState']) Reflect.deleteProperty(port, name);
    });
  }

  async function opened() {
    lendMethods();
    const pipeline = openTracked({
      createWorker: () =>
        new Worker(new URL('./fake-generator.worker.ts', import.meta.url), { type: 'module' }),
    });
    const track = (await pipeline.track) as unknown as MessagePort & MediaStreamTrack;
    const written: (Written | 'closed')[] = [];
    track.onmessage = ({ data }: MessageEvent<Written | 'closed'>) => written.push(data);
    await vi.waitFor(() => { expect(written.length).toBeGreaterThan(20); }, { timeout: 10_000 }); // prettier-ignore
    return { pipeline, track, written };
  }

  test('comes first: its track is the one, and has the frames at their times', async () => {
    const { pipeline, track, written } = await opened();
    expect(track).toBeInstanceOf(MessagePort);
    expect(track.contentHint).toBe('motion');
    expect(track.getSettings()).toMatchObject({ width: 64, height: 48 });
    const frames = written.filter((one) => one !== 'closed');
    expect(frames[0]).toMatchObject({ width: 64, height: 48 });
    const times = frames.map(({ timestamp }) => timestamp);
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
    await pipeline.stop();
    await vi.waitFor(() => { expect(written.at(-1)).toBe('closed'); }); // prettier-ignore
  });

  test('stopped by whoever has the track: the pipeline ends', async () => {
    const { pipeline, track } = await opened();
    track.postMessage('stopped');
    await statusWhen(pipeline, 'stopped');
  });
});

describe('a switch of the filter', () => {
  test('shows no black, raw or repeated frame, twenty times', async () => {
    const { track: source } = camera();
    const pipeline = openTracked({ source: { kind: 'track', track: source }, filter: grey });
    const { seen } = watch(await pipeline.track);
    await statsWhen(pipeline, shows(10));
    for (let i = 0; i < 20; i++) {
      if (i % 2 === 0) await pipeline.setFilter(soft, { sigma: 1 + i / 20 });
      else await pipeline.setFilter(grey);
      const { shown } = await pipeline.stats();
      await statsWhen(pipeline, shows(shown + 2));
    }
    const numbers = seen.map(({ number }) => number);
    expect(numbers.length).toBeGreaterThan(40);
    expect(numbers).not.toContain(null);
    expect(numbers).toEqual([...new Set(numbers as number[])].sort((a, b) => a - b));
    expect(seen.filter(({ isRaw, isBlack }) => isRaw || isBlack)).toEqual([]);
  });
});

describe('where an element shows the frames', () => {
  test('a <video> shows the track', async () => {
    const output = document.createElement('video');
    const pipeline = open({ output });
    const track = await pipeline.track;
    expect((output.srcObject as MediaStream).getTracks()).toEqual([track]);
  });

  test("a <canvas>'s track is what it shows, and stopping that ends the pipeline", async () => {
    const pipeline = open({ source: { kind: 'pattern', width: 160, height: 120 } });
    const track = await pipeline.track;
    const { seen } = watch(track);
    await vi.waitFor(() => { expect(seen.length).toBeGreaterThan(3); }, { timeout: 5000 }); // prettier-ignore
    expect(seen.at(-1)).toMatchObject({ width: 160, height: 120 });
    expect(track.getSettings()).toMatchObject({ width: 160, height: 120 });
    watchers.splice(0)[0]?.stop();
    track.stop();
    await statusWhen(pipeline, 'stopped');
  });

  test('of both, it is that of the one that was chosen', async () => {
    const output = { canvas: document.createElement('canvas'), video: document.createElement('video') };
    const pipeline = open({ output });
    const track = await pipeline.track;
    const stats = await statsWhen(pipeline, shows(3));
    const ofVideo = (output.video.srcObject as MediaStream).getTracks()[0];
    expect(track === ofVideo).toBe(stats.output === 'video');
  });
});

describe('the promise of a track', () => {
  test('is refused with what the pipeline failed with, and nobody need listen', async () => {
    const pipeline = openTracked({ createWorker: () => new Worker('/nowhere.js', { type: 'module' }) });
    await expect(pipeline.track).rejects.toMatchObject({ code: 'worker-missing' });
  });

  test('is refused when the pipeline is stopped before', async () => {
    const pipeline = openTracked();
    const { track } = pipeline;
    await pipeline.stop();
    await expect(track).rejects.toMatchObject({ code: 'aborted' });
  });
});

test('contentHint is the one that was asked for, and a wrong one is refused by name', async () => {
  const pipeline = openTracked({ contentHint: 'detail' });
  expect((await pipeline.track).contentHint).toBe('detail');
  expect(() => openTracked({ contentHint: 'fast' as 'motion' })).toThrow(/options\.contentHint must be/);
});

test('no worker is left: one computes, one is the outlet, and both end', async () => {
  const { made, createWorker } = ownWorkers();
  const ended = vi.spyOn(Worker.prototype, 'terminate');
  const pipeline = openTracked({ createWorker });
  await pipeline.track;
  expect(made).toHaveLength(2);
  await pipeline.stop();
  expect(new Set(ended.mock.contexts)).toEqual(new Set(made));
});
