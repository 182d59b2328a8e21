/** The element on its page: by keyboard, by ear, in both themes and on a narrow phone, and what an audit has against it. */
import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './browser.ts';

const camera = (page: Page): Locator => page.locator('[data-role=camera]');
const clip = (page: Page): Locator => page.locator('[data-role=clip]');
const pattern = (page: Page): Locator => page.locator('[data-role=pattern]');

/** What the audit found: rule and places. */
async function violations(page: Page): Promise<readonly string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze();
  return found.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
}

/** What assistive technology is told: 'role name', in the order of the page. */
async function told(page: Page): Promise<readonly string[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  return nodes
    .filter(({ ignored }) => !ignored)
    .map(({ role, name }) => `${String(role?.value)} ${String(name?.value)}`);
}

async function start(element: Locator): Promise<void> {
  await element.getByRole('button', { name: 'Start' }).click();
  await expect(element.getByRole('status')).toHaveText('Running', { timeout: 20_000 });
}

test('by keyboard alone, and nothing else of the page is touched', async ({ openLive }) => {
  const page = await openLive({ path: '/embed/' });
  const button = camera(page).getByRole('button');
  await expect(button).toHaveText('Start');
  await expect(camera(page).getByRole('status')).toHaveText('Ready');
  await page.getByRole('link', { name: 'Call' }).focus();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Embed' })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(button).toBeFocused();
  const outline = await button.evaluate((one) => getComputedStyle(one).outlineStyle);
  expect(outline, 'the focus is seen').toBe('solid');
  await page.keyboard.press('Enter');
  await expect(camera(page).getByRole('status')).toHaveText('Running', { timeout: 20_000 });
  await expect(button).toHaveText('Stop');
  await expect(button).toBeFocused();
  // Keys of the page scroll it: the element takes none but its button's.
  await page.keyboard.press('PageDown');
  await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(0);
  await page.keyboard.press('Space');
  await expect(button).toHaveText('Start');
  await expect(camera(page).getByRole('status')).toHaveText('Stopped');
  // One stop for the one button; then whatever follows in the page.
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Mirrored' })).toBeFocused();
});

test('assistive technology is told what it is, what it offers and how it is', async ({ openLive }) => {
  const page = await openLive({ path: '/embed/' });
  await expect(camera(page).getByRole('button')).toBeVisible();
  const tree = await told(page);
  const at = tree.indexOf('group Your camera, filtered');
  expect(at).toBeGreaterThan(0);
  expect(tree.slice(at)).toEqual(expect.arrayContaining(['button Start', 'group A clip, filtered']));
  expect(tree.filter((one) => one.startsWith('status'))).toHaveLength(3);
  // The same is shown beside the button: to be said once.
  expect(tree.filter((one) => one === 'StaticText Ready')).toHaveLength(3);
});

test('the filter of the page is that of the element, and each change is told', async ({ openLive }) => {
  const page = await openLive({ path: '/embed/', params: { filter: 'blur' } });
  await start(camera(page));
  const log = page.locator('[data-role=told]');
  await expect(log.locator('li').first()).toHaveText(/^filterchange blur, sigma/);
  await page.getByRole('radio', { name: 'Sharpen' }).check();
  await expect(log.locator('li').first()).toHaveText(/^filterchange sharpen/);
  await expect(page.locator('[data-role=camera-code] code')).toContainText('filter="sharpen"');
  await expect(page).toHaveURL(/filter=sharpen/);
  await page.getByRole('button', { name: 'Mirrored' }).click();
  await expect(page.locator('[data-role=camera-code] code')).not.toContainText('mirrored');
  await page.getByRole('button', { name: 'Take a picture' }).click();
  await expect(page.locator('[data-role=picture-size]')).toHaveText('640 × 480');
  const states = await log.locator('li').allTextContents();
  expect(states.filter((text) => text.startsWith('statechange'))).toEqual(['statechange running', 'statechange starting']); // prettier-ignore
});

test('three run side by side, and the page’s own button drives the one without controls', async ({ openLive }) => {
  const page = await openLive({ path: '/embed/' });
  await start(camera(page));
  await start(clip(page));
  await expect(pattern(page).getByRole('button')).toHaveCount(0);
  await page.locator('[data-action=pattern]').click();
  await expect(pattern(page).getByRole('status')).toHaveText('Running', { timeout: 20_000 });
  for (const element of [camera(page), clip(page), pattern(page)]) {
    const video = element.locator('video');
    const at = await video.evaluate((one: HTMLVideoElement) => one.currentTime);
    await expect.poll(() => video.evaluate((one: HTMLVideoElement) => one.currentTime)).toBeGreaterThan(at);
  }
  await page.locator('[data-action=pattern]').click();
  await expect(page.locator('[data-action=pattern]')).toHaveText('Start');
}); // prettier-ignore

test('without a camera it says so, and another try works when there is a source', async ({ openLive }) => {
  const page = await openLive({ path: '/embed/', camera: 'none' });
  await camera(page).getByRole('button', { name: 'Start' }).click();
  await expect(camera(page).getByRole('status')).toHaveText(/^Stopped by a fault: .+/);
  await camera(page).evaluate((element) => {
    element.setAttribute('source', 'pattern');
  });
  await camera(page).getByRole('button', { name: 'Try again' }).click();
  await expect(camera(page).getByRole('status')).toHaveText('Running', { timeout: 20_000 });
});

for (const [screen, viewport] of [
  ['desktop', { width: 1280, height: 860 }],
  ['narrow', { width: 360, height: 740 }],
] as const) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`an audit finds nothing: ${screen}, ${colorScheme}`, async ({ openLive }) => {
      const page = await openLive({ path: '/embed/', viewport, colorScheme });
      await expect(camera(page).getByRole('button', { name: 'Start' })).toBeVisible();
      const judge = async (state: string): Promise<void> => {
        expect(await violations(page), state).toEqual([]);
        const overhang = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(overhang, `${state}: pixels beyond the right edge`).toBeLessThanOrEqual(0);
        const box = await camera(page).getByRole('button').boundingBox();
        expect(Math.min(box?.width ?? 0, box?.height ?? 0), `${state}: a finger’s size`).toBeGreaterThanOrEqual(44);
      };
      await judge('idle');
      await start(camera(page));
      await judge('running');
      await camera(page).evaluate(async (element) => {
        const { stop, start: begin } = element as HTMLElementTagNameMap['convolux-video'];
        await stop.call(element as never);
        element.setAttribute('filter', 'blurr');
        await begin.call(element as never).catch(() => undefined);
      });
      await expect(camera(page).getByRole('button', { name: 'Try again' })).toBeVisible();
      await judge('failed');
    }); // prettier-ignore
  }
}

test('nothing turns where motion is unwelcome', async ({ openLive }) => {
  const page = await openLive({ path: '/embed/', granted: false });
  const ring = camera(page).locator('[part=spinner]');
  const motion = (): Promise<string> => ring.evaluate((one) => getComputedStyle(one).animationName);
  // The browser asks for the camera and gets no answer: it goes on starting.
  await camera(page).getByRole('button', { name: 'Start' }).click();
  await expect(ring).toBeVisible();
  expect(await motion()).toBe('turn');
  await page.emulateMedia({ reducedMotion: 'reduce' });
  expect(await motion()).toBe('none');
});
