/** On a server: no DOM, and still the modules of the element are imported by the code of pages. */
import { expect, test } from 'vitest';

test('the element can be imported, and its definition, which registers the filters alone', async () => {
  expect(typeof globalThis.HTMLElement).toBe('undefined');
  const { ConvoluxVideoElement } = await import('../../src/element.ts');
  expect(ConvoluxVideoElement.observedAttributes).toContain('filter');
  expect([...ConvoluxVideoElement.filters.keys()]).toEqual([]);
  const defined = await import('../../src/define.ts');
  expect(defined.ConvoluxVideoElement).toBe(ConvoluxVideoElement);
  expect([...ConvoluxVideoElement.filters.keys()]).toContain('temporal-denoise');
});
