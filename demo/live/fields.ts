/**
 * The three kinds of form fields that the controls are made of: slider, choice, switch. Each is a
 * native input with its label; `show` sets it from the state without reporting a change.
 */
export type Field<T> = Readonly<{ element: HTMLElement; show: (value: T) => void }>;

export type SliderOptions = Readonly<{
  label: string;
  min: number;
  max: number;
  step: number;
  unit: string;
  value: number;
  onChange: (value: number) => void;
}>;

let count = 0;

export function slider(options: SliderOptions): Field<number> {
  const { min, max, step, unit } = options;
  const { element, label } = labelled('field field-slider', options.label);
  const input = document.createElement('input');
  Object.assign(input, { type: 'range', min: String(min), max: String(max), step: String(step) });
  input.id = label.htmlFor;
  const value = document.createElement('span');
  value.className = 'readout';
  const digits = Math.min(6, (/\.(\d+)$/u.exec(String(step))?.[1] ?? '').length);
  const show = (next: number): void => {
    input.value = String(next);
    // A value from the address may lie between two steps: then it is shown as it is.
    const isOnStep = Math.abs(Number(next.toFixed(digits)) - next) < 1e-9;
    const text = `${isOnStep ? next.toFixed(digits) : String(next)}${unit === '' ? '' : ` ${unit}`}`;
    value.textContent = text;
    input.setAttribute('aria-valuetext', text);
    input.style.setProperty('--fill', String((next - min) / (max - min || 1)));
  };
  input.addEventListener('input', () => {
    show(input.valueAsNumber);
    options.onChange(input.valueAsNumber);
  });
  show(options.value);
  element.append(value, input);
  return { element, show };
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

function labelled(className: string, text: string): { element: HTMLElement; label: HTMLLabelElement } {
  const element = document.createElement('div');
  element.className = className;
  const label = document.createElement('label');
  label.textContent = text;
  label.htmlFor = `field-${++count}`;
  element.append(label);
  return { element, label };
}
