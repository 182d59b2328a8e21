/** The element's shadow tree: the picture, what stands in its place, and the controls. It shows what it is told. */
import { sheetOf } from './style.ts';
import type { VideoState, VideoStatus } from './video-store.ts';
import type { VideoWords } from './words.ts';

/** While these last, the button stops. */
const ON: ReadonlySet<VideoStatus> = new Set(['starting', 'running', 'paused-hidden', 'interrupted']);
const WITH_MESSAGE: ReadonlySet<VideoStatus> = new Set(['starting', 'interrupted', 'failed']);

export type ViewActions = Readonly<{ start: () => void; stop: () => void }>;

export class VideoView {
  readonly #root: ShadowRoot;
  readonly #frame = made('div', 'frame');
  readonly #poster = made('div', 'poster');
  readonly #image = made('img', '', 'poster');
  readonly #message = made('div', 'message', 'message');
  readonly #spinner = made('span', 'spinner', 'spinner');
  readonly #text = made('p', '');
  readonly #button = made('button', '', 'button');
  readonly #status = made('span', 'status', 'status');
  readonly #rate = made('span', 'rate', 'rate');
  readonly #said = made('p', 'said');
  #video = madeVideo();
  #current: VideoStatus = 'idle';

  constructor(root: ShadowRoot, actions: ViewActions) {
    this.#root = root;
    const slot = document.createElement('slot');
    slot.name = 'poster';
    this.#image.alt = '';
    this.#image.hidden = true;
    slot.append(this.#image);
    this.#poster.append(slot);
    this.#message.append(this.#spinner, this.#text);
    this.#button.type = 'button';
    this.#button.addEventListener('click', () => {
      actions[ON.has(this.#current) ? 'stop' : 'start']();
    });
    const controls = made('div', 'controls', 'controls');
    controls.append(this.#button, this.#status, this.#rate);
    // What these show is said once, by the last line.
    for (const shown of [this.#message, this.#status, this.#rate]) shown.setAttribute('aria-hidden', 'true');
    this.#said.setAttribute('role', 'status');
    this.#frame.append(this.#video, this.#poster, this.#message, controls, this.#said);
    root.append(this.#frame);
    this.adopt();
  }

  /** The picture of what runs, or of what ran. */
  get video(): HTMLVideoElement {
    return this.#video;
  }

  /** Of a document that the element came to: sheets don't come along. */
  adopt(): void {
    this.#root.adoptedStyleSheets = [sheetOf(this.#root.ownerDocument)];
  }

  /** A picture that nothing was shown in yet: whatever ended may still hold the one before. */
  freshVideo(): HTMLVideoElement {
    const video = madeVideo();
    // Until the first frame is there, the poster stands for it.
    video.addEventListener('loadeddata', () => {
      this.#showPoster();
    });
    this.#video.replaceWith(video);
    this.#video = video;
    return video;
  }

  showPosterOf(address: string): void {
    this.#image.hidden = address === '';
    if (address === '') this.#image.removeAttribute('src');
    else this.#image.src = address;
  }

  show(state: VideoState, words: VideoWords): void {
    const { status } = state;
    this.#current = status;
    const isOn = ON.has(status);
    // Nothing of what was shown stays behind the poster.
    if (!isOn) this.#video.srcObject = null;
    this.#frame.dataset['status'] = status;
    this.#frame.classList.toggle('is-on', isOn);
    this.#showPoster();
    const fault = 'error' in state ? words.fault(state.error) : '';
    this.#message.hidden = !WITH_MESSAGE.has(status);
    this.#spinner.hidden = status === 'failed';
    write(this.#text, fault || words.status[status]);
    write(this.#button, isOn ? words.stop : status === 'failed' ? words.retry : words.start);
    write(this.#status, words.status[status]);
    write(this.#said, [words.status[status], fault].filter(Boolean).join(': '));
    if (!isOn) this.showRate(null);
  }

  showRate(fps: number | null): void {
    this.#rate.hidden = fps === null;
    write(this.#rate, fps === null ? '' : `${Math.round(fps)} fps`);
  }

  #showPoster(): void {
    const hasPicture = ON.has(this.#current) && this.#video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
    // What went wrong stands alone.
    this.#poster.hidden = hasPicture || this.#current === 'failed';
  }
}

function made<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  part = '',
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  element.className = className;
  if (part !== '') element.setAttribute('part', part);
  return element;
}

function madeVideo(): HTMLVideoElement {
  const video = made('video', '', 'video');
  video.muted = true;
  video.playsInline = true;
  return video;
}

/** What stays as it is, is not said again. */
function write(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
