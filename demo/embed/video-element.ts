/** The elements that index.html promises. */
import { ConvoluxVideoElement } from 'convolux/define';
import { required } from '../shared/required.ts';

export function videoElement(role: string): ConvoluxVideoElement {
  return required(`[data-role=${role}]`, ConvoluxVideoElement);
}
