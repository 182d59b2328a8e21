/** Small elements that several parts of a page make. */

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  text = '',
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

export function button(className: string, text: string, onClick: () => void): HTMLButtonElement {
  const made = element('button', className, text);
  made.type = 'button';
  made.addEventListener('click', onClick);
  return made;
}

export function quietButton(text: string, onClick: () => void): HTMLButtonElement {
  return button('button-quiet', text, onClick);
}

export type Fact = Readonly<{ label: string; value: string }>;

/** Labels above their values, as the strip of figures has them. */
export function factList(facts: readonly Fact[]): HTMLDListElement {
  const list = element('dl', 'facts');
  for (const { label, value } of facts) {
    const entry = document.createElement('div');
    entry.append(element('dt', '', label), element('dd', '', value));
    list.append(entry);
  }
  return list;
}
