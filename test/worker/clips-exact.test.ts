/** Every clip of test/fixtures/clips: all frames, each once, at its time, and the sound beside it, as ffprobe saw them. */
import { describe, expect, test } from 'vitest';
import { FIXTURE_NAMES, FIXTURE_URLS, REFUSED, UNKNOWN_SOUND, expectedOf } from '../support/clip-fixtures.ts';
import { expectSameTimes } from '../support/clip-times.ts';
import { readClip } from '../support/read-clip.ts';
import { blobOf, runClip } from '../support/run-clip.ts';

test('there are figures of every clip, and a clip to all figures', () => {
  expect([...FIXTURE_NAMES, ...REFUSED, UNKNOWN_SOUND].sort()).toEqual(Object.keys(FIXTURE_URLS).sort());
  expect(FIXTURE_NAMES.length).toBeGreaterThanOrEqual(24);
});

describe.each(['mp4', 'webm'] as const)('into %s', (container) => {
  test.each(FIXTURE_NAMES)('%s', async (name) => {
    const expected = expectedOf(name);
    const clip = await runClip(name, { output: { container } });
    expect(clip).toMatchObject({ container, frames: expected.timestampsUs.length, skippedFrames: 0, skippedAtS: [] }); // prettier-ignore
    const file = blobOf(clip);
    expect(clip.sizeBytes).toBe(file.size);
    const read = await readClip(file);
    expect(read.format).toBe(container === 'mp4' ? 'MP4' : 'WebM');
    expect(clip.mimeType).toBe(file.type);
    expect(clip.mimeType).toMatch(new RegExp(`^video/${container}; ?codecs=`));
    expect(read.video).toMatchObject({ codec: clip.videoCodec, width: clip.width, height: clip.height });
    await expectSameTimes(name, read, clip);
  });
});
