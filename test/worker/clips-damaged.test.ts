/** Files that are no clips, or damaged ones: what is said of them, where they are damaged, and what can be saved. */
import { describe, expect, test } from 'vitest';
import { edge, trail } from '../../pipelines/index.ts';
import { UNKNOWN_SOUND, clipFile } from '../support/clip-fixtures.ts';
import { cutOff, damagePackets } from '../support/damaged-clips.ts';
import { evenly, makeClip, numberIn } from '../support/make-clip.ts';
import { decodePictures, readClip } from '../support/read-clip.ts';
import { faultOf, fileOf, runClip } from '../support/run-clip.ts';

describe('what is no clip', () => {
  test.each([
    ['0 bytes', new File([], 'empty.mp4'), /empty \(0 bytes\)/],
    [
      'a text',
      new File(['Dear diary, today I saw a clip.\n'.repeat(99)], 'diary.mp4'),
      /no video file that can be read/,
    ],
    ['noise', new File([Uint8Array.from({ length: 5000 }, (_, i) => (i * i * 31) % 251)], 'noise.webm'), /no video file/], // prettier-ignore
  ])('%s', async (_name, file, words) => {
    const fault = await faultOf(file);
    expect(fault.code).toBe('clip-unreadable');
    expect(fault.message).toMatch(words);
  });

  test.each([
    ['sound-only.mp4', 'clip-unreadable', /sound in this file, but no picture/],
    ['no-frames.mp4', 'clip-unreadable', /no frame in this file/],
    ['hdr-pq.webm', 'clip-unreadable', /HDR/],
    ['hdr-pq.mp4', 'clip-unreadable', /HDR/],
    ['hdr-hlg.mp4', 'clip-unreadable', /HDR/],
    ['hevc.mp4', 'codec-unsupported', /can not decode .*hevc/],
    ['mpeg4.mp4', 'codec-unsupported', /can not decode .*(mp4v|mpeg4)/],
    [UNKNOWN_SOUND, 'codec-unsupported', /sound of this clip \(\.mp3\).*audio: 'none'/],
  ])('%s', async (name, code, words) => {
    const fault = await faultOf(name);
    expect(fault.code).toBe(code);
    expect(fault.message).toMatch(words);
  });

  test('a clip whose sound can not be read goes without sound', async () => {
    const clip = await runClip(UNKNOWN_SOUND, { output: { audio: 'none' } });
    expect(clip).toMatchObject({ frames: 30, audio: [] });
  });

  test('a clip under a wrong name is read by what is in it', async () => {
    const file = new File([await clipFile('vp9-opus.webm')], 'holiday.mp4', { type: 'video/mp4' });
    expect((await runClip(file)).frames).toBe(30);
  });

  test('an address where nothing is', async () => {
    const fault = await faultOf(new URL('/test/nothing-here.mp4', location.href));
    expect(fault.code).toBe('clip-unreadable');
  });
});

describe('a clip that is cut off', () => {
  test.each([0.3, 0.6])('at %f, with its index at the start', async (share) => {
    const whole = await clipFile('b-frames.mp4');
    const fault = await faultOf(cutOff(whole, share));
    expect(fault.code).toBe('clip-unreadable');
    const { positionS } = fault.context;
    expect(positionS).toBeGreaterThan(2 * share - 1.2);
    expect(positionS).toBeLessThan(2 * share + 0.5);
    expect(fault.message).toMatch(/at \d+\.\d\d s/);
    // What is there can be saved.
    const clip = await runClip(cutOff(whole, share), { onError: 'skip' });
    expect(clip.frames + clip.skippedFrames).toBe(60);
    expect(clip.frames).toBeGreaterThan(60 * share - 40);
    expect(clip.skippedFrames).toBeGreaterThan(0);
    expect(clip.skippedAtS[0]).toBeCloseTo(Number(positionS), 3);
  });

  test('at 0.99, of the picture or the sound', async () => {
    const fault = await faultOf(cutOff(await clipFile('b-frames.mp4'), 0.99));
    expect(fault.code).toBe('clip-unreadable');
    expect(fault.context['positionS']).toBeGreaterThan(1.7);
  });

  test.each([0.3, 0.6, 0.99])('at %f, before its index', async (share) => {
    const fault = await faultOf(cutOff(await clipFile('negative-offsets.mp4'), share));
    expect(fault.code).toBe('clip-unreadable');
  });

  describe('in clusters of a second each', () => {
    const whole = makeClip({ timesS: evenly(60, 20), soundS: 3, container: 'webm', codec: 'vp9' });

    test.each([
      [0.6, 1],
      [0.99, 2],
    ])('at %f: it says where, and what is there can be saved', async (share, endS) => {
      const file = cutOff(await whole, share);
      const fault = await faultOf(file);
      expect(fault.code).toBe('clip-unreadable');
      expect(fault.context['positionS']).toBeGreaterThanOrEqual(endS - 0.06);
      expect(fault.context['positionS']).toBeLessThan(3);
      const clip = await runClip(file, { onError: 'skip' });
      expect(clip.frames).toBeGreaterThanOrEqual(20 * endS);
      expect(clip.skippedAtS.length).toBe(1);
      const pictures = await decodePictures(clip.blob!);
      expect(pictures.map(({ planes }) => numberIn(planes))).toEqual(pictures.map((_, i) => i));
    });

    test('in the first one: nothing of it can be read', async () => {
      expect((await faultOf(cutOff(await whole, 0.05))).code).toBe('clip-unreadable');
    });
  });
});

describe('a clip that is corrupt in the middle', () => {
  const make = (container: 'mp4' | 'webm') =>
    makeClip({ timesS: evenly(60, 30), keyFrameS: 0.5, soundS: 2, container, codec: container === 'mp4' ? 'avc' : 'vp9' }); // prettier-ignore

  test.each(['mp4', 'webm'] as const)('%s: it says where', async (container) => {
    const { file, timesS } = await damagePackets(await make(container), [20, 21, 22]);
    const fault = await faultOf(file);
    expect(fault.code).toBe('clip-unreadable');
    // A decoder that fails may lose the frame that it was about to give.
    const { positionS } = fault.context;
    expect(positionS).toBeGreaterThan(timesS[0]! - 1.1 / 30);
    expect(positionS).toBeLessThan(timesS[0]! + 0.001);
    expect(fault.message).toContain(`at ${Number(positionS).toFixed(2)} s`);
  });

  test.each([
    { container: 'mp4', filter: edge },
    { container: 'webm', filter: edge },
    { container: 'mp4', filter: trail },
  ] as const)(
    '$container, $filter.name, skipped: the rest at its own times, the sound whole',
    async ({ container, filter }) => {
      // prettier-ignore
      const input = await make(container);
      const whole = (await readClip(input)).video!.timestampsUs;
      const { file, timesS, againS } = await damagePackets(input, [20, 21, 22]);
      const clip = await runClip(file, { filter, onError: 'skip' });
      // At most all up to the next key frame can be lost with them.
      const lost = whole.filter((us) => us > 1e6 * timesS[0]! - 1000 && us < 1e6 * againS - 1000);
      expect(clip.skippedFrames).toBeGreaterThanOrEqual(1);
      expect(clip.skippedFrames).toBeLessThanOrEqual(lost.length);
      expect(clip.frames).toBe(60 - clip.skippedFrames);
      expect(clip.skippedAtS.length).toBeGreaterThanOrEqual(1);
      expect(clip.skippedAtS[0]).toBeCloseTo(timesS[0]!, 2);
      const read = await readClip(clip.blob!);
      const times = read.video!.timestampsUs;
      expect(times.length).toBe(clip.frames);
      const kept = whole.filter((us) => !lost.includes(us));
      for (const us of kept) expect(times.some((one) => Math.abs(one - us) <= 501)).toBe(true);
      const sound = read.sounds[0]!.packets.at(-1)!;
      expect(sound.timestampS + sound.durationS).toBeGreaterThan(1.97);
    },
  );

  test('skipped: what comes behind the damage is right', async () => {
    const { file, againS } = await damagePackets(await make('mp4'), [20, 21, 22]);
    const pictures = await decodePictures(await fileOf(file, { onError: 'skip' }));
    const behind = pictures.filter(({ timestampUs }) => timestampUs > 1e6 * againS - 1000);
    expect(behind.map(({ planes }) => numberIn(planes))).toEqual(evenly(behind.length, 1).map((i) => i + Math.round(30 * againS))); // prettier-ignore
    expect(behind.length).toBeGreaterThan(20);
  });

  test('all of it: no frame could be read', async () => {
    const { file } = await damagePackets(await makeClip({ timesS: evenly(5, 30) }), [0, 1, 2, 3, 4]);
    expect((await faultOf(file)).code).toBe('clip-unreadable');
    expect((await faultOf(file, { onError: 'skip' })).code).toBe('clip-unreadable');
  });
});

describe('what can not be written', () => {
  test.each([
    ['webm', 'avc', /WebM does not hold avc.*vp9/],
    ['webm', 'hevc', /WebM does not hold hevc/],
    ['mp4', 'vp8', /MP4 does not hold vp8.*avc/],
    ['mp4', 'hevc', /can not encode hevc.*avc/],
  ] as const)('%s with %s: what could be is named', async (container, codec, words) => {
    const fault = await faultOf('no-sound.mp4', { output: { container, codec } });
    expect(fault.code).toBe('codec-unsupported');
    expect(fault.message).toMatch(words);
  });

  test('H.264 of an odd size', async () => {
    const fault = await faultOf('odd-size.webm', { output: { codec: 'avc' } });
    expect(fault.code).toBe('codec-unsupported');
    expect(fault.message).toMatch(/even sizes only.*vp9/);
  });
});
