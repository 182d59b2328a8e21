/** The sound of a clip: copied where its new container takes it, else encoded anew, and in time either way. */
import { describe, expect, test } from 'vitest';
import { clipFile } from '../support/clip-fixtures.ts';
import { soundLag } from '../support/clip-sound-lag.ts';
import { evenly, makeClip } from '../support/make-clip.ts';
import { decodeSound, readClip } from '../support/read-clip.ts';
import { runClip } from '../support/run-clip.ts';

const CLOSE_S = 0.001;

describe.each([
  ['b-frames.mp4', 'mp4', 'aac', 'copied'],
  ['b-frames.mp4', 'webm', 'opus', 'transcoded'],
  ['negative-offsets.mp4', 'webm', 'opus', 'transcoded'],
  ['late-sound.mp4', 'mp4', 'aac', 'copied'],
  ['late-sound.mp4', 'webm', 'opus', 'transcoded'],
  ['late-video.mp4', 'webm', 'opus', 'transcoded'],
  ['mp3.mp4', 'mp4', 'mp3', 'copied'],
  ['mp3.mp4', 'webm', 'opus', 'transcoded'],
  ['pcm.mov', 'webm', 'opus', 'transcoded'],
  ['vp8-vorbis.webm', 'webm', 'vorbis', 'copied'],
  ['vp8-vorbis.webm', 'mp4', 'vorbis', 'copied'],
  ['vp9-opus.webm', 'webm', 'opus', 'copied'],
  ['vp9-opus.webm', 'mp4', 'opus', 'copied'],
] as const)('%s to %s', (name, container, codec, how) => {
  test(`is ${how} as ${codec}, and as far from the picture as it was`, async () => {
    const input = await clipFile(name);
    const clip = await runClip(input, { output: { container } });
    expect(clip.audio).toEqual([{ codec, how }]);
    if (how === 'transcoded') expect(clip.notes.join()).toMatch(/encoded anew, as opus/);
    else expect(clip.notes).toEqual([]);
    const { lagS, likeness } = soundLag(await decodeSound(input), await decodeSound(clip.blob!));
    expect(Math.abs(lagS)).toBeLessThanOrEqual(CLOSE_S);
    expect(likeness).toBeGreaterThan(0.9);
  });
});

test('the check would hear a millisecond too much', async () => {
  const sound = await decodeSound(await clipFile('b-frames.mp4'));
  const { lagS, likeness } = soundLag(sound, { ...sound, startS: sound.startS + 0.0015 });
  expect(lagS).toBeCloseTo(0.0015, 4);
  expect(likeness).toBeGreaterThan(0.99);
});

test('two languages stay two, each its own, and subtitles are no sound', async () => {
  const input = await clipFile('tracks.mp4');
  const clip = await runClip(input);
  const read = await readClip(clip.blob!);
  expect(read.sounds.map(({ codec, language }) => [codec, language])).toEqual([['aac', 'eng'], ['aac', 'deu']]); // prettier-ignore
  const [first, second] = [await decodeSound(clip.blob!, 0), await decodeSound(clip.blob!, 1)];
  expect(soundLag(await decodeSound(input, 0), first).likeness).toBeGreaterThan(0.99);
  expect(soundLag(await decodeSound(input, 1), second).likeness).toBeGreaterThan(0.99);
  expect(soundLag(first, second).likeness).toBeLessThan(0.9);
});

test("audio 'none': a clip without sound", async () => {
  const clip = await runClip('b-frames.mp4', { output: { audio: 'none' } });
  expect(clip.audio).toEqual([]);
  expect((await readClip(clip.blob!)).sounds).toEqual([]);
});

describe('a range', () => {
  test.each(['mp4', 'webm'] as const)('into %s: sound and picture begin together', async (container) => {
    const input = await makeClip({ timesS: evenly(60, 30), soundS: 2 });
    const range = { startS: 0.7, endS: 1.9 };
    const clip = await runClip(input, { range, output: { container } });
    const whole = await decodeSound(input);
    const part = await decodeSound(clip.blob!);
    const [from, to] = [range.startS, range.endS].map((timeS) => Math.round(timeS * whole.sampleRate));
    const { lagS, likeness } = soundLag({ ...whole, samples: whole.samples.subarray(from, to) }, part);
    expect(Math.abs(lagS)).toBeLessThanOrEqual(CLOSE_S);
    expect(likeness).toBeGreaterThan(0.9);
  });
});
