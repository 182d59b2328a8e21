/** A clip's sound as a signal, and a graph over it. */
import { describe, expect, test } from 'vitest';
import { conv1d, createEngine, graph, runSignal, tensor } from '../../src/index.ts';
import { readClipSound } from '../../src/session/read-clip-sound.ts';
import { clipFile } from '../support/clip-fixtures.ts';
import { decodeSound } from '../support/read-clip.ts';

describe('the sound of a clip', () => {
  test('each channel, as decoded', async () => {
    const file = await clipFile('b-frames.mp4');
    const { sampleRate, channels } = await readClipSound(file);
    const expected = await decodeSound(file);
    expect(sampleRate).toBe(expected.sampleRate);
    // What an edit list hides before 0 is not heard.
    const hidden = Math.max(0, Math.round(-expected.startS * sampleRate));
    expect(channels[0]?.length).toBe(expected.samples.length - hidden);
    const lag = Math.max(...(channels[0] ?? []).slice(0, 4000).map((value, i) => Math.abs(value - (expected.samples[i + hidden] ?? 0)))); // prettier-ignore
    if (channels.length === 1) expect(lag).toBeLessThan(1e-4);
  });

  test('a part of it', async () => {
    const file = await clipFile('b-frames.mp4');
    const whole = await readClipSound(file);
    const part = await readClipSound(file, { range: { startS: 0.25, endS: 0.5 } });
    const from = Math.round(0.25 * whole.sampleRate);
    expect(part.channels[0]?.length).toBe(Math.round(0.25 * whole.sampleRate));
    // Decoded from another packet on, so not to the last bit.
    const [some = new Float32Array(), all = new Float32Array()] = [part.channels[0], whole.channels[0]];
    for (let i = 2000; i < 8000; i += 100) expect(some[i]).toBeCloseTo(all[from + i] ?? NaN, 2);
  });

  test('runs through a graph: half as loud', async () => {
    const { channels } = await readClipSound(await clipFile('pcm.mov'), { range: { endS: 0.2 } });
    const [sound = new Float32Array()] = channels;
    const weights = tensor([1, 1, 1], [0.5]);
    const quieter = graph({ sound: [null, 1] }, ({ sound: signal }) => conv1d(signal, { weights }));
    const { channels: made } = await runSignal(createEngine({ backend: 'reference' }), quieter, sound);
    expect(sound.length).toBeGreaterThan(1000);
    for (let i = 0; i < sound.length; i += 50) expect(made[0]?.[i]).toBeCloseTo((sound[i] ?? NaN) / 2, 5);
  });

  test('none: told in words', async () => {
    await expect(readClipSound(await clipFile('no-sound.mp4'))).rejects.toMatchObject({
      code: 'clip-unreadable',
      message: 'There is no sound in this file.',
    });
    await expect(readClipSound(new Blob(['']))).rejects.toMatchObject({ code: 'clip-unreadable' });
  });
});
