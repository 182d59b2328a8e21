/** Tracks in, filtered tracks out, for whatever takes a track: who owns what, and how it ends. */
import type { VideoProcessorOptions } from 'livekit-client';
import { filter, firstValueFrom, timeout } from 'rxjs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { blur, edge, none } from '../../pipelines/index.ts';
import { convoluxTrack, processTrack } from '../../src/adapters/track.ts';
import { convoluxProcessor } from '../../src/adapters/livekit.ts';
import type { PipelineError } from '../../src/core/errors.ts';
import type { Pipeline } from '../../src/session/open-pipeline.ts';
import { statsWhen, statusWhen } from './run-pipeline.ts';

const SIZE = { width: 160, height: 120 } as const;
const opened: MediaStreamTrack[] = [];
/** Each filtered track that a test began, for one that fails before it ends it. */
const begun = new Set<MediaStreamTrack>();

afterEach(() => {
  for (const track of [...opened.splice(0), ...begun]) track.stop();
  begun.clear();
});

async function camera(): Promise<MediaStreamTrack> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: SIZE });
  const [track] = stream.getVideoTracks();
  if (track === undefined) throw new Error('the fake camera gave no track');
  opened.push(track);
  return track;
}

function soundTrack(): MediaStreamTrack {
  const [track] = new AudioContext().createMediaStreamDestination().stream.getAudioTracks();
  if (track === undefined) throw new Error('no sound here');
  opened.push(track);
  return track;
}

/** The mean level of what a track shows next. */
async function levelOf(track: MediaStreamTrack): Promise<number> {
  const video = document.createElement('video');
  video.muted = true;
  video.srcObject = new MediaStream([track]);
  await video.play();
  await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
  const context = new OffscreenCanvas(video.videoWidth, video.videoHeight).getContext('2d');
  if (context === null) throw new Error('no 2D canvas here');
  context.drawImage(video, 0, 0);
  const { data } = context.getImageData(0, 0, video.videoWidth, video.videoHeight);
  video.srcObject = null;
  return data.reduce((sum, level, i) => (i % 4 === 3 ? sum : sum + level), 0) / (data.length * 0.75);
}

/** As LiveKit gives them; its enumeration of kinds would bring all of LiveKit along. */
const optionsFor = (track: MediaStreamTrack): VideoProcessorOptions =>
  ({ kind: 'video', track }) as unknown as VideoProcessorOptions;

const endOf = (pipeline: Pipeline): Promise<string> =>
  firstValueFrom(
    pipeline.state$.pipe(
      filter(({ status }) => status === 'stopped' || status === 'failed'),
      timeout(10_000),
    ),
  ).then(({ status }) => status);

describe('processTrack', () => {
  test('gives a track of the same size that shows the filtered picture, and leaves the given one alone', async () => {
    const given = await camera();
    const { track, pipeline } = await processTrack(given, { filter: edge });
    begun.add(track);
    const faults: PipelineError[] = [];
    pipeline.diagnostics$.subscribe((error) => faults.push(error));
    await statsWhen(pipeline, ({ shown }) => shown >= 5);
    expect(track).not.toBe(given);
    expect(track).toMatchObject({ kind: 'video', readyState: 'live' });
    expect(track.getSettings()).toMatchObject(SIZE);
    const [raw, filtered] = [await levelOf(given), await levelOf(track)];
    expect(raw, 'the camera’s green').toBeGreaterThan(20);
    expect(filtered, 'the edges of next to nothing').toBeLessThan(raw / 2);
    await pipeline.stop();
    expect(track.readyState).toBe('ended');
    expect(given.readyState).toBe('live');
    expect(faults).toEqual([]);
  });

  test('stopping the track that came out ends all, and the given one goes on', async () => {
    const given = await camera();
    const { track, pipeline } = await processTrack(given, { filter: none });
    await statsWhen(pipeline, ({ shown }) => shown >= 3);
    track.stop();
    expect(await endOf(pipeline)).toBe('stopped');
    expect(given.readyState).toBe('live');
    expect(await levelOf(given)).toBeGreaterThan(20);
  });

  test('a given track that is turned off gives black, and is told from one that is on', async () => {
    const given = await camera();
    const { track, pipeline } = await processTrack(given, { filter: none });
    begun.add(track);
    await statsWhen(pipeline, ({ shown }) => shown >= 3);
    await vi.waitFor(async () => {
      expect(await levelOf(track)).toBeGreaterThan(20);
    });
    given.enabled = false;
    await vi.waitFor(async () => {
      expect(await levelOf(track)).toBeLessThan(2);
    });
    given.enabled = true;
    await vi.waitFor(async () => {
      expect(await levelOf(track)).toBeGreaterThan(20);
    });
    await pipeline.stop();
  });

  test('ends with the given one, whoever stopped that', async () => {
    const given = await camera();
    const { track, pipeline } = await processTrack(given, { filter: none });
    await statsWhen(pipeline, ({ shown }) => shown >= 3);
    given.stop();
    expect(await endOf(pipeline)).toBe('stopped');
    expect(track.readyState).toBe('ended');
  });

  test('goes on with another source on the same track', async () => {
    const first = await camera();
    const { track, pipeline } = await processTrack(first, { filter: none });
    begun.add(track);
    await statsWhen(pipeline, ({ shown }) => shown >= 3);
    const next = await camera();
    await pipeline.setSource({ kind: 'track', track: next });
    first.stop();
    const { shown } = await pipeline.stats();
    await statsWhen(pipeline, (stats) => stats.shown > shown + 5);
    expect(track.readyState).toBe('live');
    await pipeline.stop();
  });

  test('what is no picture, has ended, or is asked for wrongly is refused by name', async () => {
    const given = await camera();
    const ended = given.clone();
    ended.stop();
    await expect(processTrack(soundTrack(), { filter: none })).rejects.toThrow(
      new TypeError('options.source.track must be a track of video, got one of audio'),
    );
    await expect(processTrack(ended, { filter: none })).rejects.toThrow(
      new TypeError('options.source.track must be a track that has not ended'),
    );
    await expect(processTrack(given, { filter: blur, params: { sigma: -1 } })).rejects.toThrow(RangeError);
    expect(given.readyState).toBe('live');
  });

  test('a fault before it runs is what it rejects with, and nothing is left', async () => {
    const given = await camera();
    const createWorker = (): Worker => new Worker('/no-such-worker.js', { type: 'module' });
    await expect(processTrack(given, { filter: none, createWorker })).rejects.toMatchObject({
      name: 'PipelineError',
      code: 'worker-missing',
    });
    expect(given.readyState).toBe('live');
  });
});

test('convoluxTrack is a function from track to track', async () => {
  const given = await camera();
  const filtered = await convoluxTrack({ filter: none })(given);
  begun.add(filtered);
  await vi.waitFor(async () => {
    expect(await levelOf(filtered)).toBeGreaterThan(20);
  });
  filtered.stop();
  expect(given.readyState).toBe('live');
});

describe('convoluxProcessor without LiveKit', () => {
  test('a filter that is set before the start is the one that it starts with', async () => {
    const track = await camera();
    const processor = convoluxProcessor({ filter: none });
    await processor.setFilter(blur, { sigma: 1 });
    await processor.setParams({ sigma: 3 });
    await processor.init(optionsFor(track));
    const { pipeline } = processor;
    if (pipeline === null) throw new Error('it has not begun');
    await statusWhen(pipeline, 'running');
    const { plan } = await statsWhen(pipeline, ({ shown }) => shown >= 3);
    // As wide as σ 3 needs it; σ 1 takes 7 or 9.
    expect(plan).toContain('line x 21 ');
    await processor.destroy();
    expect(processor.pipeline).toBeNull();
    expect(processor.processedTrack).toBeUndefined();
    expect(track.readyState).toBe('live');
  });

  test('one that failed begins anew with the next restart', async () => {
    const processor = convoluxProcessor({ filter: none });
    await processor.init(optionsFor(await camera()));
    const before = processor.processedTrack;
    before?.stop();
    if (processor.pipeline !== null) await endOf(processor.pipeline);
    await processor.restart(optionsFor(await camera()));
    expect(processor.processedTrack?.readyState).toBe('live');
    expect(processor.processedTrack).not.toBe(before);
    await processor.destroy();
  });
});
