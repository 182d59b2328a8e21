/** Frames of a clip, looked at one by one: the same as in the clip that is processed whole. */
import { afterEach, describe, expect, test } from 'vitest';
import { edge, none, trail } from '../../pipelines/index.ts';
import { PipelineError } from '../../src/core/errors.ts';
import { openClip, type ClipPreview, type OpenClip } from '../../src/session/open-clip.ts';
import { clipFile } from '../support/clip-fixtures.ts';

let opened: OpenClip | null = null;

afterEach(async () => {
  await opened?.close();
  opened = null;
});

async function open(name: string): Promise<OpenClip> {
  return (opened = await openClip(await clipFile(name)));
}

function pixelsOf(picture: ImageBitmap): Uint8ClampedArray {
  const { width, height } = picture;
  const context = new OffscreenCanvas(width, height).getContext('2d');
  context?.drawImage(picture, 0, 0);
  return context?.getImageData(0, 0, width, height).data ?? new Uint8ClampedArray();
}

/** Mean difference of two pictures, in levels. @consumes preview */
function differenceOf({ before, after }: ClipPreview): number {
  const [a, b] = [pixelsOf(before), pixelsOf(after)];
  before.close();
  after.close();
  let sum = 0;
  a.forEach((value, i) => (sum += Math.abs(value - (b[i] ?? 0))));
  return sum / a.length;
}

test('what a clip is', async () => {
  const { info } = await open('b-frames.mp4');
  expect(info).toMatchObject({ format: 'MP4', rotation: 0, videoCodec: 'avc', audioCodecs: ['aac'] });
  expect(info.width).toBeGreaterThan(0);
  expect(info.fps).toBeGreaterThan(20);
  expect(info.durationS).toBeGreaterThan(0.9);
  expect(info.sizeBytes).toBe((await clipFile('b-frames.mp4')).size);
});

test('a turned clip is upright, in its facts and its pictures', async () => {
  const clip = await open('rotate-90.mp4');
  const { before, after } = await clip.preview({ atS: 0, filter: none });
  expect(clip.info.height).toBeGreaterThan(clip.info.width);
  for (const { width, height } of [before, after])
    expect([width, height]).toEqual([clip.info.width, clip.info.height]);
  before.close();
  after.close();
});

describe('before and after', () => {
  test('the filter that changes nothing gives the same picture, another one another', async () => {
    const clip = await open('vp8-vorbis.webm');
    expect(differenceOf(await clip.preview({ atS: 0.5, filter: none }))).toBeLessThan(2);
    expect(differenceOf(await clip.preview({ atS: 0.5, filter: edge }))).toBeGreaterThan(10);
  });

  test('the frame that is shown at that time, wherever one looks first; beyond the end the last one', async () => {
    const clip = await open('b-frames.mp4');
    const { fps, durationS } = clip.info;
    const timeOf = async (atS: number): Promise<number> => {
      const preview = await clip.preview({ atS, filter: none });
      preview.before.close();
      preview.after.close();
      return preview.timestampS;
    };
    for (const frame of [12, 3, 20, 0]) expect(await timeOf((frame + 0.5) / fps)).toBeCloseTo(frame / fps, 2);
    expect(await timeOf(durationS)).toBeCloseTo(durationS - 1 / fps, 2);
    expect(await timeOf(durationS + 100)).toBeCloseTo(durationS - 1 / fps, 2);
  });

  test('a filter over several frames knows those before: not the first picture of a sequence', async () => {
    const clip = await open('b-frames.mp4');
    // A trail of one frame alone is that frame.
    expect(differenceOf(await clip.preview({ atS: 0, filter: trail }))).toBeLessThan(2);
    const later = await clip.preview({ atS: 0.8, filter: trail });
    expect(differenceOf(later)).toBeGreaterThan(2);
  });
});

describe('one at a time', () => {
  test('of those that wait the newest is computed, the others are told', async () => {
    const clip = await open('b-frames.mp4');
    const [first, second, third] = await Promise.allSettled(
      [0, 0.2, 0.4].map((atS) => clip.preview({ atS, filter: edge })),
    );
    expect(first?.status).toBe('fulfilled');
    expect(second).toMatchObject({ status: 'rejected', reason: { code: 'aborted' } });
    expect(third).toMatchObject({ status: 'fulfilled' });
    if (third?.status === 'fulfilled') expect(third.value.timestampS).toBeCloseTo(0.4, 1);
  });

  test('nothing after it was closed', async () => {
    const clip = await open('b-frames.mp4');
    const running = clip.preview({ atS: 0.5, filter: edge });
    await clip.close();
    await expect(running).rejects.toMatchObject({ code: 'aborted' });
    await expect(clip.preview({ atS: 0, filter: edge })).rejects.toMatchObject({ code: 'aborted' });
  });
});

describe('what is no clip', () => {
  test('is told in words', async () => {
    const fault = await openClip(new Blob(['no clip at all'])).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(PipelineError);
    expect(fault).toMatchObject({ code: 'clip-unreadable' });
  });

  test('a place that is none, a time that is none', async () => {
    await expect(openClip(5 as unknown as Blob)).rejects.toThrow(
      'input must be a URL, a Blob or a file handle, got 5',
    );
    const clip = await open('b-frames.mp4');
    await expect(clip.preview({ atS: NaN, filter: edge })).rejects.toThrow('options.atS');
    await expect(clip.preview({ atS: 0 })).rejects.toThrow('either filter or graph, got neither');
  });
});
