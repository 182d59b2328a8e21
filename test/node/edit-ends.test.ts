import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { editEnds } from '../../src/clips/edit-ends.ts';

const CLIPS = join(import.meta.dirname, '../fixtures/clips');

async function endsOf(name: string, share = 1): Promise<readonly (readonly [number, number])[]> {
  const whole = new Uint8Array(readFileSync(join(CLIPS, name)));
  const bytes = whole.subarray(0, Math.floor(share * whole.length));
  return [
    ...(await editEnds((from, length) => Promise.resolve(bytes.slice(from, from + length)), bytes.length)),
  ];
}

test('a picture whose end is cut off, and its sound that is not', async () => {
  const ends = await endsOf('edit-list-end.mp4');
  expect(ends).toHaveLength(2);
  expect(ends[0]?.[1]).toBeCloseTo(0.7, 3);
  expect(ends[1]?.[1]).toBeCloseTo(1, 1);
});

test('empty time before a track that begins later counts', async () => {
  const ends = new Map(await endsOf('late-video.mp4'));
  // The one that begins later ends later, by that.
  const [longest = 0, shortest = 0] = [...ends.values()].toSorted((a, b) => b - a);
  expect(longest - shortest).toBeGreaterThan(0.1);
});

test('no list, no MP4, half an MP4: nothing is known', async () => {
  expect(await endsOf('vp9-opus.webm')).toEqual([]);
  expect(await endsOf('edit-list-end.mp4', 0.5)).toEqual([]);
  expect((await editEnds(() => Promise.resolve(new Uint8Array()), 0)).size).toBe(0);
});
