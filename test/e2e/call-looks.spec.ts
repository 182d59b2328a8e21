/**
 * Pictures of the call page for a person to look at, in test-results/looks/, and what a program can tell of its looks: it
 * fits the screen, fingers find its buttons, and an accessibility audit finds nothing.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { button } from '../support/live-page.ts';
import { expect, test } from './browser.ts';
import { startCall, statusOf } from './call-page.ts';

const LOOKS = fileURLToPath(new URL('../../test-results/looks/', import.meta.url));
const CAMERA = { width: 640, height: 360 } as const;
const SCREENS = [
  { width: 1280, height: 900 },
  { width: 360, height: 740 },
] as const;
const FINGER_PX = 44;

async function look(page: Page, name: string): Promise<void> {
  mkdirSync(LOOKS, { recursive: true });
  await page.screenshot({ path: join(LOOKS, `call-${name}.png`), fullPage: true });
  const overhang = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overhang, `${name}: pixels beyond the right edge`).toBe(0);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(', ')}`),
    name,
  ).toEqual([]);
}

for (const viewport of SCREENS) {
  for (const colorScheme of ['light', 'dark'] as const) {
    const name = `${viewport.width}-${colorScheme}`;

    test(`${viewport.width} px, ${colorScheme}`, async ({ openLive }) => {
      const page = await openLive({ path: '/call/', camera: CAMERA, viewport, colorScheme });
      await expect(button(page, 'Start call')).toBeEnabled();
      await look(page, `${name}-ready`);
      await startCall(page);
      await look(page, `${name}-going`);
      for (const action of ['Start call', 'Turn video off', 'Hang up']) {
        const box = await button(page, action).boundingBox();
        expect(box?.height ?? 0, `${action}: tall enough for a finger`).toBeGreaterThanOrEqual(FINGER_PX);
      }
      await button(page, 'Turn video off').click();
      await expect(statusOf(page)).toContainText('video off');
      await look(page, `${name}-off`);
    });

    test(`${viewport.width} px, ${colorScheme}, no camera`, async ({ openLive }) => {
      const page = await openLive({ path: '/call/', camera: 'none', viewport, colorScheme });
      await button(page, 'Start call').click();
      await expect(button(page, 'Try again')).toBeVisible();
      await page.getByText('Details').click();
      await look(page, `${name}-no-camera`);
    });
  }
}
