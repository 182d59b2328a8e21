/** Recording with sound: it is heard when it is seen, whatever clocks picture and sound have. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { none } from '../../pipelines/index.ts';
import { record, type RecordingStats } from '../../src/session/record.ts';
import type { PipelineStats } from '../../src/session/open-pipeline.ts';
import { onsetsOf, picturesOf, readRecording, soundOf } from './read-recording.ts';
import { faultsOf, openRecorded, recordedWhen, recordingStatus, stopCleanly } from './run-recording.ts';
import { statsWhen } from './run-pipeline.ts';

const lasts = (durationS: number) => (stats: RecordingStats) => stats.durationS >= durationS;
const shows = (count: number) => (stats: PipelineStats) => stats.shown >= count;
/** As it comes from the device: beeps would be taken for noise. */
const asItIs = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };

let tracks: MediaStreamTrack[] = [];

async function openSound(): Promise<MediaStreamTrack> {
  const [track] = (await navigator.mediaDevices.getUserMedia({ audio: asItIs })).getAudioTracks();
  tracks.push(track!);
  return track!;
}

afterEach(() => {
  vi.restoreAllMocks();
  for (const track of tracks) track.stop();
  tracks = [];
});

const TICK_MS = 40;
const TICKS = 12;

/** A camera and a microphone that tell the same time: white for 120 ms each half second, and a tone as long. */
async function openClapper() {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [320, 240];
  document.body.append(canvas);
  const context = canvas.getContext('2d', { alpha: false })!;
  const audio = new AudioContext();
  const destination = audio.createMediaStreamDestination();
  const tone = new OscillatorNode(audio, { frequency: 1000 });
  const gain = new GainNode(audio, { gain: 0 });
  tone.connect(gain).connect(destination);
  tone.start();
  let ticks = 0;
  const timer = setInterval(() => {
    const at = ++ticks % TICKS;
    context.fillStyle = at < 3 ? '#fff' : at % 2 === 0 ? '#222' : '#282828';
    context.fillRect(0, 0, 320, 240);
    if (at === 0) gain.gain.setValueAtTime(0.8, audio.currentTime);
    if (at === 3) gain.gain.setValueAtTime(0, audio.currentTime);
  }, TICK_MS);
  const camera = canvas.captureStream(25);
  vi.spyOn(MediaDevices.prototype, 'getUserMedia').mockResolvedValue(camera);
  const sound = destination.stream.getAudioTracks()[0]!;
  tracks.push(sound, ...camera.getTracks());
  const close = async () => {
    clearInterval(timer);
    await audio.close();
    canvas.remove();
  };
  return { sound, close };
}

/** When the picture turns white, in s. */
async function flashesOf(file: Blob): Promise<readonly number[]> {
  const flashes: number[] = [];
  let isWhite = true;
  for await (const { timestampS, rgba } of picturesOf(file)) {
    const wasWhite = isWhite;
    isWhite = rgba[4 * (120 * 320 + 160)]! > 140;
    if (isWhite && !wasWhite) flashes.push(timestampS);
  }
  return flashes;
}

describe.each([
  { container: 'mp4', load: 0 },
  { container: 'webm', load: 0 },
  { container: 'mp4', load: 3 },
] as const)('in an $container, at a load of $load', ({ container, load }) => {
  test('it is there without a gap, and is heard when it is seen, also after a pause', async () => {
    const { sound, close } = await openClapper();
    const pipeline = openRecorded({ source: { kind: 'camera' }, filter: none, load });
    const faults = faultsOf(pipeline);
    await statsWhen(pipeline, shows(15));
    const recording = record(pipeline, { container, audio: sound });
    await recordedWhen(recording, lasts(3));
    recording.pause();
    const { durationS: pausedS } = await recordedWhen(recording, ({ queued }) => queued === 0);
    await new Promise((resolve) => setTimeout(resolve, 777));
    recording.resume();
    await recordedWhen(recording, lasts(6));
    const clip = await recording.stop();
    await close();
    expect(clip.audio).toEqual([{ codec: 'opus', how: 'recorded' }]);
    expect(clip.notes.length).toBe(container === 'mp4' ? 1 : 0);
    expect(clip.mimeType).toContain('opus');

    const { soundS, audioCodec, durationS, timestampsUs } = await readRecording(clip.blob!);
    expect(audioCodec).toBe('opus');
    // One packet each 20 ms from the beginning to the end of the picture.
    expect(Math.abs(soundS[0]!)).toBeLessThan(0.021);
    for (const [at, time] of soundS.entries()) expect(Math.abs(time - soundS[0]! - 0.02 * at)).toBeLessThan(0.002); // prettier-ignore
    expect(Math.abs(soundS.at(-1)! + 0.02 - timestampsUs.at(-1)! / 1e6)).toBeLessThan(0.15);
    expect(Math.abs(durationS - clip.durationS)).toBeLessThan(0.1);

    const flashes = await flashesOf(clip.blob!);
    const onsets = onsetsOf(await soundOf(clip.blob!), 0.2);
    for (const [fromS, toS] of [
      [0.1, pausedS - 0.2],
      [pausedS + 0.1, durationS],
    ] as const) {
      // prettier-ignore
      const isIn = (time: number) => time > fromS && time < toS;
      const seen = flashes.filter(isIn);
      const lateMs = onsets.filter(isIn).map((onset) => 1000 * (onset - nearest(seen, onset)));
      expect(lateMs.length).toBeGreaterThanOrEqual(4);
      // A canvas leaves out pictures now and then, so that one is seen late: what most of them say counts.
      expect(Math.abs(median(lateMs)), lateMs.map(Math.round).join(' ')).toBeLessThan(40);
    }
    await stopCleanly(pipeline, faults);
    expect(sound.readyState).toBe('live');
  });
});

const nearest = (times: readonly number[], time: number): number =>
  times.reduce((best, one) => (Math.abs(one - time) < Math.abs(best - time) ? one : best), Infinity);

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!; // prettier-ignore

describe('the microphone', () => {
  test('is asked for, recorded, and released', async () => {
    const { getUserMedia } = MediaDevices.prototype;
    const asked = vi.spyOn(MediaDevices.prototype, 'getUserMedia').mockImplementation(async (constraints) => {
      const stream = await getUserMedia.call(navigator.mediaDevices, constraints);
      tracks.push(...stream.getTracks());
      return stream;
    });
    const pipeline = openRecorded();
    const recording = record(pipeline, { audio: 'microphone' });
    await recordedWhen(recording, lasts(0.5));
    const clip = await recording.stop();
    expect(asked.mock.calls).toEqual([[{ audio: true }]]);
    expect(tracks.map(({ kind, readyState }) => [kind, readyState])).toEqual([['audio', 'ended']]);
    expect((await readRecording(clip.blob!)).soundS.length).toBeGreaterThan(10);
  });

  test.each([
    ['NotAllowedError', 'microphone-denied'],
    ['NotFoundError', 'microphone-missing'],
    ['NotReadableError', 'microphone-busy'],
  ] as const)('that gives %s is %s, and the picture goes on', async (name, code) => {
    vi.spyOn(MediaDevices.prototype, 'getUserMedia').mockRejectedValue(new DOMException('no', name));
    const pipeline = openRecorded();
    const faults = faultsOf(pipeline);
    const recording = record(pipeline, { audio: 'microphone' });
    expect(await recordingStatus(recording, 'failed')).toMatchObject({ error: { code, recoverable: true } });
    await expect(recording.stop()).rejects.toMatchObject({ code });
    await statsWhen(pipeline, shows(5));
    await stopCleanly(pipeline, faults);
  });
});

test('sound that ends, and sound that never comes, leave a whole recording with silence in it', async () => {
  const sound = await openSound();
  const quiet = new AudioContext();
  await quiet.suspend();
  const silent = quiet.createMediaStreamDestination().stream.getAudioTracks()[0]!;
  for (const [track, endsAtS] of [
    [sound, 1],
    [silent, 0],
  ] as const) {
    // prettier-ignore
    const pipeline = openRecorded();
    const faults = faultsOf(pipeline);
    const recording = record(pipeline, { audio: track });
    await recordedWhen(recording, lasts(1));
    track.stop();
    await recordedWhen(recording, lasts(4));
    const clip = await recording.stop();
    const { durationS, timestampsUs, soundS } = await readRecording(clip.blob!);
    expect(timestampsUs.length).toBe(clip.frames);
    expect(durationS).toBeGreaterThan(3.9);
    expect(soundS.at(-1)).toBeGreaterThan(2.5);
    const heard = await soundOf(clip.blob!);
    const loud = onsetsOf(heard).filter((onset) => onset > endsAtS + 0.5);
    expect(loud).toEqual([]);
    await stopCleanly(pipeline, faults);
  }
  await quiet.close();
  expect(() => record(openRecorded(), { audio: sound })).toThrow(
    /options\.audio must be a track that has not ended/,
  );
});
