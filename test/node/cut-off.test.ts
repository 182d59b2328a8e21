import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isCutOff } from '../../src/clips/cut-off.ts';

const CLIPS = join(import.meta.dirname, '../fixtures/clips');

/** Of the first `share` of a file. */
function cutAt(name: string, share: number): Promise<boolean> {
  const whole = new Uint8Array(readFileSync(join(CLIPS, name)));
  const bytes = whole.subarray(0, Math.floor(share * whole.length));
  return isCutOff((from, length) => Promise.resolve(bytes.slice(from, from + length)), bytes.length);
}

describe.each(['b-frames.mp4', 'fragments.mp4', 'pcm.mov', 'vp8-vorbis.webm', 'vp9-opus.webm', 'vfr.webm'])(
  '%s',
  (name) => {
    test('whole', async () => {
      expect(await cutAt(name, 1)).toBe(false);
    });

    test.each([0.3, 0.6, 0.95])('cut at %d', async (share) => {
      expect(await cutAt(name, share)).toBe(true);
    });
  },
);

test('what is no clip is not cut off', async () => {
  const read = (bytes: readonly number[]) => (from: number, length: number) =>
    Promise.resolve(Uint8Array.from(bytes.slice(from, from + length)));
  expect(await isCutOff(read([]), 0)).toBe(false);
  expect(await isCutOff(read(Array.from({ length: 40 }, () => 0)), 40)).toBe(false);
  expect(await isCutOff(read([1, 2, 3]), 3)).toBe(false);
});

test('a segment of unknown size, as live streams write it, ends where it ends', async () => {
  const bytes = [0x1a, 0x45, 0xdf, 0xa3, 0x81, 0, 0x18, 0x53, 0x80, 0x67, 0x01, ...Array.from({ length: 7 }, () => 0xff), ...Array.from({ length: 40 }, () => 7)]; // prettier-ignore
  const read = (from: number, length: number) =>
    Promise.resolve(Uint8Array.from(bytes.slice(from, from + length)));
  expect(await isCutOff(read, bytes.length)).toBe(false);
});
