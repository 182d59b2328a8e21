/** An element without controls of its own: the page's button starts and stops it, and follows its state. */
import type { ConvoluxVideoElement } from 'convolux/element';
import { required } from '../shared/required.ts';

export function mountPattern(video: ConvoluxVideoElement): void {
  const toggle = required('[data-action=pattern]', HTMLButtonElement);
  const isOn = (): boolean => video.pipeline !== null;
  toggle.disabled = false;
  toggle.addEventListener('click', () => {
    // A start that fails is told by the state.
    if (isOn()) void video.stop();
    else void video.start();
  });
  video.addEventListener('statechange', () => {
    toggle.textContent = isOn() ? 'Stop' : 'Start';
  });
}
