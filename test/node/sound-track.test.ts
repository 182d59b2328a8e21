/** The sound of a recording whose times are not what they should be. */
import type { AudioSample, AudioSampleSource } from 'mediabunny';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FrameClock } from '../../src/clips/frame-clock.ts';
import { RecordingTimeline } from '../../src/clips/recording-timeline.ts';
import { SoundTrack } from '../../src/clips/sound-track.ts';

const FORMAT = { sampleRate: 8000, numberOfChannels: 1 } as const;
const PIECE_MS = 20;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function sound(timestampMs: number): AudioData {
  const numberOfFrames = (FORMAT.sampleRate * PIECE_MS) / 1000;
  return {
    ...FORMAT,
    numberOfFrames,
    timestamp: 1000 * timestampMs,
    copyTo: (to: Float32Array) => to.fill(0.5),
    close: () => undefined,
  } as unknown as AudioData;
}

/** @param jumpMs by which the time of the last piece differs from what it should be; sound ends with it. */
async function record(jumpMs: number): Promise<number> {
  const timeline = new RecordingTimeline();
  const frames = new FrameClock({ offsetMs: 0 }, false);
  const { readable, writable } = new TransformStream<AudioData, AudioData>();
  const writer = writable.getWriter();
  const track = new SoundTrack({ readable, format: FORMAT }, timeline, frames);
  const add = (sample: AudioSample): Promise<void> => {
    sample.close();
    return Promise.resolve();
  };
  track.open({ add } as unknown as AudioSampleSource, (error) => {
    throw error;
  });
  frames.capturedMs(0, 0);
  timeline.begin(performance.now());
  const beginMs = performance.now();
  for (let ms = 0; ms < 4000; ms += PIECE_MS) {
    await vi.advanceTimersByTimeAsync(PIECE_MS);
    if (ms <= 1000) await writer.write(sound(ms === 1000 ? ms + jumpMs : ms));
    track.follow(beginMs + ms, ms / 1000);
  }
  await writer.close();
  await track.finish();
  return track.endS;
}

test.each([0, -1500, -60_000, 1500, 60_000])(
  'a last piece that is off by %d ms holds nothing up: silence follows the picture',
  async (jumpMs) => {
    const endS = await record(jumpMs);
    expect(endS).toBeGreaterThan(2.9);
    expect(endS).toBeLessThan(4.1);
  },
);
