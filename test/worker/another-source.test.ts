/** Another source under way: the track stays, the old source goes on until the new one is there, and is let go then. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Pipeline, PipelineOptions, PipelineStats } from '../../src/session/open-pipeline.ts';
import type { SourceOptions } from '../../src/session/source-types.ts';
import { grey, numberedCamera, TrackWatcher } from '../support/numbered-track.ts';
import { ownWorkers } from './own-workers.ts';
import { openTracked, statsWhen, statusWhen, stopAll } from './run-pipeline.ts';
import { spyOnCamera, type CameraSpy } from './spy-camera.ts';
import clipUrl from '../fixtures/rabbit-160x120.webm?url';

const shows = (count: number) => (stats: PipelineStats) => stats.shown >= count;
const camera = { kind: 'camera', width: 320, height: 240 } as const;
const pattern = { kind: 'pattern', width: 64, height: 48 } as const;
const video = { kind: 'video', url: clipUrl } as const;

let spy: CameraSpy;

beforeEach(() => {
  spy = spyOnCamera();
});

afterEach(async () => {
  await stopAll();
  vi.restoreAllMocks();
  expect(spy.live()).toBe(0);
});

/** Frames come, of the source that they are said to be of. */
async function comesFrom(pipeline: Pipeline, kind: SourceOptions['kind']): Promise<void> {
  await statusWhen(pipeline, 'running');
  const { shown } = await pipeline.stats();
  const stats = await statsWhen(pipeline, shows(shown + 3));
  expect(stats.source).toBe(kind);
}

test('from camera to video to pattern to camera, on one track, each let go in its turn', async () => {
  const pipeline = openTracked({ source: camera });
  const track = await pipeline.track;
  const { id } = track;
  const states: string[] = [];
  pipeline.state$.subscribe(({ status }) => states.push(status));
  const watcher = new TrackWatcher(track);
  await comesFrom(pipeline, 'camera');
  for (const source of [video, pattern, camera]) {
    await pipeline.setSource(source);
    await comesFrom(pipeline, source.kind);
    expect(spy.live() > 0).toBe(source.kind === 'camera');
  }
  watcher.stop();
  expect((await pipeline.track).id).toBe(id);
  expect(track.readyState).toBe('live');
  const times = watcher.seen.map(({ timestampUs }) => timestampUs);
  expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
  expect(new Set(watcher.seen.map(({ width }) => width))).toEqual(new Set([320, 160, 64]));
  expect(states).toEqual(['running']);
});

test('no frame of the old one comes after the new one, and none is raw', async () => {
  const [first, second] = [numberedCamera(0), numberedCamera(30_000)];
  const pipeline = openTracked({ source: { kind: 'track', track: first.track }, filter: grey });
  const watcher = new TrackWatcher(await pipeline.track);
  await statsWhen(pipeline, shows(10));
  await pipeline.setSource({ kind: 'track', track: second.track });
  await vi.waitFor(() => { expect(watcher.seen.at(-1)?.number).toBeGreaterThan(30_005); }, { timeout: 5000 }); // prettier-ignore
  watcher.stop();
  const numbers = watcher.seen.map(({ number }) => number ?? NaN);
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
  expect(watcher.seen.filter(({ isRaw, isBlack }) => isRaw || isBlack)).toEqual([]);
  // They are somebody else's.
  expect([first, second].map(({ track }) => track.readyState)).toEqual(['live', 'live']);
  first.stop();
  second.stop();
});

describe('one that can not be opened', () => {
  test.each<[string, SourceOptions, Readonly<Record<string, unknown>>]>([
    ['a clip that is missing', { kind: 'video', url: '/nowhere.webm' }, { code: 'video-unreadable' }],
    ['a file that is no clip', { kind: 'video', file: new Blob(['no clip']) }, { code: 'video-unreadable' }],
    ['a camera that is refused', { ...camera, deviceId: 'refused' }, { code: 'camera-denied' }],
    ['wrong options', { kind: 'pattern', width: 3 }, { name: 'RangeError' }],
    ['an unknown kind', { kind: 'radio' } as unknown as SourceOptions, { name: 'TypeError' }],
  ])('%s: refused by name, and the old one goes on', async (_, source, error) => {
    spy.fault.of = ({ video: asked }) =>
      JSON.stringify(asked).includes('refused') ? 'NotAllowedError' : null;
    const pipeline = openTracked({ source: camera });
    await comesFrom(pipeline, 'camera');
    await expect(pipeline.setSource(source)).rejects.toMatchObject(error);
    await comesFrom(pipeline, 'camera');
    expect(await statusWhen(pipeline, 'running')).toBeTruthy();
  });
});

describe('a machine that opens one camera at a time', () => {
  /** Which device is asked for; '' for any. */
  const deviceIn = ({ video: asked }: MediaStreamConstraints) => JSON.stringify(asked);

  test('lets the old one go first', async () => {
    const pipeline = openTracked({ source: camera });
    const track = await pipeline.track;
    await comesFrom(pipeline, 'camera');
    spy.fault.of = () => (spy.live() > 0 ? 'NotReadableError' : null);
    await pipeline.setSource({ ...camera, width: 160, height: 120 });
    const { fullWidth } = await statsWhen(pipeline, (stats) => stats.fullWidth === 160);
    expect(fullWidth).toBe(160);
    await comesFrom(pipeline, 'camera');
    expect(track.readyState).toBe('live');
  });

  test('gets the old one back where the other one does not come', async () => {
    const pipeline = openTracked({ source: camera });
    await comesFrom(pipeline, 'camera');
    spy.fault.of = (asked) => (spy.live() > 0 || deviceIn(asked).includes('160') ? 'NotReadableError' : null);
    const change = pipeline.setSource({ ...camera, width: 160, height: 120 });
    await expect(change).rejects.toMatchObject({ code: 'camera-busy' });
    await comesFrom(pipeline, 'camera');
    expect((await pipeline.stats()).fullWidth).toBe(320);
  });

  test('waits for the old one where that does not come back either', async () => {
    const pipeline = openTracked({ source: camera });
    await comesFrom(pipeline, 'camera');
    spy.fault.of = () => 'NotReadableError';
    const change = pipeline.setSource({ ...camera, width: 160, height: 120 });
    await expect(change).rejects.toMatchObject({ code: 'camera-busy' });
    expect(await statusWhen(pipeline, 'interrupted')).toMatchObject({ error: { code: 'camera-busy' } });
    spy.fault.of = () => null;
    await statusWhen(pipeline, 'running');
    await comesFrom(pipeline, 'camera');
  });
});

describe("a caller's track", () => {
  test.each(['told', 'silently'])(
    'that ends, %s, is waited after until there is another source',
    async (how) => {
      const given = numberedCamera();
      const pipeline = openTracked({ source: { kind: 'track', track: given.track }, filter: grey });
      const track = await pipeline.track;
      await comesFrom(pipeline, 'track');
      given.stop();
      if (how === 'told') given.track.dispatchEvent(new Event('ended'));
      expect(await statusWhen(pipeline, 'interrupted')).toMatchObject({ error: { code: 'track-ended' } });
      await pipeline.setSource(pattern);
      await statusWhen(pipeline, 'running');
      await comesFrom(pipeline, 'pattern');
      expect(track.readyState).toBe('live');
    },
  );

  test('that is turned off gives black, and is on again', async () => {
    const { track: given, stop } = numberedCamera();
    const pipeline = openTracked({ source: { kind: 'track', track: given }, filter: grey });
    const watcher = new TrackWatcher(await pipeline.track);
    await comesFrom(pipeline, 'track');
    expect(watcher.seen.at(-1)?.isBlack).toBe(false);
    given.enabled = false;
    await vi.waitFor(() => { expect(watcher.seen.at(-1)?.isBlack).toBe(true); }, { timeout: 5000 }); // prettier-ignore
    given.enabled = true;
    await vi.waitFor(() => { expect(watcher.seen.at(-1)?.isBlack).toBe(false); }, { timeout: 5000 }); // prettier-ignore
    watcher.stop();
    await pipeline.stop();
    expect(given.readyState).toBe('live');
    stop();
  });

  test('that is none is refused by name', () => {
    const sound = new AudioContext().createMediaStreamDestination().stream.getAudioTracks()[0]!;
    const ended = numberedCamera();
    ended.stop();
    const openOn = (track: unknown) => () =>
      openTracked({ source: { kind: 'track', track: track as MediaStreamTrack } });
    expect(openOn(sound)).toThrow('options.source.track must be a track of video, got one of audio');
    expect(openOn(ended.track)).toThrow('options.source.track must be a track that has not ended');
    expect(openOn(undefined)).toThrow('options.source.track must be a MediaStreamTrack, got undefined');
  });
});

describe('the screen', () => {
  function offer(): NumberedScreen {
    const shown = numberedCamera();
    vi.spyOn(MediaDevices.prototype, 'getDisplayMedia').mockResolvedValue(new MediaStream([shown.track]));
    return shown;
  }
  type NumberedScreen = ReturnType<typeof numberedCamera>;

  test('is shown until the user ends it', async () => {
    const screen = offer();
    const pipeline = openTracked({ source: { kind: 'screen', width: 1280, height: 720 }, filter: grey });
    await comesFrom(pipeline, 'screen');
    expect(navigator.mediaDevices.getDisplayMedia).toHaveBeenCalledWith({
      video: { width: { max: 1280 }, height: { max: 720 } },
      audio: false,
    });
    screen.track.dispatchEvent(new Event('ended'));
    await statusWhen(pipeline, 'stopped');
    await vi.waitFor(() => { expect(screen.track.readyState).toBe('ended'); }); // prettier-ignore
    screen.stop();
  });

  test('that is not given is told in words', async () => {
    vi.spyOn(MediaDevices.prototype, 'getDisplayMedia').mockRejectedValue(
      new DOMException('', 'NotAllowedError'),
    );
    const pipeline = openTracked({ source: { kind: 'screen' } });
    expect(await statusWhen(pipeline, 'failed')).toMatchObject({ error: { code: 'screen-denied' } });
  });
});

test('a clip that was given itself is played', async () => {
  const file = await (await fetch(clipUrl)).blob();
  const pipeline = openTracked({ source: { kind: 'video', file } });
  await comesFrom(pipeline, 'video');
});

test('where only a <video> can read a track, one does', async () => {
  const given = numberedCamera();
  const Processor = Reflect.get(globalThis, 'MediaStreamTrackProcessor') as unknown;
  vi.stubGlobal('MediaStreamTrackProcessor', undefined);
  const pipeline = openTracked({ source: { kind: 'track', track: given.track }, filter: grey });
  const stats = await statsWhen(pipeline, shows(5));
  expect(stats.transport).toMatch(/^video → /);
  vi.stubGlobal('MediaStreamTrackProcessor', Processor);
  given.stop();
  await statusWhen(pipeline, 'interrupted');
  vi.unstubAllGlobals();
});

test('a volume comes and goes with its control', async () => {
  const pipeline = openTracked({ source: pattern });
  await comesFrom(pipeline, 'pattern');
  expect(pipeline.volume).toBeNull();
  const voxels = { shape: [4, 32, 32] as const, data: new Uint8Array(4 * 32 * 32).fill(99) };
  await pipeline.setSource({ kind: 'volume', voxels });
  expect(pipeline.volume).not.toBeNull();
  await comesFrom(pipeline, 'volume');
  await pipeline.volume?.goTo(2);
  await pipeline.setSource(pattern);
  expect(pipeline.volume).toBeNull();
});

test('of several that are asked for at once the last one stays', async () => {
  const pipeline = openTracked({ source: camera });
  await Promise.all([pattern, video, camera, pattern].map((source) => pipeline.setSource(source)));
  await comesFrom(pipeline, 'pattern');
  expect(spy.live()).toBe(0);
});

test('after the end it is refused', async () => {
  const pipeline = openTracked();
  await pipeline.stop();
  await expect(pipeline.setSource(pattern)).rejects.toMatchObject({ code: 'aborted' });
});

test('opened, switched and stopped in any order: no camera, no worker, no track is left', async () => {
  const { made, createWorker } = ownWorkers();
  const terminated = vi.spyOn(Worker.prototype, 'terminate');
  const faults: unknown[] = [];
  const sources: readonly SourceOptions[] = [camera, pattern, video];
  for (let i = 0; i < 24; i++) {
    const options: Partial<PipelineOptions> = { source: sources[i % 3]!, createWorker };
    const pipeline = openTracked(options);
    pipeline.diagnostics$.subscribe((fault) => faults.push(fault));
    const { track } = pipeline;
    track.catch(() => undefined);
    if (i % 4 > 0) await new Promise((resolve) => setTimeout(resolve, 37 * (i % 7)));
    const change = i % 2 === 0 ? pipeline.setSource(sources[(i + 1) % 3]!) : pipeline.setFilter(grey);
    change.catch(() => undefined);
    if (i % 5 === 0) await change.catch(() => undefined);
    await pipeline.stop();
    const made = await track.catch(() => null);
    if (made !== null) expect(made.readyState).toBe('ended');
  }
  // A worker that ends with a frame, a texture or a context open says so.
  expect(faults).toEqual([]);
  await vi.waitFor(() => {
    expect(new Set(terminated.mock.contexts)).toEqual(new Set(made));
    expect(spy.live()).toBe(0);
  });
});
