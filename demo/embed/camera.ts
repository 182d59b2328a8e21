/** The camera's element: its filter follows the controls, its picture can be taken, and its code is shown. */
import { resolveParams } from 'convolux';
import type { ConvoluxVideoElement } from 'convolux/element';
import { mountCode } from '../shared/code-block.ts';
import { currentParams, type FilterSettings } from '../shared/filter-settings.ts';
import { required } from '../shared/required.ts';
import type { Store } from './store.ts';

export function mountCamera(store: Store, video: ConvoluxVideoElement): void {
  const showCode = mountCode(required('[data-role=camera-code]', HTMLElement));
  store
    .select(({ settings }) => settings)
    .subscribe((settings) => {
      const params = changedParams(settings);
      video.filter = settings.filter.name;
      video.params = Object.keys(params).length === 0 ? null : params;
      showCode(codeOf(video));
    });
  mountMirror(video, () => {
    showCode(codeOf(video));
  });
  mountPicture(video);
}

/** What differs from the defaults: the rest need not be said. */
function changedParams(settings: FilterSettings): Readonly<Record<string, number | string | boolean>> {
  const usual = resolveParams(settings.filter, {});
  const changed = Object.entries(currentParams(settings)).filter(([name, value]) => value !== usual[name]);
  return Object.fromEntries(changed);
}

function mountMirror(video: ConvoluxVideoElement, onChange: () => void): void {
  const toggle = required('[data-action=mirror]', HTMLButtonElement);
  toggle.addEventListener('click', () => {
    video.mirrored = !video.mirrored;
    toggle.ariaPressed = String(video.mirrored);
    onChange();
  });
}

function mountPicture(video: ConvoluxVideoElement): void {
  const take = required('[data-action=picture]', HTMLButtonElement);
  const figure = required('[data-role=picture]', HTMLElement);
  const canvas = required('canvas', HTMLCanvasElement, figure);
  const link = required('[data-role=picture-link]', HTMLAnchorElement);
  const size = required('[data-role=picture-size]', HTMLElement);
  video.addEventListener('statechange', () => {
    take.disabled = video.state !== 'running';
  });
  take.addEventListener('click', () => {
    void video.snapshot().then(async (blob) => {
      const picture = await createImageBitmap(blob);
      Object.assign(canvas, { width: picture.width, height: picture.height });
      canvas.getContext('2d')?.drawImage(picture, 0, 0);
      picture.close();
      URL.revokeObjectURL(link.href);
      link.href = URL.createObjectURL(blob);
      size.textContent = `${canvas.width} × ${canvas.height}`;
      figure.hidden = false;
    });
  });
}

/** The element as it is written in HTML. */
function codeOf(video: ConvoluxVideoElement): string {
  const attributes = ['source', 'filter', 'params', 'mirrored', 'controls'].flatMap((name) => {
    const value = video.getAttribute(name);
    if (value === null) return [];
    return value === '' ? [name] : [`${name}=${quoted(value)}`];
  });
  return [
    `<convolux-video ${attributes.join(' ')}></convolux-video>`,
    `<script type="module">import 'convolux/define';</script>`,
  ].join('\n');
}

const quoted = (value: string): string => (value.includes('"') ? `'${value}'` : `"${value}"`);
