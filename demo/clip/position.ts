/** Below the preview: where in the clip it is, frame by frame, and which part of the clip is wanted. */
import { element, quietButton } from '../shared/elements.ts';
import { labelled } from '../shared/fields.ts';
import { required } from '../shared/required.ts';
import { clock } from '../shared/words.ts';
import type { Desk } from './desk.ts';
import { whole, type Part, type Store } from './store.ts';

export function mountPosition(store: Store, desk: Desk): void {
  const section = required('[data-role=position]', HTMLElement);
  const { field, input } = positionField(store);
  const part = element('p', 'part-text');
  part.setAttribute('role', 'status');
  const from = quietButton('From here', () => cut(store, { startS: startOf(store, desk) }));
  const to = quietButton('To here', () => cut(store, { endS: endOf(store, desk) }));
  const all = quietButton('Whole clip', () => {
    store.update({ part: whole });
    from.focus();
  });
  const row = element('div', 'part');
  row.append(part, from, to, all);
  section.append(field, row);

  store
    .select(({ clip, view }) => clip.status === 'open' && view === 'preview')
    .subscribe((isShown) => (section.hidden = !isShown));
  store
    .select(({ part: wanted }) => wanted)
    .subscribe((wanted) => {
      const { startS, endS } = wanted;
      const durationS = durationOf(store);
      const [start, end] = [startS ?? 0, endS ?? durationS];
      const isWhole = startS === null && endS === null;
      all.hidden = isWhole;
      field.classList.toggle('has-part', !isWhole);
      part.textContent = isWhole
        ? 'All of it is processed.'
        : `From ${frameClock(start, store)} to ${frameClock(end, store)}: ${frameClock(end - start, store)} long.`;
      input.style.setProperty('--from', String(durationS > 0 ? start / durationS : 0));
      input.style.setProperty('--to', String(durationS > 0 ? end / durationS : 1));
    });
}

function positionField(store: Store): { field: HTMLElement; input: HTMLInputElement } {
  const { element: field, label } = labelled('field field-slider field-position', 'Position');
  const input = document.createElement('input');
  Object.assign(input, { type: 'range', id: label.htmlFor, min: '0', step: '1' });
  const readout = element('span', 'readout');
  field.append(readout, input);
  // By frames: a key is one frame. The middle of a frame's time is its own, however its start was rounded.
  input.addEventListener('input', () => store.update({ atS: (input.valueAsNumber + 0.5) * frameS(store) }));
  store
    .select(({ clip }) => (clip.status === 'open' ? clip.info : null))
    .subscribe((info) => {
      if (info !== null) input.max = String(Math.max(0, Math.round(info.durationS * info.fps) - 1));
    });
  store
    .select(({ atS, clip }) => (clip.status === 'open' ? atS : null))
    .subscribe((atS) => {
      if (atS === null) return;
      const index = Math.min(Number(input.max), Math.floor(atS / frameS(store)));
      input.value = String(index);
      const text = `${clock(index * frameS(store), 2)} of ${clock(durationOf(store), 2)}`;
      readout.textContent = text;
      input.setAttribute('aria-valuetext', text);
      input.style.setProperty('--fill', String(index / Math.max(1, Number(input.max))));
    });
  return { field, input };
}

/** The other end gives way where the two would cross. */
function cut(store: Store, change: Partial<Part>): void {
  const { startS, endS } = { ...store.state.part, ...change };
  const isCrossed = startS !== null && endS !== null && endS - startS < frameS(store) / 4;
  const other = 'startS' in change ? { endS: null } : { startS: null };
  store.update({ part: { startS, endS, ...(isCrossed ? other : {}) } });
}

/** Of the frame that is seen, where it is the one that is asked for; else while that one is shown. */
function startOf(store: Store, desk: Desk): number {
  const step = frameS(store);
  return shownS(store, desk) ?? (Math.floor(store.state.atS / step) + 0.25) * step;
}

/** Behind that frame, and before the next one. */
function endOf(store: Store, desk: Desk): number {
  const step = frameS(store);
  return (shownS(store, desk) ?? Math.floor(store.state.atS / step) * step) + 0.6 * step;
}

function shownS(store: Store, desk: Desk): number | null {
  const { shownS: shown } = desk;
  return shown !== null && Math.abs(shown - store.state.atS) < frameS(store) ? shown : null;
}

/** To whole frames: what lies between them is nothing that a visitor has chosen. */
function frameClock(seconds: number, store: Store): string {
  return clock(Math.round(seconds / frameS(store)) * frameS(store), 2);
}

function frameS({ state: { clip } }: Store): number {
  return clip.status === 'open' && clip.info.fps > 0 ? 1 / clip.info.fps : 1 / 25;
}

function durationOf({ state: { clip } }: Store): number {
  return clip.status === 'open' ? clip.info.durationS : 0;
}
