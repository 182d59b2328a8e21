/** The stage: before and after, the player, or what stands in their place. Reads the state, changes only DOM. */
import { BehaviorSubject, debounce, of, timer } from 'rxjs';
import { required } from '../shared/required.ts';
import type { Desk, Pictures } from './desk.ts';
import { openingMessage, statusLine } from './messages.ts';
import type { PageState, Store } from './store.ts';

/** Pictures outside of these width-to-height ratios get bars instead of a stage of odd shape. */
const narrowest = 3 / 4;
const widest = 16 / 9;
/** What takes less is not worth a word. */
const quickMs = 300;

export class Stage {
  readonly #page = required('[data-role=page]', HTMLElement);
  readonly #stage = required('[data-role=stage]', HTMLElement);
  readonly #before = required('[data-role=before]', HTMLCanvasElement);
  readonly #after = required('[data-role=after]', HTMLCanvasElement);
  readonly #note = required('[data-role=preview-note]', HTMLElement);
  readonly #hasPictures$ = new BehaviorSubject(false);

  constructor() {
    mountDivider();
  }

  /**
   * Shows a new preview.
   * @consumes both pictures.
   */
  readonly show = ({ before, after }: Pictures): void => {
    draw(this.#before, before);
    draw(this.#after, after);
    this.#hasPictures$.next(true);
  };

  follow(store: Store, desk: Desk): void {
    store.select((state) => state).subscribe((state) => this.#render(state));
    store
      .select(({ clip }) => (clip.status === 'open' ? clip.info : null))
      .subscribe((info) => {
        this.#hasPictures$.next(false);
        if (info !== null) this.#fit(info.width, info.height);
      });
    // What there is to see comes into view, wherever the button was that it came from.
    store
      .select(({ result }) => result)
      .subscribe((result) => {
        if (result !== null) this.#stage.scrollIntoView({ block: 'nearest' });
      });
    this.#hasPictures$.subscribe((has) => this.#stage.classList.toggle('has-pictures', has));
    desk.isBusy$
      .pipe(debounce((isBusy) => (isBusy ? timer(quickMs) : of(0))))
      .subscribe((isBusy) => this.#stage.classList.toggle('is-busy', isBusy));
  }

  #render(state: PageState): void {
    const { clip, view, previewFault, job } = state;
    const { status, text } = statusLine(state);
    this.#page.dataset['state'] = job.status === 'running' ? 'processing' : clip.status;
    required('[data-role=status]', HTMLElement).dataset['status'] = status;
    say(required('[data-role=status-text]', HTMLElement), text);

    const isOpen = clip.status === 'open';
    this.#panel('empty', clip.status === 'none');
    this.#panel('starting', clip.status === 'reading');
    this.#panel('failed', clip.status === 'unreadable');
    required('[data-role=compare]', HTMLElement).hidden = !isOpen || view !== 'preview';
    required('[data-role=player]', HTMLElement).hidden = !isOpen || view === 'preview';
    this.#note.hidden = !isOpen || view !== 'preview';
    this.#note.classList.toggle('is-fault', previewFault !== null);
    say(this.#note, previewFault === null ? 'Computing…' : `No preview here: ${previewFault.detail}`);

    if (clip.status === 'reading') say(required('[data-role=reading-name]', HTMLElement), clip.name);
    if (clip.status !== 'unreadable') return;
    const { title, text: advice } = openingMessage(clip.fault);
    say(required('[data-role=fault-title]', HTMLElement), title);
    say(required('[data-role=fault-file]', HTMLElement), clip.name);
    say(required('[data-role=fault-detail]', HTMLElement), clip.fault.detail);
    say(required('[data-role=fault-text]', HTMLElement), advice);
  }

  #fit(width: number, height: number): void {
    this.#stage.style.setProperty('--picture', `${width} / ${height}`);
    const ratio = Math.min(widest, Math.max(narrowest, width / height));
    this.#stage.style.setProperty('--ratio', ratio.toFixed(4));
  }

  #panel(name: string, isShown: boolean): void {
    required(`[data-panel=${name}]`, HTMLElement, this.#stage).hidden = !isShown;
  }
}

/** A range input over the whole picture: a click, a finger or a key moves what it divides. */
function mountDivider(): void {
  const divider = required('[data-role=divider]', HTMLInputElement);
  const box = required('[data-role=compare-box]', HTMLElement);
  const show = (): void => {
    const share = divider.valueAsNumber;
    box.style.setProperty('--split', `${share}%`);
    box.classList.toggle('is-before-narrow', share < 14);
    box.classList.toggle('is-after-narrow', share > 86);
    divider.setAttribute('aria-valuetext', `${share} % before, ${100 - share} % after`);
  };
  divider.addEventListener('input', show);
  show();
}

/** @consumes the bitmap. */
function draw(canvas: HTMLCanvasElement, bitmap: ImageBitmap): void {
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
  bitmap.close();
}

/** Writes only what changed: a screen reader says a live text again each time it is written. */
function say(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
