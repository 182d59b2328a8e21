/**
 * The frame budget's controls: how many frames a second are wanted, what gives way when they take too long, and extra
 * work to try that out. All of it takes effect at once, without a new start.
 */
import type { DegradationPreference } from 'convolux';
import { choice, segments, slider } from '../shared/fields.ts';
import { required } from '../shared/required.ts';
import type { Store } from './store.ts';

const usualRates: readonly number[] = [60, 30, 24, 15];
/** The value of the choice that asks for no rate. */
const asTheSource = '';

const preferences: readonly Readonly<{ value: DegradationPreference; title: string; says: string }>[] = [
  {
    value: 'maintain-framerate',
    title: 'Resolution',
    says: 'The picture gets coarser; frames are left out only where that does not help.',
  },
  {
    value: 'maintain-resolution',
    title: 'Frames',
    says: 'The picture stays sharp, every 2nd, 3rd … frame is left out.',
  },
  {
    value: 'balanced',
    title: 'Both',
    says: 'Half the resolution first, then frames down to 15 a second, then resolution again.',
  },
];

const loadSlider = { min: 0, max: 8, step: 0.1 };

export function mountBudgetSettings(store: Store): void {
  const group = required('[data-role=budget]', HTMLFieldSetElement);
  group.append(rateField(store), preferenceField(store), loadField(store));
}

function rateField(store: Store): HTMLElement {
  const { fps } = store.state.settings;
  // One from the address is a choice like the others.
  const rates = fps === undefined || usualRates.includes(fps) ? usualRates : [fps, ...usualRates];
  const field = choice({
    label: 'Frame rate',
    choices: [
      { value: asTheSource, title: 'As the source' },
      ...rates.map((rate) => ({ value: String(rate), title: `${rate} fps` })),
    ],
    value: fps === undefined ? asTheSource : String(fps),
    onChange: (value) => store.choose({ fps: value === asTheSource ? undefined : Number(value) }),
  });
  return field.element;
}

function preferenceField(store: Store): HTMLElement {
  const element = document.createElement('div');
  element.className = 'field field-segments';
  element.setAttribute('role', 'radiogroup');
  const label = document.createElement('span');
  label.id = 'degradation-label';
  label.textContent = 'When frames take too long, lower';
  element.setAttribute('aria-labelledby', label.id);
  const field = segments({
    name: 'degradation',
    choices: preferences,
    value: store.state.settings.degradation,
    onChange: (degradation) => store.choose({ degradation }),
  });
  const hint = document.createElement('p');
  hint.className = 'hint';
  hint.id = 'degradation-hint';
  element.setAttribute('aria-describedby', hint.id);
  element.append(label, field.element, hint);
  store
    .select(({ settings }) => settings.degradation)
    .subscribe((degradation) => {
      hint.textContent = preferences.find(({ value }) => value === degradation)?.says ?? '';
    });
  return element;
}

function loadField(store: Store): HTMLElement {
  const { load } = store.state.settings;
  const element = document.createElement('details');
  element.className = 'try-it';
  const summary = document.createElement('summary');
  summary.textContent = 'Try it';
  const hint = document.createElement('p');
  hint.className = 'hint';
  hint.textContent = 'Extra work on each pixel, as of a heavier filter: 1 fills 33 ms at full resolution.';
  const field = slider({
    ...loadSlider,
    // The address goes further than the slider; what it says is shown.
    max: Math.max(loadSlider.max, load),
    label: 'Extra load',
    unit: '×',
    value: load,
    onChange: (value) => store.choose({ load: value }),
  });
  element.append(summary, field.element, hint);
  element.open = load > 0;
  return element;
}
