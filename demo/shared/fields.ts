/**
 * The kinds of form fields that the controls are made of: slider, choice, segments, switch. Each is made of
 * native inputs with their labels; `show` sets it from the state without reporting a change.
 */
import { shareOfParam, paramAtShare, paramBeside, type ParamRange } from 'convolux';

export type Field<T> = Readonly<{ element: HTMLElement; show: (value: T) => void }>;

export type SliderOptions = ParamRange &
  Readonly<{
    label: string;
    unit: string;
    value: number;
    onChange: (value: number) => void;
  }>;

/** Places of a thumb that moves by ratios; the browser knows even steps only. */
const PLACES = 1000;
/** How far a key moves such a thumb, as a share of its way. */
const KEY_SHARES: Readonly<Record<string, number>> = {
  ArrowRight: 0.01,
  ArrowUp: 0.01,
  PageUp: 0.1,
  ArrowLeft: -0.01,
  ArrowDown: -0.01,
  PageDown: -0.1,
};

let count = 0;

export function slider(options: SliderOptions): Field<number> {
  const { min, max, step, unit } = options;
  const isLog = options.scale === 'log';
  const { element, label } = labelled('field field-slider', options.label);
  const input = document.createElement('input');
  input.type = 'range';
  Object.assign(input, isLog ? { min: '0', max: String(PLACES), step: '1' } : rangeOf(options));
  input.id = label.htmlFor;
  const readout = document.createElement('span');
  readout.className = 'readout';
  const digits = Math.min(6, (/\.(\d+)$/u.exec(String(step))?.[1] ?? '').length);
  let value = options.value;
  const show = (next: number): void => {
    value = next;
    const share = shareOfParam(options, next);
    input.value = String(isLog ? Math.round(share * PLACES) : next);
    // A value from the address may lie between two steps: then it is shown as it is.
    const isOnStep = Math.abs(Number(next.toFixed(digits)) - next) < 1e-9;
    const text = `${isOnStep ? next.toFixed(digits) : String(next)}${unit === '' ? '' : ` ${unit}`}`;
    readout.textContent = text;
    input.setAttribute('aria-valuetext', text);
    if (isLog) input.setAttribute('aria-valuenow', String(next));
    input.style.setProperty('--fill', String(share));
  };
  const change = (next: number): void => {
    const isNew = next !== value;
    // Also where nothing changed: the thumb snaps to the value's place.
    show(next);
    if (isNew) options.onChange(next);
  };
  input.addEventListener('input', () => {
    change(isLog ? paramAtShare(options, input.valueAsNumber / PLACES) : input.valueAsNumber);
  });
  if (isLog) {
    input.setAttribute('aria-valuemin', String(min));
    input.setAttribute('aria-valuemax', String(max));
    input.addEventListener('keydown', (event) => {
      const share = KEY_SHARES[event.key];
      if (share === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      change(paramBeside(options, value, share));
    });
  }
  show(options.value);
  element.append(readout, input);
  return { element, show };
}

function rangeOf({ min, max, step }: ParamRange): { min: string; max: string; step: string } {
  return { min: String(min), max: String(max), step: String(step) };
}

export type ChoiceOptions<T extends string> = Readonly<{
  label: string;
  choices: readonly Readonly<{ value: T; title: string }>[];
  value: T;
  onChange: (value: T) => void;
}>;

export function choice<T extends string>(options: ChoiceOptions<T>): Field<T> {
  const { element, label } = labelled('field field-choice', options.label);
  const select = document.createElement('select');
  select.id = label.htmlFor;
  select.append(...options.choices.map(({ value, title }) => new Option(title, value)));
  select.addEventListener('change', () => {
    const chosen = options.choices[select.selectedIndex];
    if (chosen !== undefined) options.onChange(chosen.value);
  });
  const show = (value: T): void => {
    select.value = value;
  };
  show(options.value);
  const frame = document.createElement('span');
  frame.className = 'select';
  frame.append(select);
  element.append(frame);
  return { element, show };
}

export type SegmentOptions<T extends string> = Omit<ChoiceOptions<T>, 'label'> & Readonly<{ name: string }>;

/** A choice whose values stand side by side. What it is for says the group that it stands in. */
export function segments<T extends string>({ name, choices, value, onChange }: SegmentOptions<T>): Field<T> {
  const element = document.createElement('div');
  element.className = 'segments';
  const inputs = choices.map((one) => {
    const label = document.createElement('label');
    const input = document.createElement('input');
    Object.assign(input, { type: 'radio', name, value: one.value });
    input.addEventListener('change', () => onChange(one.value));
    const text = document.createElement('span');
    text.textContent = one.title;
    label.append(input, text);
    element.append(label);
    return input;
  });
  const show = (next: T): void => {
    for (const input of inputs) input.checked = input.value === next;
  };
  show(value);
  return { element, show };
}

export type SwitchOptions = Readonly<{
  label: string;
  hint?: string;
  value: boolean;
  onChange: (value: boolean) => void;
}>;

export function toggle(options: SwitchOptions): Field<boolean> {
  const { element, label } = labelled('field field-switch', options.label);
  const input = document.createElement('input');
  Object.assign(input, { type: 'checkbox', id: label.htmlFor });
  input.setAttribute('role', 'switch');
  input.addEventListener('change', () => options.onChange(input.checked));
  const show = (value: boolean): void => {
    input.checked = value;
  };
  show(options.value);
  element.append(input);
  if (options.hint !== undefined) {
    const hint = document.createElement('p');
    hint.className = 'hint';
    hint.id = `${label.htmlFor}-hint`;
    hint.textContent = options.hint;
    input.setAttribute('aria-describedby', hint.id);
    element.append(hint);
  }
  return { element, show };
}

export function labelled(className: string, text: string): { element: HTMLElement; label: HTMLLabelElement } {
  const element = document.createElement('div');
  element.className = className;
  const label = document.createElement('label');
  label.textContent = text;
  label.htmlFor = `field-${++count}`;
  element.append(label);
  return { element, label };
}
