/**
 * The figures are true: the account adds up whenever it is read, and what it says has been shown and left out agrees with
 * the frame numbers that are seen in the view.
 */
import { CAMERA_FPS, DEFAULT_CAMERA, expect, FOOTAGE_FRAMES, stepBetween, test } from './browser.ts';
import { expectAccount, figure, figuresOver, numberIn, startCamera } from '../support/live-page.ts';
import { watchView } from './view-pixels.ts';

for (const driver of ['auto', 'camera-utils']) {
  test(`arrived = shown + dropped + pending, at every moment, driver ${driver}`, async ({ openLive }) => {
    const page = await openLive({ params: { filter: 'edge', driver } });
    await startCamera(page);
    const samples = await figuresOver(page, 5000);
    expect(samples.length).toBeGreaterThan(40);
    for (const sample of samples) expectAccount(sample);
    const shown = samples.map((sample) => numberIn(sample, 'shown'));
    expect(shown, 'shown never falls').toEqual([...shown].sort((a, b) => a - b));
    expect(new Set(shown).size, 'the figures move').toBeGreaterThan(5);
  });

  test(`the newest frame is shown, none twice and none late, driver ${driver}`, async ({ openLive }) => {
    const page = await openLive({ params: { filter: 'edge', driver } });
    await startCamera(page, 10);
    const { numbers } = await watchView(page, DEFAULT_CAMERA.width, 4000);
    expect(numbers.length, `seen: ${numbers.join(' ')}`).toBeGreaterThan(20);
    const steps = numbers.slice(1).map((number, at) => stepBetween(numbers[at] ?? 0, number));
    // A step of more than half the loop is a step back: an older frame after a newer one.
    expect(Math.max(...steps), `seen: ${numbers.join(' ')}`).toBeLessThan(FOOTAGE_FRAMES / 2);
  });
}

const WATCH_MS = 4000;
/** The figures are up to a quarter of a second old, longer where the worker is busy, and so is the picture. */
const STALE_FRAMES = 20;

for (const { how, camera, params } of [
  { how: 'where the machine keeps up', camera: DEFAULT_CAMERA, params: { filter: 'edge' } },
  {
    how: 'where it may be too slow for the camera',
    camera: { width: 1280, height: 720 },
    params: { filter: 'blur', sigma: '5' },
  },
]) {
  test(`the figures agree with the frames that are seen, ${how}`, async ({ openLive }) => {
    const page = await openLive({ camera, params });
    await startCamera(page, 30);
    const { numbers, before, after, elapsedMs } = await watchView(page, camera.width, WATCH_MS);
    const passed = numbers
      .slice(1)
      .reduce((sum, number, at) => sum + stepBetween(numbers[at] ?? 0, number), 0);
    const grown = (name: string): number => numberIn(after, name) - numberIn(before, name);
    const told = `arrived ${grown('arrived')}, shown ${grown('shown')}, dropped ${grown('dropped')}; seen ${numbers.join(' ')}`;
    // No loss is hidden: what the camera made between the first and the last number that was seen has been counted.
    expect(grown('arrived'), told).toBeGreaterThanOrEqual(passed - STALE_FRAMES);
    // None is invented either: a camera makes no more than this.
    expect(grown('arrived'), told).toBeLessThanOrEqual((elapsedMs / 1000) * CAMERA_FPS + STALE_FRAMES);
    expect(grown('shown'), told).toBeGreaterThanOrEqual(numbers.length - STALE_FRAMES);
    const fps = await figure(page, 'fps');
    expect(fps).toBeGreaterThan(0);
    expect(fps).toBeLessThanOrEqual(CAMERA_FPS * 1.1);
  });
}
