/** Bytes out of a page: Playwright carries JSON, so they travel as base64. */
import type { Page } from '@playwright/test';

/** What {@link installToBase64} puts into the page; functions that run there read it from `globalThis`. */
export type ToBase64 = (bytes: BlobPart) => Promise<string>;

/** Defines `globalThis.toBase64` in the page; once more does no harm. */
export async function installToBase64(page: Page): Promise<void> {
  await page.evaluate(() => {
    const toBase64: ToBase64 = (bytes) =>
      new Promise((resolve, reject) => {
        const reader = new FileReader();
        reader.onload = () => resolve((reader.result as string).replace(/^[^,]*,/, ''));
        reader.onerror = () => reject(reader.error ?? new Error('unreadable'));
        reader.readAsDataURL(new Blob([bytes]));
      });
    Object.assign(globalThis, { toBase64 });
  });
}

/** The other end, in Node. */
export const fromBase64 = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));
