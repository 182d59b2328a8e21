/** What a visitor asks of the frame budget: by hand, by keyboard and by address; at once, and without a new start. */
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './browser.ts';
import { figure, framesShown, readFigures, viewOf } from '../support/live-page.ts';

const PATTERN = { source: 'pattern', filter: 'edge', size: '320x240' };

const rate = (page: Page): Locator => page.getByRole('combobox', { name: 'Frame rate' });
const gives = (page: Page, name: string): Locator =>
  page
    .getByRole('radiogroup', { name: 'When frames take too long, lower' })
    .getByRole('radio', { name, exact: true });
const load = (page: Page): Locator => page.getByRole('slider', { name: 'Extra load' });
const log = (page: Page): Locator => page.getByRole('list', { name: 'Decisions, newest first' });

const inAddress = (page: Page, key: string): string | null => new URL(page.url()).searchParams.get(key);

test('the address says the rate, what gives way and the load, and comes back the same', async ({
  openLive,
}) => {
  const params = { filter: 'edge', fps: '24', degradation: 'balanced', load: '1.5' };
  const page = await openLive({ camera: 'none', params });
  const expectAll = async (): Promise<void> => {
    await expect(rate(page)).toHaveValue('24');
    await expect(gives(page, 'Both')).toBeChecked();
    // What is not at rest is not hidden behind a disclosure.
    await expect(load(page)).toHaveAttribute('aria-valuetext', '1.5 ×');
  };
  await expectAll();
  await page.getByRole('switch', { name: 'Mirror' }).check();
  await expect.poll(() => inAddress(page, 'mirror')).toBe('true');
  for (const [key, value] of Object.entries(params)) expect(inAddress(page, key)).toBe(value);
  await page.reload();
  await expectAll();
});

test('an empty rate is as many as come, and a rate or a load beyond the usual ones is shown as it is', async ({
  openLive,
}) => {
  const page = await openLive({ camera: 'none', params: { fps: '', load: '12' } });
  await expect(rate(page).locator(':checked')).toHaveText('As the source');
  await expect(load(page)).toHaveAttribute('aria-valuetext', '12.0 ×');
  await expect(page.locator('[data-role=notices]')).toBeEmpty();
  await page.goto('/?fps=12.5');
  await expect(rate(page).locator(':checked')).toHaveText('12.5 fps');
});

for (const [key, value] of Object.entries({
  fps: '0',
  load: '20.1',
  degradation: 'lazily',
  upload: 'pigeon',
  outputPath: 'window',
})) {
  test(`${key}=${value} in the address is refused in words`, async ({ openLive }) => {
    const page = await openLive({ camera: 'none', params: { [key]: value } });
    await expect(page.getByText(`${key} can not be “${value}”`)).toBeVisible();
    await expect(rate(page).locator(':checked')).toHaveText('As the source');
    await expect(gives(page, 'Resolution')).toBeChecked();
  });
}

test('all of it by keyboard, and the address follows', async ({ openLive }) => {
  const page = await openLive({ camera: 'none', params: { filter: 'edge' } });
  await expect(load(page), 'behind its disclosure').toBeHidden();
  await rate(page).focus();
  await rate(page).press('3');
  await expect.poll(() => inAddress(page, 'fps')).toBe('30');
  await page.keyboard.press('Tab');
  await expect(gives(page, 'Resolution')).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(gives(page, 'Frames')).toBeChecked();
  await expect.poll(() => inAddress(page, 'degradation')).toBe('maintain-resolution');
  await expect(page.getByText('every 2nd, 3rd … frame is left out')).toBeVisible();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await expect(load(page)).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => inAddress(page, 'load')).toBe('0.1');
  await page.keyboard.press('Home');
  await expect.poll(() => inAddress(page, 'load'), 'what is at rest is not said').toBe(null);
});

test('a lower rate leaves frames out evenly, at once; none asked brings them back', async ({ openLive }) => {
  const page = await openLive({ camera: 'none', params: PATTERN });
  await framesShown(page, 10);
  expect((await readFigures(page))['target-fps']).toBe('as they come');
  await rate(page).selectOption('15');
  await expect.poll(() => figure(page, 'target-fps')).toBe(15);
  await expect.poll(() => figure(page, 'dropped-decimated')).toBeGreaterThan(5);
  await expect.poll(() => figure(page, 'fps'), { timeout: 10_000 }).toBeLessThan(17);
  await expect.poll(() => figure(page, 'fps')).toBeGreaterThan(12);
  await expect(log(page)).toContainText(/\d+ frames left out evenly/u);
  const { arrived } = await readFigures(page);
  await rate(page).selectOption('');
  await expect.poll(() => figure(page, 'fps'), { timeout: 10_000 }).toBeGreaterThan(22);
  expect(await figure(page, 'arrived'), 'one and the same run').toBeGreaterThan(Number(arrived));
});

/** Where an element is on the page, however far that is scrolled. */
const placeOf = (element: Locator) =>
  element.evaluate((node) => {
    const { x, y, width, height } = node.getBoundingClientRect();
    return { x: x + scrollX, y: y + scrollY, width, height };
  });

test('a load takes resolution, and the page says so: figures, reasons, and a picture that stays in its box', async ({
  openLive,
}) => {
  const page = await openLive({ camera: 'none', params: { ...PATTERN, fps: '30' } });
  await framesShown(page, 10);
  expect(await figure(page, 'level')).toBe(1);
  const box = await placeOf(viewOf(page));
  await page.getByText('Try it').click();
  await load(page).fill('3');
  await expect.poll(() => figure(page, 'level'), { timeout: 15_000 }).toBeLessThan(1);
  await framesShown(page, 5);
  const { size, 'full-size': fullSize } = await readFigures(page);
  expect(fullSize).toBe('320x240');
  expect(size).not.toBe(fullSize);
  expect(await placeOf(viewOf(page)), 'the box of the picture').toEqual(box);
  await expect(log(page)).toContainText(/Resolution 100 % → \d+(\.\d)? %: .+ ms available; .+ ms expected/u);
  // Read aloud as well.
  await expect(page.locator('[data-role=figures] [aria-live=polite]')).toContainText('Resolution 100 %');
  await load(page).fill('0');
  await expect.poll(() => figure(page, 'level'), { timeout: 40_000 }).toBe(1);
  await expect(log(page)).toContainText(/→ 100 %: /u);
});

test('of two elements the one that is used is seen, the other one is not', async ({ openLive }) => {
  const page = await openLive({ camera: 'none', params: PATTERN });
  await framesShown(page, 5);
  await expect(viewOf(page)).toHaveCount(1);
  await expect(page.locator('[data-role=screen] > [hidden]')).toHaveCount(1);
  const shown = await viewOf(page).evaluate((view) => view.tagName.toLowerCase());
  expect((await readFigures(page))['transport']).toMatch(new RegExp(`${shown}$`, 'u'));
});

for (const outputPath of ['pixels', 'canvas'])
  for (const output of ['canvas', 'video'])
    test(`the address forces ${outputPath} into a ${output}`, async ({ openLive }) => {
      const page = await openLive({
        camera: 'none',
        params: { ...PATTERN, output, outputPath, upload: 'texture' },
      });
      await framesShown(page, 5);
      const { transport } = await readFigures(page);
      expect(transport).toBe(`pattern → texture → ${outputPath} → ${output}`);
    });
