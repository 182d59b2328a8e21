/**
 * A slider compiles nothing: what it may need was compiled in quiet moments before, so frames go on flowing while it is
 * dragged, from end to end. Nor does a filter that was there before; one that is new does, and says so.
 */
import type { Locator, Page } from '@playwright/test';
import { expect, test, type OpenOptions } from './browser.ts';
import { figure, framesShown, numberIn, readFigures } from '../support/live-page.ts';

const SIZE = { width: 320, height: 240 };
const STEPS = 30;
const STEP_MS = 50;
/** A filter that stays is compiled again, with its weights baked in, after two seconds; figures come every quarter. */
const QUIET_MS = 3000;
const FIGURES_MS = 600;

/** Until no program was compiled for `QUIET_MS`. */
async function programsSettle(page: Page): Promise<void> {
  let [last, sinceMs] = [NaN, 0];
  const quietMs = async (): Promise<number> => {
    const programs = await figure(page, 'programs');
    if (programs !== last) [last, sinceMs] = [programs, Date.now()];
    return Date.now() - sinceMs;
  };
  await expect
    .poll(quietMs, { message: 'no more programs are compiled', intervals: [250], timeout: 60_000 })
    .toBeGreaterThan(QUIET_MS);
}

const sliderOf = (page: Page, name: string): Locator => page.getByRole('slider', { name });

/** With the mouse, from where the thumb is to the left end, then to the right end, then back to the middle. */
async function dragThroughAll(page: Page, slider: Locator): Promise<void> {
  const box = await slider.boundingBox();
  if (box === null) throw new Error('the slider is not to be seen');
  const y = box.y + box.height / 2;
  const share = await slider.evaluate((input: HTMLInputElement) =>
    Number(input.style.getPropertyValue('--fill')),
  );
  const thumb = 18;
  await page.mouse.move(box.x + thumb / 2 + share * (box.width - thumb), y);
  await page.mouse.down();
  for (const [from, to] of [
    [share, 0],
    [0, 1],
    [1, 0.5],
  ] as const) {
    // prettier-ignore
    for (let step = 1; step <= STEPS; step += 1) {
      // A little past the ends, so that they are reached.
      const place = -0.02 + 1.04 * (from + ((to - from) * step) / STEPS);
      await page.mouse.move(box.x + place * box.width, y);
      await page.waitForTimeout(STEP_MS);
    }
  }
  await page.mouse.up();
}

type Dragged = Readonly<{ filter: string; slider: string; ends: readonly [least: string, most: string] }>;

async function expectNothingCompiled(page: Page, { filter, slider: name, ends }: Dragged): Promise<void> {
  await programsSettle(page);
  const slider = sliderOf(page, name);
  const readouts = await collectReadouts(slider);
  const [programs, shown] = [await figure(page, 'programs'), await figure(page, 'shown')];
  const startMs = Date.now();
  await dragThroughAll(page, slider);
  await page.waitForTimeout(FIGURES_MS);
  const seconds = (Date.now() - startMs) / 1000;
  expect(await figure(page, 'programs'), `${filter}, ${name}: programs`).toBe(programs);
  expect(await figure(page, 'shown'), `${filter}, ${name}: shown`).toBeGreaterThan(shown + 5 * seconds);
  expect(await readouts(), `${filter}, ${name}: the whole range`).toEqual(expect.arrayContaining([...ends]));
}

/** What the slider says of itself while it moves. */
async function collectReadouts(slider: Locator): Promise<() => Promise<readonly string[]>> {
  const said = await slider.evaluateHandle((input: HTMLInputElement) => {
    const texts: string[] = [];
    input.addEventListener('input', () => texts.push(input.getAttribute('aria-valuetext') ?? ''));
    return texts;
  });
  return () => said.jsonValue();
}

async function choose(page: Page, title: string): Promise<void> {
  await page.getByRole('radio', { name: title }).check();
  await framesShown(page, 5);
  await page.waitForTimeout(FIGURES_MS);
}

/** Why frames were dropped. */
async function dropReasons(page: Page): Promise<readonly string[]> {
  const figures = await readFigures(page);
  return Object.keys(figures).filter((name) => name.startsWith('dropped-') && numberIn(figures, name) > 0);
}

const sources: readonly Readonly<{ source: string; camera: NonNullable<OpenOptions['camera']> }>[] = [
  { source: 'camera', camera: SIZE },
  { source: 'pattern', camera: 'none' },
];

for (const { source, camera } of sources) {
  test(`a slider compiles nothing, nor does a filter that was there before, ${source}`, async ({
    openLive,
  }) => {
    test.setTimeout(240_000);
    const size = `${SIZE.width}x${SIZE.height}`;
    const page = await openLive({ camera, params: { source, size, filter: 'blur' } });
    await framesShown(page, 5);
    await expectNothingCompiled(page, { filter: 'blur', slider: 'Radius σ', ends: ['0.3 px', '200.0 px'] });

    await choose(page, 'Sharpen');
    await expectNothingCompiled(page, { filter: 'sharpen', slider: 'Amount', ends: ['0.0 ×', '4.0 ×'] });

    await programsSettle(page);
    const before = await figure(page, 'programs');
    await choose(page, 'Edge');
    expect(await figure(page, 'programs'), 'a filter never seen').toBeGreaterThan(before);
    await expectNothingCompiled(page, { filter: 'edge', slider: 'Strength', ends: ['0.1 ×', '4.0 ×'] });

    await programsSettle(page);
    const all = await figure(page, 'programs');
    for (const title of ['Blur', 'Sharpen', 'Edge', 'Sharpen', 'Blur']) {
      await choose(page, title);
      expect(await figure(page, 'programs'), `${title} again`).toBe(all);
    }
    const reasons = await dropReasons(page);
    const harmless = ['dropped-source', 'dropped-replaced', 'dropped-stale', 'dropped-compiling'];
    expect(harmless).toEqual(expect.arrayContaining([...reasons]));
  });
}
