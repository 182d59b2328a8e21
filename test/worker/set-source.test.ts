/** Another source under way: the account adds up, times go on, filters over time begin anew, a recording goes on. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { graph } from '../../src/graph/builder.ts';
import { runningMean } from '../../src/graph/operators.ts';
import { readRecording } from './read-recording.ts';
import { brightFrame, WatchedPipeline } from './watched-pipeline.ts';

let pipeline: WatchedPipeline;
beforeEach(() => {
  pipeline = new WatchedPipeline();
});
afterEach(async () => {
  await pipeline.close();
});

const pattern = { kind: 'pattern', width: 64, height: 48, frameRate: 30 } as const;

function expectGoesOn(): void {
  const times = pipeline.frames.map(({ timestampUs }) => timestampUs);
  expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b));
  // No leap: what passes between two frames on the clock passes in their times.
  const steps = times.slice(1).map((us, i) => us - times[i]!);
  expect(Math.max(...steps)).toBeLessThan(3e6);
}

test('pushed frames, a pattern, a stream, a volume and pushed frames again', async () => {
  await pipeline.open({});
  pipeline.play(5_000_000);
  await pipeline.whenSeen('filtered', 5);
  pipeline.pause();
  const more = async (count = 5) => {
    const before = pipeline.frames.length;
    await vi.waitFor(() => { expect(pipeline.frames.length).toBeGreaterThan(before + count); }, { timeout: 10_000 }); // prettier-ignore
  };
  await pipeline.client.setSource(pattern);
  await more();
  const cancelled = vi.fn();
  let timer: ReturnType<typeof setInterval> | undefined;
  const readable = new ReadableStream<VideoFrame>({
    start: (to) => {
      let number = 0;
      timer = setInterval(() => {
        to.enqueue(brightFrame(number, 33_000 * number++, { width: 32, height: 32 }));
      }, 33);
    },
    cancel: () => {
      clearInterval(timer);
      cancelled();
    },
  });
  await pipeline.client.setSource({ kind: 'readable', readable });
  await more();
  const voxels = { shape: [8, 16, 16] as const, data: new Float32Array(2048).map((_, i) => (i % 7) / 7) };
  await pipeline.client.setSource({ kind: 'volume', voxels, sliceMs: 40, slice: 0, isPlaying: true });
  await vi.waitFor(() => {
    expect(cancelled).toHaveBeenCalledTimes(1);
  });
  // More than once through.
  await more(20);
  await pipeline.client.setSource({ kind: 'push' });
  pipeline.play(123);
  await more();
  await vi.waitFor(() => {
    expect(pipeline.stats?.fullWidth).toBe(64);
  });
  pipeline.pause();
  expectGoesOn();
  expect([...new Set(pipeline.frames.map(({ width }) => width))]).toEqual([64, 32, 16, 64].filter((width, i, all) => all.indexOf(width) === i)); // prettier-ignore
  expect([pipeline.isSound, pipeline.ended, pipeline.diagnostics]).toEqual([true, [], []]);
  const balance = await pipeline.client.stop();
  expect(balance).toEqual({ frames: 0, textures: 0, programs: 0, contexts: 0, workers: 0 });
});

test('a filter over time mixes no frames of two sources', async () => {
  // A mean over so long that the first frame would still be seen after seconds.
  await pipeline.open({ graph: graph(({ frame }) => runningMean(frame, { ms: 60_000, maxGapMs: 10_000 })) });
  const still = (level: number, timestampUs: number) => {
    const bytes = new Uint8Array(4 * 64 * 48).fill(level).map((byte, i) => (i % 4 === 3 ? 255 : byte));
    const frame = new VideoFrame(bytes, { format: 'RGBX', codedWidth: 64, codedHeight: 48, timestamp: timestampUs }); // prettier-ignore
    return pipeline.client.push(frame, timestampUs);
  };
  const after = (count: number) => vi.waitFor(() => { expect(pipeline.frames.length).toBe(count); }, { timeout: 10_000 }); // prettier-ignore
  await still(255, 0);
  await after(1);
  await still(0, 40_000);
  await after(2);
  expect(pipeline.frames.map(({ seen }) => seen)).toEqual(['raw', 'raw']);
  await pipeline.client.setSource({ kind: 'push' });
  await still(0, 80_000);
  await after(3);
  expect(pipeline.frames[2]).toMatchObject({ seen: 'black', timestampUs: 80_000 });
});

describe('a source that ended', () => {
  test('is told of, and another one goes on', async () => {
    const ends = new ReadableStream<VideoFrame>({
      start: (to) => {
        to.enqueue(brightFrame(0, 5));
        to.close();
      },
    });
    await pipeline.open({ source: { kind: 'readable', readable: ends } });
    await vi.waitFor(() => {
      expect(pipeline.ended).toMatchObject([{ code: 'track-ended' }]);
    });
    await pipeline.client.setSource(pattern);
    await vi.waitFor(() => { expect(pipeline.frames.length).toBeGreaterThan(5); }, { timeout: 10_000 }); // prettier-ignore
    expect(pipeline.isSound).toBe(true);
    expect(pipeline.ended.length).toBe(1);
    expect(await pipeline.client.stop()).toMatchObject({ frames: 0, textures: 0 });
  });

  test('one that can not be read is refused, and the old one goes on', async () => {
    await pipeline.open({ source: pattern });
    await vi.waitFor(() => { expect(pipeline.frames.length).toBeGreaterThan(3); }, { timeout: 10_000 }); // prettier-ignore
    const { port1 } = new MessageChannel();
    await expect(
      pipeline.client.setSource({ kind: 'track', track: port1 as unknown as MediaStreamTrack }),
    ).rejects.toThrow();
    const before = pipeline.frames.length;
    await vi.waitFor(() => { expect(pipeline.frames.length).toBeGreaterThan(before + 5); }, { timeout: 10_000 }); // prettier-ignore
    expect(pipeline.isSound).toBe(true);
  });
});

test('a recording goes on across it', async () => {
  await pipeline.open({});
  pipeline.play(5_000_000);
  await pipeline.whenSeen('filtered', 5);
  const begun = vi.fn();
  const recorded = pipeline.client.record({ container: 'webm', sound: null, sink: null, isPositional: false }, { begun, stats: () => undefined }); // prettier-ignore
  await pipeline.whenSeen('filtered', 10, pipeline.frames.length);
  const before = performance.now();
  pipeline.pause();
  await pipeline.client.setSource({ kind: 'push' });
  pipeline.play(77);
  await pipeline.whenSeen('filtered', 20, pipeline.frames.length);
  await pipeline.client.commandRecording('stop');
  const clip = await recorded;
  const passedS = (performance.now() - before) / 1000;
  const { timestampsUs } = await readRecording(clip.blob!);
  expect(timestampsUs.length).toBeGreaterThan(25);
  const steps = timestampsUs.slice(1).map((us, i) => us - timestampsUs[i]!);
  expect(Math.min(...steps)).toBeGreaterThan(0);
  // Nothing is left out, and nothing is stretched.
  expect(Math.max(...steps) / 1e6).toBeLessThan(passedS);
  expect(begun).toHaveBeenCalledTimes(1);
});
