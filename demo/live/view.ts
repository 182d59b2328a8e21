/**
 * The stage: the picture, and what stands in its place while there is none (invitation, "Starting…",
 * or a fault with what to do). Also the status line in the header. Reads the state, changes only DOM.
 */
import { cameraNote, messageFor, offerFor, startingMessage, statusLine } from './messages.ts';
import { required } from './required.ts';
import type { PictureFrame } from './runner.ts';
import type { PageState } from './store.ts';

/** Pictures outside of these width-to-height ratios get bars instead of a stage of odd shape. */
const narrowest = 3 / 4;
const widest = 16 / 9;

export class Stage implements PictureFrame {
  readonly #page = required('[data-role=page]', HTMLElement);
  readonly #stage = required('[data-role=stage]', HTMLElement);
  #view: HTMLCanvasElement | HTMLVideoElement | undefined;
  #ratio = widest;

  newView(kind: 'canvas' | 'video'): HTMLCanvasElement | HTMLVideoElement {
    this.clear();
    const view = kind === 'canvas' ? document.createElement('canvas') : newVideo();
    view.dataset['role'] = 'view';
    view.setAttribute('role', 'img');
    this.#stage.prepend(view);
    this.#view = view;
    return view;
  }

  clear(): void {
    this.#view?.remove();
    this.#view = undefined;
  }

  /** Gives the stage the picture's shape. Small differences are rounding, and would make it tremble. */
  fit(width: number, height: number): void {
    if (!(width > 0 && height > 0)) return;
    const ratio = Math.min(widest, Math.max(narrowest, width / height));
    if (Math.abs(ratio / this.#ratio - 1) < 0.02) return;
    this.#ratio = ratio;
    this.#stage.style.setProperty('--ratio', ratio.toFixed(4));
  }

  render(state: PageState): void {
    const { phase } = state;
    this.#page.dataset['state'] = phase.status;
    if (phase.status === 'failed') this.#page.dataset['fault'] = phase.fault.code;
    else delete this.#page.dataset['fault'];
    this.#page.dataset['camera'] = state.camera;
    this.#stage.classList.toggle('is-mirrored', state.settings.mirror);

    const status = statusLine(state);
    say('[data-role=status-text]', status.text);
    say('[data-role=status-detail]', status.detail);
    required('[data-role=status]', HTMLElement).dataset['status'] = phase.status;
    this.#view?.setAttribute('aria-label', `Live picture: ${status.text}`);

    this.#showPanel('empty', phase.status === 'idle');
    this.#showPanel('starting', phase.status === 'starting');
    this.#showPanel('failed', phase.status === 'failed');
    this.#fillPanels(state);
  }

  #fillPanels(state: PageState): void {
    const { phase } = state;
    if (phase.status === 'idle') {
      const note = cameraNote(state.camera);
      say('[data-role=camera-note]', note);
      // The note says what to start with; the sentence about the camera would only contradict it.
      required('[data-role=invitation]', HTMLElement).hidden = note !== '';
    } else if (phase.status === 'starting') {
      const { title, text } = startingMessage(phase.source);
      say('[data-role=starting-title]', title);
      say('[data-role=starting-text]', text);
    } else if (phase.status === 'failed') {
      const { title, text } = messageFor(phase.fault);
      say('[data-role=fault-title]', title);
      say('[data-role=fault-text]', text);
      say('[data-role=fault-offer]', offerFor(phase.source, phase.fault));
      say('[data-role=fault-details]', `${phase.fault.code}: ${phase.fault.detail}`);
    }
  }

  #showPanel(name: string, isShown: boolean): void {
    required(`[data-panel=${name}]`, HTMLElement, this.#stage).hidden = !isShown;
  }
}

function newVideo(): HTMLVideoElement {
  const video = document.createElement('video');
  // Without these, phones refuse to start it or open it full screen.
  video.muted = true;
  video.playsInline = true;
  video.autoplay = true;
  return video;
}

/** Writes only what changed: a screen reader says a live text again each time it is written. */
function say(selector: string, text: string): void {
  const element = required(selector, HTMLElement);
  if (element.textContent !== text) element.textContent = text;
  if (element.dataset['role'] !== 'status-detail') element.hidden = text === '';
}
