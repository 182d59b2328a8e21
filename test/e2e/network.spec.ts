/** The five-layer network runs on the camera, and what it paints is what is on the screen. */
import { expect, test } from './browser.ts';
import { figure, startCamera } from '../support/live-page.ts';

for (const output of ['video', 'canvas'] as const) {
  test(`the network is live, on the ${output}`, async ({ openLive }) => {
    const page = await openLive({ params: { filter: 'network', ground: '1', output } });
    await startCamera(page);
    await expect.poll(() => figure(page, 'shown'), { timeout: 30_000 }).toBeGreaterThan(30);
    await expect.poll(() => figure(page, 'fps'), { timeout: 30_000 }).toBeGreaterThan(10);
    const shot = await page.locator('[data-role=view]').screenshot();
    const empty = await page.evaluate(async (base64) => {
      const response = await fetch(`data:image/png;base64,${base64}`);
      const bitmap = await createImageBitmap(await response.blob());
      const { width, height } = bitmap;
      const context = new OffscreenCanvas(width, height).getContext('2d')!;
      context.drawImage(bitmap, 0, 0);
      const { data } = context.getImageData(0, 0, width, height);
      let count = 0;
      // Where a frame was not drawn, the page behind it shows: black or white, and nothing else.
      for (let i = 0; i < data.length; i += 4) {
        const sum = (data[i] ?? 0) + (data[i + 1] ?? 0) + (data[i + 2] ?? 0);
        if (sum === 0 || sum === 765) count += 1;
      }
      return count / (width * height);
    }, shot.toString('base64'));
    expect(empty, 'the share of the picture that is empty').toBeLessThan(0.25);
  });
}
