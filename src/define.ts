/** Registers `<convolux-video>`, and the built-in filters under their names. On a server the filters alone. */
import { filters } from '../pipelines/index.ts';
import { ConvoluxVideoElement } from './element.ts';

for (const filter of filters) ConvoluxVideoElement.filters.set(filter.name, filter);

if (typeof customElements !== 'undefined' && customElements.get('convolux-video') === undefined)
  customElements.define('convolux-video', ConvoluxVideoElement);

export { ConvoluxVideoElement };
