/** Further clips, where they lie beside the repository: every frame at the time that ffprobe saw, with the sound. */
import { expect, test } from 'vitest';
import { none } from '../../pipelines/index.ts';
import { HAS_MEDIA, MEDIA_NAMES, clipFile, expectedOf } from '../support/clip-fixtures.ts';
import { expectSamePackets } from '../support/clip-times.ts';
import { readClip } from '../support/read-clip.ts';
import { runClip } from '../support/run-clip.ts';

/** ffprobe shifts this one by what its offsets are below 0, where the standard says that it begins at 0. */
const SHIFTED = 'rotate-buck-bunny.mp4';

let done = 0;

test.for(MEDIA_NAMES)('%s', { timeout: 120_000 }, async (name, { skip }) => {
  if (!HAS_MEDIA) skip('the folder of clips is not here: it is no part of the repository');
  const { timestampsUs, sounds } = expectedOf(name);
  const file = await clipFile(name);
  // Small, since it is the frames that count here.
  const clip = await runClip(file, { filter: none, output: { container: 'mp4', size: { width: 96 } } });
  expect(clip).toMatchObject({ frames: timestampsUs.length, skippedFrames: 0 });
  const read = await readClip(clip.blob!);
  const seen = read.video!.timestampsUs;
  expect(seen.length).toBe(timestampsUs.length);
  const shift = name === SHIFTED ? timestampsUs[0]! - seen[0]! : 0;
  const worst = Math.max(...seen.map((us, i) => Math.abs(us + shift - timestampsUs[i]!)));
  expect(worst).toBeLessThanOrEqual(10);
  expect(read.sounds.length).toBe(sounds.length);
  const input = await readClip(file);
  for (const [i, sound] of read.sounds.entries()) {
    expect(clip.audio[i]!.how).toBe('copied');
    expectSamePackets(sound, input.sounds[i]!);
  }
  done++;
});

test('none was left out', ({ skip }) => {
  if (!HAS_MEDIA) skip('the folder of clips is not here: it is no part of the repository');
  expect(done).toBe(9);
});
