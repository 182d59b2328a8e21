/**
 * Looks up an element that index.html promises. A missing one is a mistake in the page itself, so it
 * throws at start-up and names the selector, instead of failing later and elsewhere.
 */
export function required<T extends Element>(
  selector: string,
  type: new () => T,
  within: ParentNode = document,
): T {
  const found = within.querySelector(selector);
  if (!(found instanceof type)) throw new Error(`index.html must hold ${type.name} ${selector}`);
  return found;
}
