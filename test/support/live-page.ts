/** The live page as a test sees it: its figures, its words and the pixels of its view. Nothing of its inside. */
import { expect, type Locator, type Page } from '@playwright/test';

export type FilterName = 'none' | 'edge' | 'sharpen' | 'blur';

/** The page's address parameters; whatever else is given goes into the address as it is. */
export type LiveParams = Readonly<
  Partial<Record<'source' | 'filter' | 'size' | 'driver' | 'output', string>>
> &
  Readonly<Record<string, string>>;

export const addressOf = (params: LiveParams): string => `/?${new URLSearchParams(params).toString()}`;

/** All figures at one moment, as the page writes them. */
export type Figures = Readonly<Record<string, string>>;

export async function readFigures(page: Page): Promise<Figures> {
  return page.evaluate(() =>
    Object.fromEntries(
      [...document.querySelectorAll<HTMLElement>('output[data-stat]')].map((output) => [
        output.dataset['stat'] ?? '',
        output.textContent,
      ]),
    ),
  );
}

/** The number that a figure starts with; NaN where it shows none. Digits may be grouped. */
export function numberIn(figures: Figures, name: string): number {
  const text = figures[name];
  if (text === undefined)
    throw new Error(`the page has no figure '${name}'; it has ${Object.keys(figures).join(', ')}`);
  return Number.parseFloat(text.replace(/(?<=\d)[\s,\u00a0\u2009\u202f](?=\d{3})/gu, ''));
}

export const figure = async (page: Page, name: string): Promise<number> =>
  numberIn(await readFigures(page), name);

/** Reads all figures every 50 ms, in the page, where no two reads can straddle an update. */
export async function figuresOver(page: Page, ms: number): Promise<readonly Figures[]> {
  return page.evaluate(async (duration) => {
    const samples: Record<string, string>[] = [];
    const end = performance.now() + duration;
    while (performance.now() < end) {
      const outputs = [...document.querySelectorAll<HTMLElement>('output[data-stat]')];
      samples.push(
        Object.fromEntries(outputs.map((output) => [output.dataset['stat'] ?? '', output.textContent])),
      );
      await new Promise((wake) => setTimeout(wake, 50));
    }
    return samples;
  }, ms);
}

const DROP_REASONS = ['source', 'replaced', 'stale', 'decimated', 'compiling', 'hidden', 'warming', 'failed', 'stopped']; // prettier-ignore

/** No frame is lost without a trace: arrived = shown + dropped + pending, and dropped is the sum of its reasons. */
export function expectAccount(figures: Figures): void {
  const told = JSON.stringify(figures);
  const of = (name: string): number => numberIn(figures, name);
  expect(of('shown') + of('dropped') + of('pending'), told).toBe(of('arrived'));
  const reasons = DROP_REASONS.map((reason) => of(`dropped-${reason}`));
  expect(
    reasons.reduce((sum, count) => sum + count, 0),
    told,
  ).toBe(of('dropped'));
  expect(of('in-flight'), told).toBeLessThanOrEqual(of('pending'));
}

/** The view that is on the page now. */
export const viewOf = (page: Page): Locator => page.locator('[data-role=view]');

export const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true });

/** Waits until `more` further frames have been shown. */
export async function framesShown(page: Page, more: number, timeoutMs = 20_000): Promise<void> {
  const start = await figure(page, 'shown').catch(() => 0);
  const from = Number.isFinite(start) ? start : 0;
  await expect
    .poll(() => figure(page, 'shown'), {
      message: `${more} frames more than ${from} shown`,
      timeout: timeoutMs,
    })
    .toBeGreaterThanOrEqual(from + more);
}

/** Presses "Start camera" and waits for the first frames. */
export async function startCamera(page: Page, frames = 3): Promise<void> {
  await button(page, 'Start camera').click();
  await expect(viewOf(page)).toBeVisible();
  await framesShown(page, frames);
}

/** All text in status and alert regions, and in the parts of the page that stand where the picture would. */
export async function wordsOnPage(page: Page): Promise<string> {
  return (
    await page.locator('[role=status], [role=alert], [data-role=notices], [data-role=stage]').allInnerTexts()
  ).join('\n');
}
