/** Where a clip goes, what is told on the way, and what is left where it did not get there. */
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { edge } from '../../pipelines/index.ts';
import type { ClipProgress } from '../../src/clips/clip-types.ts';
import { readCounter } from '../support/frame-counter.ts';
import { evenly, makeClip, numberIn } from '../support/make-clip.ts';
import { decodePictures, readClip } from '../support/read-clip.ts';
import { faultOf, fileOf, runClip } from '../support/run-clip.ts';

const input = makeClip({ timesS: evenly(60, 30), soundS: 2 });
const numbersIn = async (file: Blob) => (await decodePictures(file)).map(({ planes }) => numberIn(planes));
const ALL = Array.from({ length: 60 }, (_, i) => i);

/** A file of its own in the browser's private file system, with a word in it. */
async function ownFile(name: string): Promise<FileSystemFileHandle> {
  const folder = await navigator.storage.getDirectory();
  const handle = await folder.getFileHandle(name, { create: true });
  const writing = await handle.createWritable();
  await writing.write('as it was');
  await writing.close();
  onTestFinished(() => folder.removeEntry(name));
  return handle;
}

const textIn = async (handle: FileSystemFileHandle) => (await handle.getFile()).text();

async function filesBeside(): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const name of (await navigator.storage.getDirectory()).keys()) names.push(name);
  return names;
}

/** Keeps what it gets in order; `fail` after so many writes. */
function keeping(failure?: Readonly<{ after: number; error: unknown }>) {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  const ends: string[] = [];
  const stream = new WritableStream<Uint8Array<ArrayBuffer>>({
    write(chunk) {
      if (failure !== undefined && chunks.length >= failure.after) throw failure.error;
      chunks.push(chunk.slice());
    },
    close: () => void ends.push('closed'),
    abort: () => void ends.push('aborted'),
  });
  return { stream, ends, chunks, file: () => new Blob(chunks) };
}

describe('a file', () => {
  test.each(['mp4', 'webm'] as const)('%s: whole when it is there', async (container) => {
    const handle = await ownFile(`whole.${container}`);
    const clip = await runClip(await input, { sink: handle, output: { container } });
    expect(clip.blob).toBeNull();
    const file = await handle.getFile();
    expect(clip.sizeBytes).toBe(file.size);
    expect(await numbersIn(file)).toEqual(ALL);
  });

  test('the same one as is read', async () => {
    const handle = await ownFile('same.mp4');
    const writing = await handle.createWritable();
    await writing.write(await input);
    await writing.close();
    await runClip(handle, { sink: handle, filter: edge });
    expect(await numbersIn(await handle.getFile())).toEqual(ALL);
  });

  test('is as it was where the clip can not be read, and nothing lies beside it', async () => {
    const handle = await ownFile('kept.mp4');
    const whole = await input;
    const half = new File([whole.slice(0, whole.size / 2)], 'half.mp4');
    expect((await faultOf(half, { sink: handle })).code).toBe('clip-unreadable');
    expect(await textIn(handle)).toBe('as it was');
    expect(await filesBeside()).toEqual(['kept.mp4']);
  });

  test('is as it was where it is cancelled', async () => {
    const handle = await ownFile('cancelled.mp4');
    const cancel = new AbortController();
    const onProgress = () => cancel.abort();
    const fault = await faultOf(await input, { sink: handle, signal: cancel.signal, onProgress });
    expect(fault.code).toBe('aborted');
    expect(await textIn(handle)).toBe('as it was');
    expect(await filesBeside()).toEqual(['cancelled.mp4']);
  });

  test('a stream with positions into it', async () => {
    const handle = await ownFile('stream.mp4');
    const sink = await handle.createWritable();
    const clip = await runClip(await input, { sink });
    const file = await handle.getFile();
    expect([clip.blob, clip.sizeBytes]).toEqual([null, file.size]);
    expect(await numbersIn(file)).toEqual(ALL);
  });
});

describe('a stream without positions', () => {
  test.each(['mp4', 'webm'] as const)('%s: in order, closed, and it plays', async (container) => {
    const { stream, ends, file } = keeping();
    const clip = await runClip(await input, { sink: stream, output: { container } });
    expect(ends).toEqual(['closed']);
    expect(clip.sizeBytes).toBe(file().size);
    const read = await readClip(file());
    expect(read.video!.timestampsUs.length).toBe(60);
    expect(read.durationS).toBeCloseTo(2, 1);
    expect(await numbersIn(file())).toEqual(ALL);
    expect(await shownAt(file(), [1])).toEqual([30]);
  });

  test('a fault of the clip aborts it', async () => {
    const { stream, ends } = keeping();
    const fault = await faultOf(new File(['no clip'], 'no.mp4'), { sink: stream });
    expect([fault.code, ...ends]).toEqual(['clip-unreadable', 'aborted']);
  });

  test('one that is in use is refused', async () => {
    const { stream } = keeping();
    stream.getWriter();
    await expect(runClip(await input, { sink: stream })).rejects.toThrow(/options\.sink must not be locked/);
  });
});

describe('a place that fails', () => {
  // Only whole megabytes are written: noise makes some.
  const big = makeClip({ timesS: evenly(60, 30), soundS: 2, width: 320, height: 240 });
  const options = { output: { container: 'webm', codec: 'vp9', bitrate: 5e7 } } as const;

  test.each([
    ['disk-full', new DOMException('No room', 'QuotaExceededError'), /no room left/],
    ['clip-unwritable', new Error('unplugged'), /could not be written/],
  ] as const)('%s', async (code, error, words) => {
    const { stream, ends } = keeping({ after: 0, error });
    const fault = await faultOf(await big, { ...options, sink: stream });
    expect(fault.code).toBe(code);
    expect(fault.message).toMatch(words);
    expect(fault.recoverable).toBe(true);
    expect(ends).not.toContain('closed');
  });

  test('on closing', async () => {
    const stream = new WritableStream({
      close: () => Promise.reject(new DOMException('No room', 'QuotaExceededError')),
    });
    expect((await faultOf(await input, { sink: stream })).code).toBe('disk-full');
  });
});

describe('cancelled', () => {
  test('before it began: no worker is started', async () => {
    const started = vi.spyOn(globalThis, 'Worker');
    const { stream, ends } = keeping();
    const fault = await faultOf(await input, { signal: AbortSignal.abort(), sink: stream });
    expect(fault.code).toBe('aborted');
    expect(started).not.toHaveBeenCalled();
    expect(ends).toEqual(['aborted']);
    started.mockRestore();
  });

  const long = makeClip({ timesS: evenly(300, 60) });

  test.each([0, 1, 20, 60, 150, 300])('after %i ms', async (ms) => {
    const input = await long;
    const cancel = new AbortController();
    const { stream, ends } = keeping();
    const failing = faultOf(input, { signal: cancel.signal, sink: stream, filter: edge });
    setTimeout(() => cancel.abort(), ms);
    expect((await failing).code).toBe('aborted');
    expect(ends).toEqual(['aborted']);
  });

  test.each([0.01, 0.5])('at %f of it', async (share) => {
    const cancel = new AbortController();
    const { stream, ends } = keeping();
    const onProgress = (progress: ClipProgress) => {
      if (progress.share >= share) cancel.abort();
    };
    const fault = await faultOf(await long, {
      signal: cancel.signal,
      sink: stream,
      filter: edge,
      onProgress,
    });
    expect(fault.code).toBe('aborted');
    expect(ends).toEqual(['aborted']);
  });

  test('once it is over, it changes nothing', async () => {
    const cancel = new AbortController();
    const clip = await runClip(await input, { signal: cancel.signal });
    cancel.abort();
    expect(clip.frames).toBe(60);
  });
});

test('progress: never back, to its end', async () => {
  const told: ClipProgress[] = [];
  const clip = await runClip(await input, {
    filter: edge,
    onProgress: (progress) => void told.push(progress),
  });
  expect(told.length).toBeGreaterThan(1);
  for (const key of ['share', 'frames', 'positionS'] as const) {
    const values = told.map((progress) => progress[key]);
    expect(values).toEqual(values.toSorted((a, b) => a - b));
  }
  expect(told.at(-1)).toMatchObject({ share: 1, frames: clip.frames, secondsLeft: 0 });
  for (const { share, fps } of told) {
    expect(share).toBeGreaterThanOrEqual(0);
    expect(share).toBeLessThanOrEqual(1);
    expect(fps).toBeGreaterThanOrEqual(0);
  }
});

/** The numbers that a player shows after seeking there. */
async function shownAt(file: Blob, timesS: readonly number[]): Promise<readonly (number | null)[]> {
  const video = document.createElement('video');
  const url = URL.createObjectURL(file);
  video.muted = true;
  video.preload = 'auto';
  const event = (name: string) =>
    new Promise((resolve, reject) => {
      video.addEventListener(name, resolve, { once: true });
      video.addEventListener('error', () => reject(new Error(video.error?.message)), { once: true });
    });
  try {
    const loaded = event('loadeddata');
    video.src = url;
    await loaded;
    const numbers: (number | null)[] = [];
    for (const timeS of timesS) {
      const sought = Promise.all([event('seeked'), new Promise((go) => video.requestVideoFrameCallback(go))]);
      video.currentTime = timeS + 0.005;
      await sought;
      const frame = new VideoFrame(video);
      const canvas = new OffscreenCanvas(frame.displayWidth, frame.displayHeight);
      const context = canvas.getContext('2d')!;
      context.drawImage(frame, 0, 0);
      frame.close();
      numbers.push(readCounter(context.getImageData(0, 0, canvas.width, canvas.height)));
    }
    return numbers;
  } finally {
    video.removeAttribute('src');
    video.load();
    URL.revokeObjectURL(url);
  }
}

describe('a player', () => {
  test.each([
    ['mp4', 'avc'],
    ['mp4', 'vp9'],
    ['webm', 'vp9'],
    ['webm', 'vp8'],
  ] as const)('of %s with %s knows its length and finds every place in it', async (container, codec) => {
    const file = await fileOf(await input, { output: { container, codec } });
    const video = document.createElement('video');
    video.src = URL.createObjectURL(file);
    await new Promise((resolve) => (video.onloadedmetadata = resolve));
    expect(video.duration).toBeCloseTo(2, 1);
    expect([video.videoWidth, video.videoHeight]).toEqual([192, 64]);
    expect(video.seekable.end(0)).toBeCloseTo(2, 1);
    URL.revokeObjectURL(video.src);
    expect(await shownAt(file, [1, 59 / 30, 0, 7 / 30])).toEqual([30, 59, 0, 7]);
  });
});
