/** What the compiler knows of `<convolux-video>`. Compiled with the tests, never run. */
import type { ConvoluxVideoElement } from 'convolux/element';

export const video: ConvoluxVideoElement = document.createElement('convolux-video');
export const found: ConvoluxVideoElement | null = document.querySelector('convolux-video');

export function listen(element: ConvoluxVideoElement): void {
  element.addEventListener('statechange', ({ detail }) => {
    if (detail.status === 'failed') show(detail.error.message);
    // @ts-expect-error: one that runs has no error
    if (detail.status === 'running') show(detail.error);
  });
  element.addEventListener('error', ({ detail }) => {
    if ('code' in detail) show(detail.code satisfies string);
    show(detail.message);
  });
  element.addEventListener('stats', ({ detail }) => {
    show(detail.fps satisfies number);
  });
  element.addEventListener('filterchange', ({ detail }) => {
    show(detail.filter satisfies string);
  });
  element.addEventListener('measurement', ({ detail }) => {
    show(detail);
  });
  element.addEventListener('click', ({ clientX }) => {
    show(clientX);
  });
  const listener = (event: Event): void => {
    show(event);
  };
  element.addEventListener('of the page’s own', listener);
  element.removeEventListener('statechange', listener);
}

export function set(element: ConvoluxVideoElement, stream: MediaStream): void {
  element.srcObject = stream;
  element.srcObject = { kind: 'camera', facingMode: 'environment' };
  element.filter = null;
  element.params = { sigma: 2 };
  // @ts-expect-error: a filter is named
  element.filter = { name: 'blur' };
  // @ts-expect-error: parameters are an object
  element.params = 'sigma: 2';
  // @ts-expect-error: told, not set
  element.state = 'running';
}

function show(..._values: readonly unknown[]): void {
  // What a page does with it is its own.
}
