/**
 * What the frame budget decided, newest first: each change with its numbers, frames that were dropped for one reason in
 * one line with their count. Changes of resolution and of frames taken are read aloud, now and then.
 */
import type { BudgetDecision } from 'convolux';
import { asyncScheduler, auditTime, Subject, throttleTime } from 'rxjs';
import { decisionWords, dropWords, type DropReason } from './decision-words.ts';

type Line = {
  readonly at: string;
  readonly isChange: boolean;
  /** Of dropped frames. */
  readonly reason: DropReason | null;
  count: number;
  text: string;
  element: HTMLLIElement | null;
};

const mostLines = 50;
const drawMs = 250;
/** Somebody listens to the rest of the page as well. */
const sayMs = 5000;

export interface DecisionLog {
  add(decision: BudgetDecision): void;
  /** Another run begins. */
  clear(): void;
}

/** Hidden until the first run begins; what it decided stays to be read when it is over. */
export function createDecisionLog(element: HTMLDetailsElement): DecisionLog {
  const list = document.createElement('ol');
  list.className = 'log';
  // Without its marks it is no list to some readers.
  list.setAttribute('role', 'list');
  // It scrolls by itself, and the keyboard scrolls what it can reach.
  list.tabIndex = 0;
  list.setAttribute('aria-label', 'Decisions, newest first');
  const nothing = document.createElement('p');
  nothing.className = 'log-empty';
  nothing.textContent = 'None so far: every frame had its time.';
  const aloud = document.createElement('p');
  aloud.className = 'visually-hidden';
  aloud.setAttribute('aria-live', 'polite');
  element.append(list, nothing);
  element.after(aloud);

  let lines: Line[] = [];
  const draw = (): void => {
    nothing.hidden = lines.length > 0;
    list.hidden = lines.length === 0;
    // What stands there already keeps its place, and the list how far it was scrolled.
    const fresh = lines.filter(({ element: drawnOnce }) => drawnOnce === null);
    const [newest] = lines;
    if (newest !== undefined) drawn(newest);
    list.prepend(...fresh.map(drawn));
    while (list.childElementCount > lines.length) list.lastElementChild?.remove();
  };
  const changed$ = new Subject<void>();
  changed$.pipe(auditTime(drawMs)).subscribe(draw);
  const changes$ = new Subject<string>();
  changes$
    .pipe(throttleTime(sayMs, asyncScheduler, { leading: true, trailing: true }))
    .subscribe((text) => (aloud.textContent = text));
  draw();

  return {
    add(decision) {
      lines = withDecision(lines, decision);
      if (decision.type === 'setLevel' || decision.type === 'setDecimation')
        changes$.next(decisionWords(decision));
      changed$.next();
    },
    clear() {
      element.hidden = false;
      lines = [];
      aloud.textContent = '';
      changed$.next();
    },
  };
}

/** The same drop again counts the line up that stands first. */
function withDecision(lines: Line[], decision: BudgetDecision): Line[] {
  const reason = decision.type === 'close' ? decision.reason : null;
  const first = lines[0];
  if (first !== undefined && reason !== null && first.reason === reason) {
    first.count++;
    first.text = dropWords(reason, first.count);
    return lines;
  }
  const line: Line = {
    at: new Date().toLocaleTimeString(),
    isChange: decision.type === 'setLevel' || decision.type === 'setDecimation',
    reason,
    count: 1,
    text: decision.type === 'close' ? dropWords(decision.reason, 1) : decisionWords(decision),
    element: null,
  };
  return [line, ...lines].slice(0, mostLines);
}

/** The line's element, with what it says now. */
function drawn(line: Line): HTMLLIElement {
  if (line.element === null) {
    line.element = document.createElement('li');
    line.element.classList.toggle('is-change', line.isChange);
    const time = document.createElement('time');
    time.textContent = line.at;
    line.element.append(time, document.createElement('span'));
  }
  const text = line.element.lastElementChild;
  if (text !== null && text.textContent !== line.text) text.textContent = line.text;
  return line.element;
}
