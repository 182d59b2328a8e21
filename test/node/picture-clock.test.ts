import { expect, test } from 'vitest';
import { PictureClock } from '../../src/clips/picture-clock.ts';

/** Which of the waits are over by now. */
async function settled(waits: readonly Promise<void>[]): Promise<readonly number[]> {
  const done: number[] = [];
  for (const [i, wait] of waits.entries()) void wait.then(() => done.push(i));
  await Promise.resolve();
  await Promise.resolve();
  return done;
}

test('what is less than a second ahead of the picture goes on at once', async () => {
  const clock = new PictureClock(10);
  expect(await settled([clock.waitFor(9), clock.waitFor(11), clock.waitFor(11.1)])).toEqual([0, 1]);
});

test('what waits goes on when the picture comes near, each in its time', async () => {
  const clock = new PictureClock(0);
  const waits = [clock.waitFor(2), clock.waitFor(3)];
  clock.advance(0.5);
  expect(await settled(waits)).toEqual([]);
  clock.advance(1);
  expect(await settled(waits)).toEqual([0]);
  // The picture does not go back.
  clock.advance(0);
  expect(await settled([clock.waitFor(2)])).toEqual([0]);
  clock.advance(Infinity);
  expect(await settled(waits)).toEqual([0, 1]);
});
