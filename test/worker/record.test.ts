/** Recording what a pipeline shows: each frame at its time, whatever way it goes out, whatever happens meanwhile. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { none } from '../../pipelines/index.ts';
import { record, type RecordingStats, type RecordOptions } from '../../src/session/record.ts';
import type { Pipeline, PipelineOptions, PipelineStats } from '../../src/session/open-pipeline.ts';
import { picturesOf, play, readRecording } from './read-recording.ts';
import {
  captureTimes,
  distances,
  faultsOf,
  openRecorded,
  recordedWhen,
  recordingStatus,
  stopCleanly,
  timed,
} from './run-recording.ts';
import { failureOf, statsWhen, statusWhen } from './run-pipeline.ts';

const camera = { kind: 'camera', width: 320, height: 240 } as const;
const shows = (count: number) => (stats: PipelineStats) => stats.shown >= count;
const has = (count: number) => (stats: RecordingStats) => stats.frames >= count;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** An MP4 counts in 57,600ths of a second, WebM in thousandths: by so much may two of them be off. */
const MP4_TICK_US = 20;
const WEBM_TICK_US = 1001;

afterEach(() => {
  document.body.replaceChildren();
  vi.restoreAllMocks();
});

/** Where in `all` the distances `some` begin; -1 where they are no part of it. */
function findDistances(all: readonly number[], some: readonly number[], toleranceUs: number): number {
  return all.findIndex((_, start) => some.every((value, at) => Math.abs(value - (all[start + at] ?? Infinity)) <= toleranceUs));
} // prettier-ignore

describe.each([
  { container: 'mp4', tickUs: MP4_TICK_US, codec: 'avc' },
  { container: 'webm', tickUs: WEBM_TICK_US, codec: 'vp9' },
] as const)('an $container', ({ container, tickUs, codec }) => {
  test('has every frame that was shown, at the distances of their capture, and seeks', async () => {
    const pipeline = openRecorded({ source: camera, filter: timed });
    const faults = faultsOf(pipeline);
    const times = captureTimes(pipeline);
    await statsWhen(pipeline, shows(3));
    const recording = record(pipeline, { container });
    await recordedWhen(recording, has(40));
    const clip = await recording.stop();
    expect(clip).toMatchObject({
      container,
      videoCodec: codec,
      width: 320,
      height: 240,
      audio: [],
      notes: [],
    });
    expect(clip.mimeType).toMatch(container === 'mp4' ? /^video\/mp4; codecs="avc1\.\w+"$/ : /^video\/webm; codecs="vp09[.\w]+"$/); // prettier-ignore
    expect(clip.sizeBytes).toBe(clip.blob!.size);

    const { timestampsUs, durationS, videoCodec } = await readRecording(clip.blob!);
    expect(videoCodec).toBe(codec);
    expect(timestampsUs.length).toBe(clip.frames);
    expect(timestampsUs[0]).toBe(0);
    expect(findDistances(distances(times), distances(timestampsUs), tickUs)).toBeGreaterThanOrEqual(0);
    const meanS = timestampsUs.at(-1)! / 1e6 / (clip.frames - 1);
    // The last frame of a WebM has no length of its own.
    expect(Math.abs(durationS - clip.durationS)).toBeLessThan(container === 'mp4' ? 0.001 : 1.2 * meanS);
    expect(Math.abs(clip.durationS - clip.frames * meanS)).toBeLessThan(meanS);

    const played = await play(clip.blob!, (all) => [all / 2, all - 0.01, 0]);
    expect(Math.abs(played.durationS - clip.durationS)).toBeLessThan(0.002);
    expect(played).toMatchObject({ width: 320, height: 240 });
    expect(played.soughtS[0]).toBeCloseTo(played.durationS / 2, 3);
    expect(played.soughtS[1]).toBeCloseTo(played.durationS - 0.01, 3);
    await stopCleanly(pipeline, faults);
  });

  test('leaves no gap where it was paused, and goes on with the capture times', async () => {
    const pipeline = openRecorded({ source: camera, filter: timed });
    const faults = faultsOf(pipeline);
    const times = captureTimes(pipeline);
    await statsWhen(pipeline, shows(3));
    const recording = record(pipeline, { container });
    await recordedWhen(recording, has(10));
    const pausedMs = performance.now();
    recording.pause();
    expect(await recordingStatus(recording, 'paused')).toEqual({ status: 'paused' });
    await pause(1500);
    const { frames } = await recordedWhen(recording, ({ queued }) => queued === 0);
    const duringPause = times.length;
    recording.resume();
    const pauseMs = performance.now() - pausedMs;
    expect(await recordingStatus(recording, 'recording')).toEqual({ status: 'recording' });
    await recordedWhen(recording, has(frames + 15));
    const clip = await recording.stop();

    const { timestampsUs } = await readRecording(clip.blob!);
    const gaps = distances(timestampsUs);
    expect(Math.min(...gaps)).toBeGreaterThan(0);
    const [before, after] = [gaps.slice(0, frames - 1), gaps.slice(frames)];
    const last = findDistances(distances(times), before, tickUs) + before.length;
    const resumed = findDistances(distances(times.slice(duringPause - 3)), after, tickUs) + duringPause - 3;
    expect(last).toBeGreaterThanOrEqual(before.length);
    expect(resumed).toBeGreaterThan(last + 5);
    // What is left out is the time of the pause.
    const leftOutMs = (times[resumed]! - times[last]! - gaps[frames - 1]!) / 1000;
    expect(Math.abs(leftOutMs - pauseMs)).toBeLessThan(100);
    await stopCleanly(pipeline, faults);
  });
});

describe('the size', () => {
  test.each(['goes down meanwhile', 'is low from the beginning'])(
    'stays the full one while the resolution %s',
    async (how) => {
      const pipeline = openRecorded({
        source: { ...camera, width: 640, height: 480 },
        filter: none,
        targetFps: 20,
      });
      const faults = faultsOf(pipeline);
      await statsWhen(pipeline, shows(3));
      const isLow = (stats: PipelineStats) => stats.level >= 2;
      const load = () => pipeline.setBudget({ load: 4 }).then(() => statsWhen(pipeline, isLow));
      if (how === 'is low from the beginning') await load();
      const recording = record(pipeline);
      await recordedWhen(recording, has(5));
      if (how === 'goes down meanwhile') await load();
      const { frames } = await recordedWhen(recording, () => true);
      await recordedWhen(recording, has(frames + 8));
      const clip = await recording.stop();
      expect(clip).toMatchObject({ width: 640, height: 480 });
      let count = 0;
      for await (const { width, height, rgba } of picturesOf(clip.blob!)) {
        count++;
        expect([width, height]).toEqual([640, 480]);
        // The fake camera's ground on both sides, and light below: each picture fills the frame.
        const greenAt = (x: number, y: number) => rgba[4 * (y * 640 + x) + 1]!;
        expect(Math.abs(greenAt(4, 200) - 136), `frame ${count}`).toBeLessThan(12);
        expect(Math.abs(greenAt(635, 200) - 136), `frame ${count}`).toBeLessThan(12);
        expect(greenAt(4, 476), `frame ${count}`).toBeGreaterThan(100);
      }
      expect(count).toBe(clip.frames);
      await stopCleanly(pipeline, faults);
    },
  );

  test('that is odd becomes VP9 in an MP4', async () => {
    const pipeline = openRecorded({ source: { kind: 'pattern', width: 67, height: 45 } });
    const faults = faultsOf(pipeline);
    const recording = record(pipeline);
    await recordedWhen(recording, has(5));
    const clip = await recording.stop();
    expect(clip).toMatchObject({ videoCodec: 'vp9', container: 'mp4', width: 67, height: 45 });
    expect(await readRecording(clip.blob!)).toMatchObject({ width: 67, height: 45, videoCodec: 'vp9' });
    await stopCleanly(pipeline, faults);
  });
});

describe.each([
  { kind: 'canvas', outputPath: 'pixels' },
  { kind: 'canvas', outputPath: 'canvas' },
  { kind: 'video', outputPath: 'pixels' },
  { kind: 'video', outputPath: 'canvas' },
] as const)('from a $kind by way of $outputPath', ({ kind, outputPath }) => {
  const source: PipelineOptions['source'] = { kind: 'pattern', width: 128, height: 96 };

  test.each(['avc', 'vp9'] as const)('the colours of %s are those that are shown', async (codec) => {
    const output = document.createElement(kind);
    document.body.append(output);
    const pipeline = openRecorded({ source, filter: none, output, transport: { outputPath } });
    const faults = faultsOf(pipeline);
    const recording = record(pipeline, { codec, bitrate: 4_000_000 });
    await recordedWhen(recording, has(12));
    const clip = await recording.stop();
    const context = new OffscreenCanvas(128, 96).getContext('2d', { willReadFrequently: true })!;
    context.drawImage(output, 0, 0, 128, 96);
    const shown = meanColors(context.getImageData(0, 0, 128, 96).data);
    let last: readonly number[] = [];
    for await (const { rgba } of picturesOf(clip.blob!)) last = meanColors(rgba);
    const off = last.map((value, at) => Math.abs(value - shown[at]!));
    expect(Math.max(...off), `${last.join(' ')} for ${shown.join(' ')}`).toBeLessThan(12);
    await stopCleanly(pipeline, faults);
  });
});

/** Of eight fields along the upper edge: the colour bars of the test pattern, which stand still. */
function meanColors(rgba: Uint8ClampedArray): readonly number[] {
  const sums = new Array<number>(8 * 3).fill(0);
  for (let y = 0; y < 16; y++) {
    for (let x = 0; x < 128; x++)
      for (let c = 0; c < 3; c++) sums[3 * Math.floor(x / 16) + c]! += rgba[4 * (128 * y + x) + c]!;
  }
  return sums.map((sum) => Math.round(sum / 256));
}

describe('an end', () => {
  test('of the pipeline finishes the recording and keeps it', async () => {
    const pipeline = openRecorded();
    const faults = faultsOf(pipeline);
    const recording = record(pipeline);
    await recordedWhen(recording, has(10));
    await stopCleanly(pipeline, faults);
    const state = await recordingStatus(recording, 'stopped');
    const clip = await recording.stop();
    expect(state).toEqual({ status: 'stopped', clip });
    expect(clip.frames).toBeGreaterThanOrEqual(10);
    expect((await readRecording(clip.blob!)).timestampsUs.length).toBe(clip.frames);
  });

  /** The tracks of the cameras that are opened; from the second on they are refused, where that is said. */
  function watchCameras(isRefusedLater: boolean): readonly MediaStreamTrack[] {
    const tracks: MediaStreamTrack[] = [];
    const { getUserMedia } = MediaDevices.prototype;
    vi.spyOn(MediaDevices.prototype, 'getUserMedia').mockImplementation(async (constraints) => {
      if (isRefusedLater && tracks.length > 0) throw new DOMException('refused', 'NotAllowedError');
      const stream = await getUserMedia.call(navigator.mediaDevices, constraints);
      tracks.push(...stream.getTracks());
      return stream;
    });
    return tracks;
  }

  test('of the camera, which is refused afterwards, does so too', async () => {
    const tracks = watchCameras(true);
    const pipeline = openRecorded({ source: camera });
    const recording = record(pipeline);
    await recordedWhen(recording, has(5));
    tracks[0]!.dispatchEvent(new Event('ended'));
    expect(await failureOf(pipeline)).toMatchObject({ code: 'camera-denied' });
    const clip = await recording.stop();
    expect((await readRecording(clip.blob!)).timestampsUs.length).toBe(clip.frames);
    expect(clip.frames).toBeGreaterThanOrEqual(5);
  });

  test('of the camera is none when it comes back: the recording goes on', async () => {
    const tracks = watchCameras(false);
    const pipeline = openRecorded({ source: camera });
    const recording = record(pipeline);
    await recordedWhen(recording, has(5));
    tracks[0]!.dispatchEvent(new Event('ended'));
    await statusWhen(pipeline, 'interrupted');
    await statusWhen(pipeline, 'running');
    const { frames } = await recordedWhen(recording, has(1));
    await recordedWhen(recording, has(frames + 5));
    const clip = await recording.stop();
    const { timestampsUs } = await readRecording(clip.blob!);
    expect(timestampsUs.length).toBe(clip.frames);
    expect(clip.frames).toBeGreaterThanOrEqual(frames + 5);
    expect(Math.min(...distances(timestampsUs))).toBeGreaterThan(0);
  });

  test('of the worker is a failure', async () => {
    const workers: Worker[] = [];
    const pipeline = openRecorded({
      createWorker: () => {
        const worker = new Worker(new URL('../../workers/live/live.worker.ts', import.meta.url), {
          type: 'module',
        });
        workers.push(worker);
        return worker;
      },
    });
    const recording = record(pipeline);
    await recordedWhen(recording, has(3));
    workers[0]!.dispatchEvent(new ErrorEvent('error', { message: 'struck by lightning' }));
    await expect(recording.stop()).rejects.toMatchObject({ code: 'worker-crashed' });
    expect(await recordingStatus(recording, 'failed')).toMatchObject({ error: { code: 'worker-crashed' } });
  });

  test('before the first frame is no recording, and another one can begin', async () => {
    const pipeline = openRecorded();
    const faults = faultsOf(pipeline);
    const recording = record(pipeline);
    await expect(recording.stop()).rejects.toMatchObject({ code: 'aborted' });
    await recordingStatus(recording, 'failed');
    const next = record(pipeline);
    next.pause();
    await statsWhen(pipeline, shows(5));
    await expect(next.stop()).rejects.toMatchObject({ code: 'aborted' });
    const last = record(pipeline);
    await recordedWhen(last, has(2));
    expect((await last.stop()).frames).toBeGreaterThanOrEqual(2);
    await stopCleanly(pipeline, faults);
  });

  test('is the same for whoever asks again, and completes the streams', async () => {
    const pipeline = openRecorded();
    const faults = faultsOf(pipeline);
    const recording = record(pipeline);
    const completed = vi.fn();
    recording.state$.subscribe({ complete: completed });
    recording.stats$.subscribe({ complete: completed });
    const { frames } = await recordedWhen(recording, has(3));
    expect(frames).toBeGreaterThanOrEqual(3);
    const [first, second] = await Promise.all([recording.stop(), recording.stop()]);
    expect(first).toBe(second);
    expect(completed).toHaveBeenCalledTimes(2);
    expect(await recordingStatus(recording, 'stopped')).toEqual({ status: 'stopped', clip: first });
    await stopCleanly(pipeline, faults);
  });
});

describe('what can not be', () => {
  test.each([
    [{ container: 'avi' }, /options\.container must be 'mp4' \| 'webm', got "avi"/],
    [{ codec: 'h264' }, /options\.codec must be 'avc'/],
    [{ bitrate: 5 }, /options\.bitrate must be 10000 to/],
    [{ audio: 'system' }, /options\.audio must be 'microphone' \| 'none' or a track of sound, got "system"/],
    [{ sink: 'file.mp4' }, /options\.sink must be a WritableStream or a file handle/],
  ])('%j is refused by name', (options, message) => {
    const pipeline = openRecorded();
    expect(() => record(pipeline, options as RecordOptions)).toThrow(message);
    expect(() => record({} as Pipeline)).toThrow(/pipeline must be one that openPipeline\(\) gave/);
  });

  test('two recordings of one pipeline', async () => {
    const pipeline = openRecorded();
    const recording = record(pipeline);
    expect(() => record(pipeline)).toThrow(/is being recorded already/);
    await recordedWhen(recording, has(1));
    await recording.stop();
  });

  test.each([
    [{ codec: 'avc', container: 'webm' }, /WebM does not hold avc\. Possible here: vp9/],
    [{ codec: 'hevc' }, /can not encode hevc at 67 × 45\. Possible here: vp9/],
    [{ codec: 'avc' }, /H\.264 takes even sizes only\. Possible here: vp9/],
  ] as const)('%j says what could be chosen, and the picture goes on', async (options, message) => {
    const pipeline = openRecorded({ source: { kind: 'pattern', width: 67, height: 45 } });
    const faults = faultsOf(pipeline);
    const recording = record(pipeline, options);
    const state = await recordingStatus(recording, 'failed');
    expect(state).toMatchObject({ error: { code: 'codec-unsupported', message: expect.stringMatching(message) as string } }); // prettier-ignore
    await expect(recording.stop()).rejects.toMatchObject({ code: 'codec-unsupported' });
    const { shown } = await statsWhen(pipeline, () => true);
    await statsWhen(pipeline, shows(shown + 5));
    await stopCleanly(pipeline, faults);
  });
});

test("a volume's slices are recorded when they are shown, in whatever order", async () => {
  const voxels = { shape: [6, 48, 64], data: new Uint8Array(6 * 48 * 64).map((_, at) => at % 251) } as const;
  const pipeline = openRecorded({ source: { kind: 'volume', voxels, sliceMs: 50, playing: false } });
  const faults = faultsOf(pipeline);
  const recording = record(pipeline);
  // The worker that shows them has the recorder by then.
  await recordedWhen(recording, () => true);
  for (const [index, slice] of [3, 1, 5, 0].entries()) {
    await pipeline.volume!.goTo(slice);
    await recordedWhen(recording, has(index + 1));
    await pause(300);
  }
  const clip = await recording.stop();
  const { timestampsUs } = await readRecording(clip.blob!);
  const gaps = distances(timestampsUs);
  expect(timestampsUs.length).toBeGreaterThanOrEqual(4);
  // About as far apart as they were asked for: the slices themselves are 50 ms apart, there and back.
  expect(Math.max(...gaps)).toBeGreaterThan(250_000);
  await stopCleanly(pipeline, faults);
});
