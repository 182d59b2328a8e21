/**
 * The field for a kernel's weights: presets to begin with, and a text in which each row stands on a line and a line with
 * “|” divides frames. What is no kernel is told under it, and changes nothing.
 */
import { kernelOf, type KernelLimits, type KernelParam } from 'convolux';
import { labelled, type Field } from './fields.ts';

export type KernelFieldOptions = Readonly<{
  label: string;
  spec: KernelParam;
  value: string;
  onChange: (value: string) => void;
}>;

/** What the list of presets says of weights that are none of them. */
const OWN = 'Own weights';
const MOST_LINES = 12;

export function kernelField({ label: text, spec, value, onChange }: KernelFieldOptions): Field<string> {
  const { element, label } = labelled('field field-kernel', text);
  const presets = presetList(`${text}: preset`, spec.presets);
  const area = document.createElement('textarea');
  Object.assign(area, { id: label.htmlFor, spellcheck: false, autocapitalize: 'off', autocomplete: 'off' });
  const mistake = document.createElement('p');
  mistake.className = 'hint mistake';
  mistake.id = `${label.htmlFor}-mistake`;
  mistake.setAttribute('role', 'status');
  area.setAttribute('aria-describedby', mistake.id);

  const judge = (): string | undefined => {
    const found = kernelMistake(area.value, spec);
    mistake.textContent = found ?? '';
    area.setAttribute('aria-invalid', String(found !== undefined));
    return found;
  };
  const show = (next: string): void => {
    const chosen = spec.presets.find((preset) => oneLine(preset.value) === oneLine(next));
    presets.list.value = chosen?.title ?? OWN;
    // While it is typed in, the text is the visitor's.
    if (oneLine(area.value) === oneLine(next)) return;
    area.value = asLines(next);
    area.rows = Math.min(MOST_LINES, area.value.split('\n').length);
    judge();
  };
  area.addEventListener('input', () => {
    if (judge() === undefined) onChange(oneLine(area.value));
  });
  presets.list.addEventListener('change', () => {
    const chosen = spec.presets.find(({ title }) => title === presets.list.value);
    if (chosen !== undefined) onChange(chosen.value);
  });
  show(value);
  element.append(presets.frame, area, mistake);
  return { element, show };
}

/** Why `text` is no kernel; undefined where it is one. */
export function kernelMistake(text: string, limits: KernelLimits): string | undefined {
  try {
    kernelOf('The kernel', text, limits);
    return undefined;
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}.`;
  }
}

function presetList(
  name: string,
  presets: KernelParam['presets'],
): { frame: HTMLElement; list: HTMLSelectElement } {
  const list = document.createElement('select');
  list.setAttribute('aria-label', name);
  const own = new Option(OWN, OWN);
  // It says what is there; there is nothing to choose.
  own.disabled = true;
  list.append(...presets.map(({ title }) => new Option(title, title)), own);
  const frame = document.createElement('span');
  frame.className = 'select';
  frame.append(list);
  return { frame, list };
}

/** As an address carries it. */
function oneLine(text: string): string {
  const rows = (frame: string) => frame.split(/[;\n]/u).map((row) => row.trim().replaceAll(/[\s,]+/gu, ' '));
  return text
    .split('|')
    .map((frame) =>
      rows(frame)
        .filter((row) => row !== '')
        .join('; '),
    )
    .join(' | ');
}

/** As the text area shows it. */
function asLines(text: string): string {
  return oneLine(text).replaceAll('; ', '\n').replaceAll(' | ', '\n|\n');
}
