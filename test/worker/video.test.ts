/** A clip as the source. */
import { expect, test } from 'vitest';
import clipUrl from '../fixtures/rabbit-160x120.webm?url';
import { failureOf, open, statsWhen, statusWhen } from './run-pipeline.ts';

test('plays in a loop, each presented frame once', async () => {
  const pipeline = open({ source: { kind: 'video', url: clipUrl } });
  const stats = await statsWhen(pipeline, ({ shown }) => shown >= 20);
  expect(stats.source).toBe('video');
  expect(stats.transport).toMatch(/^video → (planes|rgbx|texture) → (pixels|canvas) → canvas$/);
  expect(stats.fps).toBeLessThan(40);
  await pipeline.stop();
});

test('without a loop the pipeline stops at the end of the clip', async () => {
  const pipeline = open({ source: { kind: 'video', url: clipUrl, loop: false } });
  await statusWhen(pipeline, 'stopped');
});

test('a clip that is not there', async () => {
  const pipeline = open({ source: { kind: 'video', url: '/nowhere.webm' } });
  expect(await failureOf(pipeline)).toMatchObject({ code: 'video-unreadable' });
});
