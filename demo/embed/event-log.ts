/** What an element tells, as its page hears it: the newest first. */
import type { ConvoluxVideoElement } from 'convolux/element';
import { element } from '../shared/elements.ts';
import { required } from '../shared/required.ts';

const MOST = 8;

export function mountEventLog(video: ConvoluxVideoElement): void {
  const list = required('[data-role=told]', HTMLOListElement);
  const tell = (type: string, text: string): void => {
    required('[data-role=told-nothing]', HTMLElement).hidden = true;
    const entry = document.createElement('li');
    entry.append(element('code', '', type), ` ${text}`);
    list.prepend(entry);
    for (const old of [...list.children].slice(MOST)) old.remove();
  };
  video.addEventListener('statechange', ({ detail }) => {
    tell('statechange', detail.status);
  });
  video.addEventListener('filterchange', ({ detail }) => {
    const params = Object.entries(detail.params).map(([name, value]) => `${name} ${String(value)}`);
    tell('filterchange', [detail.filter, ...params].join(', '));
  });
  video.addEventListener('error', ({ detail }) => {
    tell('error', detail.message);
  });
}
