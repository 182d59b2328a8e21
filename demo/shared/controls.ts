/**
 * The filter's controls, built from the filters themselves: one radio button per filter, and one field
 * per parameter of the chosen one. A filter added to the library appears here without a change.
 */
import { hasMemory, resolveParams, type Filter, type ParamSpec, type ParamValue } from 'convolux';
import { choice, segments, slider, toggle, type Field } from './fields.ts';
import { currentParams, type FilterStore, type Params } from './filter-settings.ts';
import { kernelField } from './kernel-field.ts';
import { required } from './required.ts';

export function mountControls(store: FilterStore, filters: readonly Filter[]): void {
  mountFilterChoice(store, filters);
  mountParams(store);
}

function mountFilterChoice(store: FilterStore, filters: readonly Filter[]): void {
  const group = required('[data-role=filters]', HTMLFieldSetElement);
  const fields = groupsOf(filters).map(({ title, members }) => {
    const field = segments({
      name: 'filter',
      choices: members.map((filter) => ({ value: filter.name, title: filter.title })),
      value: store.state.settings.filter.name,
      onChange: (name) => {
        const filter = members.find((candidate) => candidate.name === name);
        if (filter !== undefined) store.choose({ filter });
      },
    });
    const caption = document.createElement('p');
    caption.className = 'caption';
    caption.textContent = title;
    group.append(caption, field.element);
    return field;
  });
  const description = document.createElement('p');
  description.className = 'description';
  group.append(description);

  store
    .select(({ settings }) => settings.filter)
    .subscribe((chosen) => {
      for (const field of fields) field.show(chosen.name);
      description.textContent = chosen.description;
    });
}

type FilterGroup = Readonly<{ title: string; members: readonly Filter[] }>;

/** What sees one frame by itself, and what remembers others: each in the order of the list. */
function groupsOf(filters: readonly Filter[]): readonly FilterGroup[] {
  const overTime = new Set(filters.filter((filter) => hasMemory(filter.build())));
  const groups = [
    { title: 'Each frame by itself', members: filters.filter((filter) => !overTime.has(filter)) },
    { title: 'Over time', members: [...overTime] },
  ];
  return groups.filter(({ members }) => members.length > 0);
}

function mountParams(store: FilterStore): void {
  const container = required('[data-role=params]', HTMLElement);
  let fields = new Map<string, Field<ParamValue>>();

  store
    .select(({ settings }) => settings.filter)
    .subscribe((filter) => {
      fields = paramFields(store, filter);
      container.replaceChildren(...[...fields.values()].map(({ element }) => element));
      container.hidden = fields.size === 0;
      if (fields.size > 0) container.append(resetButton(store, filter));
    });
  store
    .select(({ settings }) => currentParams(settings))
    .subscribe((params) => {
      for (const [name, field] of fields) {
        const value = params[name];
        if (value !== undefined) field.show(value);
      }
    });
}

function paramFields(store: FilterStore, filter: Filter): Map<string, Field<ParamValue>> {
  const params = currentParams(store.state.settings);
  return new Map(
    Object.entries(filter.params).map(([name, spec]) => {
      const onChange = (value: ParamValue): void => {
        const changed = { ...currentParams(store.state.settings), [name]: value };
        setParams(store, filter, changed);
      };
      return [name, paramField(spec, params[name] ?? spec.default, onChange)];
    }),
  );
}

function paramField(
  spec: ParamSpec,
  value: ParamValue,
  onChange: (value: ParamValue) => void,
): Field<ParamValue> {
  const label = spec.title;
  switch (spec.type) {
    case 'number': {
      const field = slider({ ...spec, unit: spec.unit ?? '', label, value: Number(value), onChange });
      return { ...field, show: (next) => field.show(Number(next)) };
    }
    case 'choice': {
      const choices = spec.choices.map((name) => ({ value: name, title: capitalised(name) }));
      const field = choice({ label, choices, value: String(value), onChange });
      return { ...field, show: (next) => field.show(String(next)) };
    }
    case 'boolean': {
      const field = toggle({ label, value: value === true, onChange });
      return { ...field, show: (next) => field.show(next === true) };
    }
    case 'kernel': {
      const field = kernelField({ label, spec, value: String(value), onChange });
      return { ...field, show: (next) => field.show(String(next)) };
    }
  }
}

function resetButton(store: FilterStore, filter: Filter): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'button-quiet';
  button.textContent = 'Reset';
  button.title = `Back to the usual settings of ${filter.title}`;
  button.addEventListener('click', () => setParams(store, filter, resolveParams(filter, {})));
  return button;
}

function setParams(store: FilterStore, filter: Filter, params: Params): void {
  store.choose({ params: { ...store.state.settings.params, [filter.name]: params } });
}

function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
