/** Where recordings go: files of the browser's own and of another disk, streams of both kinds, and what can't be written. */
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { positionalSink } from '../../src/session/clip-sink.ts';
import { record, type RecordingStats } from '../../src/session/record.ts';
import type { PipelineStats } from '../../src/session/open-pipeline.ts';
import { play, readRecording } from './read-recording.ts';
import { faultsOf, openRecorded, recordedWhen, recordingStatus, stopCleanly } from './run-recording.ts';
import { statsWhen } from './run-pipeline.ts';

const has = (count: number) => (stats: RecordingStats) => stats.frames >= count;
const shows = (count: number) => (stats: PipelineStats) => stats.shown >= count;
const CONTAINERS = ['mp4', 'webm'] as const;

let folder: FileSystemDirectoryHandle;

beforeEach(async () => {
  folder = await navigator.storage.getDirectory();
});

let files = 0;
const newFile = () => folder.getFileHandle(`recording-${++files}`, { create: true });

/** After the pipelines were stopped, which may still write. */
afterAll(async () => {
  for await (const name of folder.keys()) await folder.removeEntry(name);
});

/** The live worker, as it is where files can not be written in place: those that a picker gives. */
const withoutFilesInPlace = () =>
  new Worker(new URL('./no-files-in-place.worker.ts', import.meta.url), { type: 'module' });

async function expectWhole(file: Blob, frames: number, durationS: number): Promise<void> {
  const read = await readRecording(file);
  expect(read.timestampsUs.length).toBe(frames);
  const played = await play(file, (all) => [all / 2, all - 0.01]);
  expect(Math.abs(played.durationS - durationS)).toBeLessThan(0.01);
  expect(played.soughtS[0]).toBeCloseTo(played.durationS / 2, 2);
  expect(played.soughtS[1]).toBeCloseTo(played.durationS - 0.01, 2);
}

describe.each(CONTAINERS)('an %s', (container) => {
  test.each([
    ['in place', undefined],
    ['beside it', withoutFilesInPlace],
  ] as const)('in a file that is written %s is whole when it is stopped', async (_, createWorker) => {
    const file = await newFile();
    const old = await file.createWritable();
    await old.write(new Uint8Array(2_000_000));
    await old.close();
    const pipeline = openRecorded(createWorker === undefined ? {} : { createWorker });
    const faults = faultsOf(pipeline);
    const recording = record(pipeline, { container, sink: file });
    await recordedWhen(recording, has(75));
    const clip = await recording.stop();
    expect(clip.blob).toBeNull();
    const written = await file.getFile();
    expect(written.size).toBe(clip.sizeBytes);
    await expectWhole(new Blob([written], { type: clip.mimeType }), clip.frames, clip.durationS);
    await stopCleanly(pipeline, faults);
  });

  test.each([
    ['in place', undefined, 2],
    ['beside it', withoutFilesInPlace, 4],
  ] as const)('in a file that is written %s is there while it goes on', async (_, createWorker, lateS) => {
    const file = await newFile();
    const pipeline = openRecorded(createWorker === undefined ? {} : { createWorker });
    const recording = record(pipeline, { container, sink: file });
    const { durationS } = await recordedWhen(recording, (stats) => stats.durationS > lateS + 2);
    const { timestampsUs } = await readRecording(await copyOf(file));
    expect(timestampsUs.at(-1)! / 1e6).toBeGreaterThan(durationS - lateS - 0.6);
    await recording.stop();
  });

  test('in a stream of bytes comes in their order', async () => {
    const parts: Uint8Array<ArrayBuffer>[] = [];
    let isClosed = false;
    const sink = new WritableStream<Uint8Array<ArrayBuffer>>({
      write: (part) => void parts.push(part),
      close: () => {
        isClosed = true;
      },
    });
    const pipeline = openRecorded();
    const faults = faultsOf(pipeline);
    const recording = record(pipeline, { container, sink });
    await recordedWhen(recording, has(75));
    expect(parts.length).toBeGreaterThan(0);
    const clip = await recording.stop();
    expect({ isClosed, blob: clip.blob }).toEqual({ isClosed: true, blob: null });
    const file = new Blob(parts, { type: clip.mimeType });
    expect(file.size).toBe(clip.sizeBytes);
    expect((await readRecording(file)).timestampsUs.length).toBe(clip.frames);
    await stopCleanly(pipeline, faults);
  });

  test('in a stream of positions, or one that a file gave, is whole', async () => {
    const file = await newFile();
    const bytes = new Uint8Array(4_000_000);
    const places = positionalSink({
      write: (data, position) => {
        bytes.set(data, position);
      },
    });
    for (const sink of [places, await file.createWritable()]) {
      const pipeline = openRecorded();
      const faults = faultsOf(pipeline);
      const recording = record(pipeline, { container, sink });
      await recordedWhen(recording, has(20));
      const clip = await recording.stop();
      const written = sink === places ? bytes.slice(0, clip.sizeBytes) : await (await file.getFile()).bytes();
      expect(written.length).toBe(clip.sizeBytes);
      await expectWhole(new Blob([written], { type: clip.mimeType }), clip.frames, clip.durationS);
      await stopCleanly(pipeline, faults);
    }
  });
});

/** What is there now, also of a file that is being written. */
async function copyOf(file: FileSystemFileHandle): Promise<Blob> {
  return new Blob([await (await file.getFile()).arrayBuffer()]);
}

describe('a place that fails', () => {
  test.each([
    [new DOMException('No room.', 'QuotaExceededError'), 'disk-full'],
    [new TypeError('unplugged'), 'clip-unwritable'],
  ] as const)('with %s is a failure of the recording alone', async (fault, code) => {
    let aborted: unknown = null;
    const sink = new WritableStream({
      write: (_, controller) => {
        controller.error(fault);
        throw fault;
      },
      abort: (reason) => {
        aborted = reason;
      },
    });
    const pipeline = openRecorded();
    const faults = faultsOf(pipeline);
    const recording = record(pipeline, { sink });
    expect(await recordingStatus(recording, 'failed')).toMatchObject({ error: { code } });
    await expect(recording.stop()).rejects.toMatchObject({ code });
    expect(aborted).toBeNull();
    const { shown } = await statsWhen(pipeline, () => true);
    await statsWhen(pipeline, shows(shown + 5));
    await stopCleanly(pipeline, faults);
  });

  test('before anything was recorded is left as it was', async () => {
    let aborted: unknown = null;
    const sink = new WritableStream({
      abort: (reason) => {
        aborted = reason;
      },
    });
    const pipeline = openRecorded();
    const recording = record(pipeline, { sink });
    recording.pause();
    await statsWhen(pipeline, shows(5));
    await expect(recording.stop()).rejects.toMatchObject({ code: 'aborted' });
    expect(aborted).not.toBeNull();
  });

  test('a file that is in use', async () => {
    const file = await newFile();
    const pipeline = openRecorded();
    const first = record(pipeline, { sink: file });
    await recordedWhen(first, has(2));
    const other = openRecorded();
    const second = record(other, { sink: file });
    await expect(recordingStatus(second, 'failed')).resolves.toMatchObject({
      error: { code: 'clip-unwritable' },
    });
    await first.stop();
  });
});

test('a place that is slow holds frames back, and those that are let go are counted', async () => {
  const sink = new WritableStream({ write: () => new Promise((resolve) => setTimeout(resolve, 1200)) });
  const pipeline = openRecorded();
  const faults = faultsOf(pipeline);
  await statsWhen(pipeline, shows(5));
  const recording = record(pipeline, { sink, container: 'webm' });
  const { dropped } = await recordedWhen(recording, (stats) => stats.dropped > 10);
  const clip = await recording.stop();
  const { droppedBy } = await pipeline.stats();
  expect(droppedBy.replaced + droppedBy.stale + droppedBy.decimated).toBeGreaterThanOrEqual(
    dropped - droppedBy.source,
  );
  expect(clip.frames).toBeGreaterThan(0);
  await stopCleanly(pipeline, faults);
});
