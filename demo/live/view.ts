/**
 * The stage: the picture, and what stands in its place while there is none (invitation, "Starting…",
 * or a fault with what to do). Also the status line in the header. Reads the state, changes only DOM.
 */
import type { OutputElement, OutputElements } from 'convolux';
import { required } from '../shared/required.ts';
import { cameraNote, messageFor, offerFor, startingMessage, statusLine } from './messages.ts';
import type { PictureFrame } from './runner.ts';
import type { OutputChoice, PageState } from './store.ts';

/** Pictures outside of these width-to-height ratios get bars instead of a stage of odd shape. */
const narrowest = 3 / 4;
const widest = 16 / 9;

export class Stage implements PictureFrame {
  readonly #page = required('[data-role=page]', HTMLElement);
  readonly #stage = required('[data-role=stage]', HTMLElement);
  readonly #screen = required('[data-role=screen]', HTMLElement);
  #views: Partial<Readonly<{ canvas: HTMLCanvasElement; video: HTMLVideoElement }>> = {};
  #ratio = widest;
  #picture = '';

  newView(kind: OutputChoice): OutputElement | OutputElements {
    this.clear();
    const [canvas, video] = [document.createElement('canvas'), newVideo()];
    if (kind === 'auto') return this.#hang({ canvas, video });
    this.#hang(kind === 'canvas' ? { canvas } : { video });
    this.show(kind);
    return kind === 'canvas' ? canvas : video;
  }

  /** The element that the frames are shown in; the other one stays away. */
  show(kind: 'canvas' | 'video'): void {
    const view = this.#views[kind];
    if (view === undefined || view.dataset['role'] === 'view') return;
    for (const other of this.#screen.children) {
      if (!(other instanceof HTMLElement)) continue;
      other.hidden = other !== view;
      delete other.dataset['role'];
    }
    view.dataset['role'] = 'view';
  }

  clear(): void {
    this.#screen.replaceChildren();
    this.#views = {};
  }

  /**
   * Gives the stage the picture's shape, and the picture its box: one that stays as it is when fewer pixels come.
   * Small differences are rounding, and would make the stage tremble.
   */
  fit(width: number, height: number): void {
    if (!(width > 0 && height > 0)) return;
    const picture = `${width} / ${height}`;
    if (picture !== this.#picture) {
      this.#picture = picture;
      this.#stage.style.setProperty('--picture', picture);
    }
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
    for (const view of this.#screen.children) view.setAttribute('aria-label', `Live picture: ${status.text}`);

    this.#showPanel('empty', phase.status === 'idle');
    this.#showPanel('starting', phase.status === 'starting');
    this.#showPanel('failed', phase.status === 'failed');
    this.#fillPanels(state);
  }

  #hang<T extends Partial<Readonly<{ canvas: HTMLCanvasElement; video: HTMLVideoElement }>>>(views: T): T {
    this.#views = views;
    for (const view of Object.values(views)) {
      view.setAttribute('role', 'img');
      view.hidden = true;
      this.#screen.append(view);
    }
    return views;
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
