/** The field for weights of one's own: presets, what is typed, what is no kernel, and the address that carries it. */
import type { Page } from '@playwright/test';
import { expect, test } from './browser.ts';

const weights = (page: Page) => page.getByRole('textbox', { name: 'Kernel' });
const presets = (page: Page) => page.getByRole('combobox', { name: 'Kernel: preset' });
const inAddress = (page: Page) => new URL(page.url()).searchParams.get('kernel');

test('a preset fills the field, and what is typed is carried by the address', async ({ openLive }) => {
  const page = await openLive({ camera: 'none', params: { filter: 'conv3d' } });
  await expect(presets(page)).toHaveValue('Sharpen in space and time');
  await presets(page).selectOption('Mean of 27');
  await expect(weights(page)).toHaveValue(
    '1 1 1\n1 1 1\n1 1 1\n|\n1 1 1\n1 1 1\n1 1 1\n|\n1 1 1\n1 1 1\n1 1 1',
  );
  await weights(page).fill('1, 2\n3 -4\n|\n0 0; .5 1');
  await expect(presets(page)).toHaveValue('Own weights');
  await expect.poll(() => inAddress(page)).toBe('1 2; 3 -4 | 0 0; .5 1');
  await page.reload();
  await expect(weights(page)).toHaveValue('1 2\n3 -4\n|\n0 0\n.5 1');
  await expect(page.getByRole('radio', { name: 'Kernel 3D' })).toBeChecked();
});

test('what is no kernel is told, and changes nothing', async ({ openLive }) => {
  const page = await openLive({ camera: 'none', params: { filter: 'conv3d', kernel: '1 2' } });
  await weights(page).fill('1 2\n3');
  await expect(page.getByText('row 2 must have 2 weights like row 1 of frame 1, got 1')).toBeVisible();
  await expect(weights(page)).toHaveAttribute('aria-invalid', 'true');
  expect(inAddress(page)).toBe('1 2');
  await weights(page).fill('1 2\n3 4');
  await expect(weights(page)).toHaveAttribute('aria-invalid', 'false');
  await expect.poll(() => inAddress(page)).toBe('1 2; 3 4');
});

test('an address with none is told, and the usual one is taken', async ({ openLive }) => {
  const page = await openLive({ camera: 'none', params: { filter: 'conv3d', kernel: '1 2; 3' } });
  await expect(page.getByText('kernel can not be “1 2; 3”')).toBeVisible();
  await expect(presets(page)).toHaveValue('Sharpen in space and time');
});
