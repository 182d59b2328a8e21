/** When a recording is where: pauses, sources that start over, sound that is put right. */
import { describe, expect, test } from 'vitest';
import { FrameClock } from '../../src/clips/frame-clock.ts';
import { RecordingTimeline } from '../../src/clips/recording-timeline.ts';
import { conform, cut, silence, SoundAlignment } from '../../src/clips/sound-pieces.ts';

describe('RecordingTimeline', () => {
  test('begins with the first frame and leaves pauses out', () => {
    const timeline = new RecordingTimeline();
    expect(timeline.at(1000)).toBeNull();
    timeline.begin(1000);
    timeline.begin(1040);
    expect([timeline.at(999), timeline.at(1000), timeline.at(1040)]).toEqual([null, 0, 40]);
    timeline.pause(1100);
    timeline.pause(1120);
    expect(timeline.isPaused).toBe(true);
    // What was captured before the pause still belongs to it.
    expect([timeline.at(1099), timeline.at(1100), timeline.at(1500)]).toEqual([99, null, null]);
    timeline.resume(2000);
    expect([timeline.at(1999), timeline.at(2000), timeline.at(2030)]).toEqual([null, 100, 130]);
  });

  test('does not begin while it is paused', () => {
    const timeline = new RecordingTimeline();
    timeline.pause(0);
    timeline.begin(10);
    expect(timeline.hasBegun).toBe(false);
    timeline.resume(20);
    timeline.begin(30);
    expect(timeline.at(31)).toBe(1);
  });

  test('says which parts of a stretch are in it', () => {
    const timeline = new RecordingTimeline();
    timeline.begin(100);
    timeline.pause(200);
    timeline.resume(300);
    timeline.end(350);
    expect(timeline.parts(0, 50)).toEqual([]);
    expect(timeline.parts(90, 110)).toEqual([{ skipMs: 10, atMs: 0, lengthMs: 10 }]);
    expect(timeline.parts(190, 310)).toEqual([
      { skipMs: 0, atMs: 90, lengthMs: 10 },
      { skipMs: 110, atMs: 100, lengthMs: 10 },
    ]);
    expect(timeline.parts(340, 400)).toEqual([{ skipMs: 0, atMs: 140, lengthMs: 10 }]);
  });

  test('an end before the last pause was over adds nothing', () => {
    const timeline = new RecordingTimeline();
    timeline.begin(0);
    timeline.pause(10);
    timeline.resume(20);
    timeline.end(8);
    expect(timeline.parts(0, 100)).toEqual([{ skipMs: 0, atMs: 0, lengthMs: 10 }]);
  });
});

describe('FrameClock', () => {
  test('keeps distances to the microsecond while its source becomes better known', () => {
    const clock = { offsetMs: 5000 };
    const frames = new FrameClock(clock, false);
    const first = frames.capturedMs(49_321_084_000, 0);
    clock.offsetMs = 4990;
    const second = frames.capturedMs(49_321_117_333, 40);
    expect(Math.round((second - first) * 1000)).toBe(33_333);
    expect(frames.correctionMs).toBe(-10);
  });

  test('goes on by our clock where the source starts over', () => {
    const clock = { offsetMs: 100 };
    const frames = new FrameClock(clock, false);
    const times = [0, 40_000, 80_000, 0, 40_000].map((us, at) => frames.capturedMs(us, 110 + 40 * at));
    expect(times).toEqual([100, 140, 180, 220, 260]);
    expect(frames.correctionMs).toBe(0);
  });

  test('takes the time of arrival where frames have none of their own', () => {
    const clock = { offsetMs: 100 };
    const frames = new FrameClock(clock, true);
    expect(frames.capturedMs(80_000, 0)).toBe(180);
    clock.offsetMs = 500;
    expect(frames.capturedMs(40_000, 0)).toBe(540);
    expect(frames.correctionMs).toBe(0);
  });
});

describe('sound', () => {
  const format = { sampleRate: 1000, numberOfChannels: 1 };

  test('lies where it belongs at first, follows on, and is put right on average only', () => {
    const alignment = new SoundAlignment();
    expect(alignment.next(0, 0.5)).toEqual({ silenceS: 0.5, skipS: 0 });
    for (let i = 0; i < 200; i++) expect(alignment.next(1, 1 + (i % 2 === 0 ? 0.03 : -0.03))).toEqual({ silenceS: 0, skipS: 0 }); // prettier-ignore
    const corrections = Array.from({ length: 200 }, () => alignment.next(1, 1.02)).filter(
      ({ silenceS }) => silenceS > 0,
    );
    expect(corrections.length).toBeGreaterThan(0);
    expect(corrections[0]!.silenceS).toBeGreaterThan(0.009);
    expect(corrections[0]!.silenceS).toBeLessThan(0.021);
  });

  test('that is missing is replaced at once, and what comes twice is left out', () => {
    const alignment = new SoundAlignment();
    alignment.next(0, 0);
    expect(alignment.next(1, 1.25)).toEqual({ silenceS: 0.25, skipS: 0 });
    expect(alignment.next(2, 1.75)).toEqual({ silenceS: 0, skipS: 0.25 });
  });

  test('is cut by samples, and silence has its length', () => {
    const piece = { sampleRate: 1000, numberOfChannels: 2, data: new Float32Array([1, -1, 2, -2, 3, -3]) };
    expect([...cut(piece, 1, 2).data]).toEqual([2, -2]);
    expect(silence(format, 0.25).data.length).toBe(250);
    expect(silence(format, -1).data.length).toBe(0);
  });

  test('of another device becomes what the recording has', () => {
    const ramp = { sampleRate: 500, numberOfChannels: 1, data: new Float32Array([0, 2, 4, 6]) };
    expect(conform(ramp, { sampleRate: 500, numberOfChannels: 1 })).toBe(ramp);
    expect([...conform(ramp, format).data]).toEqual([0, 1, 2, 3, 4, 5, 6, 6]);
    expect([...conform(ramp, { sampleRate: 250, numberOfChannels: 2 }).data]).toEqual([0, 0, 4, 4]);
    const stereo = { sampleRate: 1000, numberOfChannels: 2, data: new Float32Array([1, -1, 2, -2]) };
    expect([...conform(stereo, format).data]).toEqual([1, 2]);
  });
});
