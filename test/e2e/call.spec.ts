/**
 * A filtered camera in a call: what the far end has decoded is held against what the reference computes in Node from the
 * camera's own bytes, by structure: a codec changes levels, not what is seen.
 */
import type { Page } from '@playwright/test';
import { correlationOf } from '../support/correlation.ts';
import { button, type FilterName } from '../support/live-page.ts';
import { expect, footageFor, test } from './browser.ts';
import {
  camerasOn,
  levelsOf,
  receivedPixels,
  sendingOf,
  spyOnPeers,
  startCall,
  statusOf,
  type Sending,
} from './call-page.ts';
import { expectedView } from './expected-view.ts';
import { numberedPicture } from './view-pixels.ts';

const CAMERA = { width: 640, height: 360 } as const;
const CALL = { path: '/call/', camera: CAMERA, prepare: spyOnPeers } as const;
/** Two cameras: one shows green, the other a clock on black. */
const TWO_CAMERAS = ['--use-fake-device-for-media-stream=device-count=2,fps=30'];
/** Of the same picture before and after the codec; the edges and the camera's picture have next to nothing in common. */
const ALIKE = 0.9;
const UNLIKE = 0.3;
const FILTERS = ['edge', 'none', 'blur'] as const;

/** How alike what arrives is to what each of the filters makes of the very frame that it shows. */
async function likenesses(page: Page, filters: readonly FilterName[]): Promise<readonly number[]> {
  const { number, picture } = await numberedPicture(() => receivedPixels(page));
  const file = await footageFor(CAMERA);
  return filters.map((filter) => correlationOf(picture, expectedView(file, number, filter)));
}

/** A busy machine computes at a lower resolution for a moment, which is not quite the same picture. */
async function expectLike(page: Page, filter: FilterName, unlike: FilterName): Promise<void> {
  const alike = async (): Promise<number> => {
    const [wanted = 0, other = 1] = await likenesses(page, [filter, unlike]);
    expect(other, `likeness to ${unlike}`).toBeLessThan(UNLIKE);
    return wanted;
  };
  await expect.poll(alike, { message: `likeness to ${filter}` }).toBeGreaterThan(ALIKE);
}

/** The filter whose picture is the most alike. */
async function filterSeen(page: Page): Promise<FilterName | undefined> {
  const found = await likenesses(page, FILTERS);
  return FILTERS[found.indexOf(Math.max(...found, ALIKE))];
}

function expectSameTrack(now: Sending, before: Sending): void {
  expect(now).toMatchObject({ trackId: before.trackId, senders: 1, negotiations: 1, readyState: 'live' });
}

test('the other side receives the filtered picture, and nothing of the raw one', async ({ openLive }) => {
  const page = await openLive({ ...CALL, params: { filter: 'edge' } });
  await startCall(page);
  await expectLike(page, 'edge', 'none');
});

test('an unfiltered call would be told from it', async ({ openLive }) => {
  const page = await openLive({ ...CALL, params: { filter: 'none' } });
  await startCall(page);
  await expectLike(page, 'none', 'edge');
});

test('25 frames a second and more arrive at 640×360', async ({ openLive }) => {
  const page = await openLive({ ...CALL, params: { filter: 'edge' } });
  await startCall(page);
  const before = await sendingOf(page);
  expect(before.codec).toBe('video/VP8');
  await expect
    .poll(async () => (await sendingOf(page)).atMs - before.atMs, { timeout: 15_000, intervals: [5000, 500] })
    .toBeGreaterThanOrEqual(5000);
  const after = await sendingOf(page);
  const fps = (1000 * (after.decoded - before.decoded)) / (after.atMs - before.atMs);
  expect(fps, `${after.decoded - before.decoded} frames decoded`).toBeGreaterThanOrEqual(25);
  expect(await page.locator('[data-stat=received-size]').textContent()).toBe('640x360');
});

test('video off sends black, and on again the same track', async ({ openLive }) => {
  const page = await openLive({ ...CALL, params: { filter: 'edge' } });
  await startCall(page);
  const before = await sendingOf(page);
  await button(page, 'Turn video off').click();
  await expect(statusOf(page)).toContainText('video off');
  const highest = async (): Promise<number> => levelsOf(await receivedPixels(page)).highest;
  await expect.poll(highest, { message: 'the brightest level that arrives' }).toBeLessThan(8);
  const off = await sendingOf(page);
  expectSameTrack(off, before);
  expect(off.isEnabled).toBe(false);
  // For as long as it is off.
  await expect.poll(async () => (await sendingOf(page)).decoded - off.decoded).toBeGreaterThan(30);
  expect(await highest()).toBeLessThan(8);

  await button(page, 'Turn video on').click();
  await expectLike(page, 'edge', 'none');
  expectSameTrack(await sendingOf(page), before);
});

test('another filter needs no negotiation', async ({ openLive }) => {
  const page = await openLive({ ...CALL, params: { filter: 'edge' } });
  await startCall(page);
  const before = await sendingOf(page);
  for (const [title, name] of [
    ['Blur', 'blur'],
    ['None', 'none'],
    ['Edge', 'edge'],
  ] as const) {
    // prettier-ignore
    await page.getByRole('radio', { name: title, exact: true }).check();
    await expect(statusOf(page)).toContainText(`In a call · ${title}`);
    await expect.poll(() => filterSeen(page), { message: 'the filter that is seen' }).toBe(name);
  }
  expectSameTrack(await sendingOf(page), before);
  await expect(page.locator('[data-stat=negotiations]')).toHaveText('1');
});

test('another camera, a clip and the camera again need no negotiation', async ({ openLive }) => {
  const page = await openLive({
    ...CALL,
    camera: 'test-pattern',
    args: TWO_CAMERAS,
    params: { filter: 'none' },
  });
  await startCall(page);
  const before = await sendingOf(page);
  const choice = page.getByRole('combobox', { name: 'Picture' });
  const green = async (): Promise<number> => {
    const { mean } = levelsOf(await receivedPixels(page));
    return mean[1] - mean[0];
  };
  await expect.poll(green, { message: 'the first camera is green' }).toBeGreaterThan(80);

  await choice.selectOption('fake_device_1');
  await expect.poll(green, { message: 'the second is not', timeout: 10_000 }).toBeLessThan(10);
  expect(levelsOf(await receivedPixels(page)).highest, 'its clock').toBeGreaterThan(60);
  expectSameTrack(await sendingOf(page), before);
  await expect.poll(() => camerasOn(page)).toEqual(['fake_device_1']);

  await choice.selectOption('Sample clip');
  await expect
    .poll(async () => levelsOf(await receivedPixels(page)).mean[0], { timeout: 10_000 })
    .toBeGreaterThan(40);
  await expect.poll(() => camerasOn(page)).toEqual([]);

  await choice.selectOption('fake_device_0');
  await expect.poll(green, { message: 'the first again', timeout: 10_000 }).toBeGreaterThan(80);
  const now = await sendingOf(page);
  expectSameTrack(now, before);
  await expect.poll(async () => (await sendingOf(page)).decoded - now.decoded).toBeGreaterThan(10);
});

test('a camera that can not be had leaves the picture as it is, and says so', async ({ openLive }) => {
  const page = await openLive({ ...CALL, camera: 'test-pattern', args: TWO_CAMERAS });
  await startCall(page);
  const before = await sendingOf(page);
  await page.evaluate(() => {
    const refusal = new DOMException('Permission denied', 'NotAllowedError');
    navigator.mediaDevices.getUserMedia = () => Promise.reject(refusal);
  });
  const choice = page.getByRole('combobox', { name: 'Picture' });
  await choice.selectOption('fake_device_1');
  await expect(page.locator('[data-role=notices]')).toContainText(/stays as it is.*not allowed/i);
  await expect(choice).toHaveValue('camera');
  expect(await camerasOn(page)).toEqual(['fake_device_0']);
  const now = await sendingOf(page);
  expectSameTrack(now, before);
  await expect.poll(async () => (await sendingOf(page)).decoded - now.decoded).toBeGreaterThan(10);
});

test('the address says filter, parameters and policy, and the policy holds for the call', async ({
  openLive,
}) => {
  const params = { filter: 'blur', sigma: '4', failure: 'black' };
  const page = await openLive({ ...CALL, params });
  const black = page.getByRole('radio', { name: 'Black', exact: true });
  await expect(black).toBeChecked();
  const code = page.locator('[data-role=code] code');
  await expect(code).toContainText("filter: blur, params: { sigma: 4 }, failurePolicy: 'black'");
  await button(page, 'Start call').click();
  await expect(statusOf(page)).toContainText('In a call · Blur');
  await expect(black).toBeDisabled();
  await button(page, 'Hang up').click();
  await page.getByRole('radio', { name: 'Pass on', exact: true }).check();
  await expect(page).toHaveURL(/filter=blur&sigma=4&failure=passthrough$/);
  await expect(page.getByRole('link', { name: 'Clips' })).toHaveAttribute('href', /filter=blur&sigma=4$/);
});

test('hanging up lets the camera go, and another call begins anew', async ({ openLive }) => {
  const page = await openLive({ ...CALL, params: { filter: 'edge' } });
  await startCall(page);
  await button(page, 'Hang up').click();
  await expect(statusOf(page)).toContainText('Hung up');
  await expect.poll(() => camerasOn(page)).toEqual([]);
  expect((await sendingOf(page)).senders).toBe(0);
  await startCall(page);
  expect(await sendingOf(page)).toMatchObject({ senders: 1, negotiations: 2, readyState: 'live' });
});

test('a call without a camera says so, and goes on with the sample clip', async ({ openLive }) => {
  const page = await openLive({ ...CALL, camera: 'none' });
  await button(page, 'Start call').click();
  await expect(statusOf(page)).toContainText('No camera found');
  await expect(button(page, 'Try again')).toBeVisible();
  await page.getByRole('combobox', { name: 'Picture' }).selectOption('Sample clip');
  await button(page, 'Try again').click();
  await expect(statusOf(page)).toContainText('In a call');
  await expect(page.locator('[data-role=received]')).toBeVisible();
});

test('all of it by keys', async ({ openLive }) => {
  const page = await openLive({ ...CALL, params: { filter: 'edge' } });
  await button(page, 'Start call').focus();
  await page.keyboard.press('Enter');
  await expect(statusOf(page)).toContainText('In a call');
  await expect(button(page, 'Start call')).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await expect(statusOf(page)).toContainText('video off');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(statusOf(page)).toContainText('Hung up');
});
