/** Elements in the page of a test, and what they tell. */
import { expect, vi } from 'vitest';
import '../../src/define.ts';
import type { ConvoluxVideoElement, VideoError } from '../../src/element.ts';

const PATIENCE = { timeout: 20_000, interval: 20 };

/** In the page, with these attributes: `true` for one without a value. */
export function mount(attributes: Readonly<Record<string, string | true>> = {}): ConvoluxVideoElement {
  const element = made(attributes);
  document.body.append(element);
  return element;
}

/** As `mount`, without the page. */
export function made(attributes: Readonly<Record<string, string | true>> = {}): ConvoluxVideoElement {
  const element = document.createElement('convolux-video');
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value === true ? '' : value);
  return element;
} // prettier-ignore

/** A small pattern, running: its frames cost little here. */
export async function running(
  attributes: Readonly<Record<string, string | true>> = {},
): Promise<ConvoluxVideoElement> {
  const element = mount({ filter: 'edge', ...attributes });
  if (attributes['source'] === undefined && attributes['src'] === undefined)
    element.srcObject = { kind: 'pattern', width: 64, height: 48 };
  await element.start();
  return element;
}

export function errorsOf(element: ConvoluxVideoElement): readonly VideoError[] {
  const errors: VideoError[] = [];
  element.addEventListener('error', ({ detail }) => errors.push(detail));
  return errors;
}

/** More frames than now. */
export async function moreFrames(element: ConvoluxVideoElement): Promise<void> {
  const before = element.stats?.shown ?? 0;
  await vi.waitFor(() => {
    expect(element.stats?.shown ?? 0).toBeGreaterThan(before);
  }, PATIENCE);
}

export async function until(check: () => void): Promise<void> {
  await vi.waitFor(check, PATIENCE);
}

/** After all that a task and its promises lead to. */
export const nextTask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

export function part(element: ConvoluxVideoElement, name: string): HTMLElement {
  return element.shadowRoot!.querySelector<HTMLElement>(`[part~=${name}]`)!;
}

/** What a screen reader would say of its state. */
export const said = (element: ConvoluxVideoElement): string =>
  element.shadowRoot!.querySelector('[role=status]')!.textContent;
