/** Recording where the worker can't encode: the browser's own recorder, over what the element shows. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { record, type RecordingStats } from '../../src/session/record.ts';
import { readRecording } from './read-recording.ts';
import { faultsOf, openRecorded, recordedWhen, recordingStatus, stopCleanly } from './run-recording.ts';
import { statsWhen } from './run-pipeline.ts';

const createWorker = () => new Worker(new URL('./no-encoder.worker.ts', import.meta.url), { type: 'module' });
const lasts = (durationS: number) => (stats: RecordingStats) => stats.durationS >= durationS;

let sound: MediaStreamTrack;

beforeAll(async () => {
  [sound] = (await navigator.mediaDevices.getUserMedia({ audio: true })).getAudioTracks() as [
    MediaStreamTrack,
  ];
});

afterAll(() => {
  sound.stop();
});

test.each([
  { kind: 'canvas', container: 'webm', hasSound: false },
  { kind: 'video', container: 'webm', hasSound: true },
  { kind: 'video', container: 'mp4', hasSound: true },
  { kind: 'canvas', container: 'mp4', hasSound: false },
] as const)('from a $kind to $container, sound: $hasSound', async ({ kind, container, hasSound }) => {
  const output = document.createElement(kind);
  document.body.append(output);
  const pipeline = openRecorded({ createWorker, output });
  const faults = faultsOf(pipeline);
  const recording = record(pipeline, { container, audio: hasSound ? sound : 'none' });
  await recordedWhen(recording, lasts(1));
  recording.pause();
  await recordingStatus(recording, 'paused');
  await new Promise((resolve) => setTimeout(resolve, 1500));
  recording.resume();
  const { frames } = await recordedWhen(recording, lasts(2));
  expect(frames).toBeGreaterThan(15);
  const clip = await recording.stop();
  expect(clip).toMatchObject({
    container,
    width: 64,
    height: 48,
    audio: hasSound ? [{ how: 'recorded' }] : [],
  });
  expect(clip.notes[0]).toMatch(/browser’s own recorder/);
  const read = await readRecording(clip.blob!);
  expect(read).toMatchObject({ videoCodec: clip.videoCodec, audioCodec: clip.audio[0]?.codec ?? null });
  expect(read.timestampsUs.length).toBeGreaterThan(10);
  expect(read.timestampsUs.at(-1)! / 1e6).toBeLessThan(clip.durationS + 0.5);
  await stopCleanly(pipeline, faults);
  expect(sound.readyState).toBe('live');
  output.remove();
});

test('what it can not encode names what it can, and the end of the pipeline keeps what there is', async () => {
  const pipeline = openRecorded({ createWorker });
  const refused = record(pipeline, { codec: 'hevc', container: 'webm' });
  expect(await recordingStatus(refused, 'failed')).toMatchObject({
    error: { code: 'codec-unsupported', message: expect.stringMatching(/Possible here: .*vp9/) as string },
  });
  const written: Uint8Array<ArrayBuffer>[] = [];
  const sink = new WritableStream<Uint8Array<ArrayBuffer>>({ write: (part) => void written.push(part) });
  const recording = record(pipeline, { container: 'webm', sink });
  await recordedWhen(recording, lasts(1));
  await statsWhen(pipeline, () => true);
  await pipeline.stop();
  const clip = await recording.stop();
  expect(clip.blob).toBeNull();
  expect((await readRecording(new Blob(written))).timestampsUs.length).toBeGreaterThan(5);
});
