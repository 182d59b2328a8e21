/**
 * The buttons that start and stop, and the keyboard's way to the same. They stay focusable while they
 * have nothing to do (aria-disabled, not disabled), so that the focus is never lost under a finger.
 */
import type { Filter } from 'convolux';
import { required } from '../shared/required.ts';
import type { Recorder } from './recorder.ts';
import type { Runner } from './runner.ts';
import type { PageState, SourceKind, Store } from './store.ts';
import { sources } from './url-state.ts';

/** What Space presses by itself. A slider and a radio button that is on make nothing of it. */
const takesSpace = 'button, summary, a, input:not([type=range], [type=radio]:checked)';

export function mountActions(store: Store, runner: Runner, recorder: Recorder): void {
  const stop = action('stop');
  for (const source of sources) {
    const button = action(source);
    button.addEventListener('click', () => {
      if (activeSource(store.state) !== source) void runner.start(source);
    });
    store
      .select((state) => activeSource(state) === source)
      .subscribe((isActive) => {
        button.setAttribute('aria-disabled', String(isActive));
        button.classList.toggle('is-active', isActive);
      });
  }
  stop.addEventListener('click', () => {
    // What is recorded is ended first, and shown.
    if (store.state.recorder !== 'off') recorder.stop();
    else if (activeSource(store.state) !== undefined) void runner.stop();
  });
  store
    .select((state) => activeSource(state) === undefined)
    .subscribe((isIdle) => stop.setAttribute('aria-disabled', String(isIdle)));

  action('retry').addEventListener('click', () => {
    void runner.start(store.state.settings.source ?? 'camera');
    // This button has just gone with its message.
    stop.focus();
  });
}

export function mountShortcuts(
  store: Store,
  runner: Runner,
  filters: readonly Filter[],
  isWanted: () => boolean,
): void {
  document.addEventListener('keydown', (event) => {
    const isPlain = !event.ctrlKey && !event.altKey && !event.metaKey && !event.repeat;
    if (!isPlain || event.defaultPrevented || !isWanted()) return;
    const target = event.target instanceof Element ? event.target : document.body;
    // A select answers to digits itself.
    if (target.closest('select') !== null) return;
    if (event.key === ' ' && target.closest(takesSpace) === null) {
      event.preventDefault();
      if (activeSource(store.state) !== undefined) void runner.stop();
      else void runner.start(store.state.settings.source ?? 'camera');
    }
    const filter = /^[1-9]$/u.test(event.key) ? filters[Number(event.key) - 1] : undefined;
    if (filter !== undefined) store.choose({ filter });
  });
}

export function activeSource({ phase }: PageState): SourceKind | undefined {
  return phase.status === 'idle' || phase.status === 'failed' ? undefined : phase.source;
}

function action(name: string): HTMLButtonElement {
  const button = required(`[data-action=${name}]`, HTMLButtonElement);
  button.disabled = false;
  return button;
}
