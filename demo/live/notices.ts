/** The list of notices: things worth saying that do not end the picture. Each can be dismissed. */
import { required } from './required.ts';
import type { Notice, Store } from './store.ts';

export function mountNotices(store: Store): void {
  const container = required('[data-role=notices]', HTMLElement);
  const shown = new Map<string, { notice: Notice; element: HTMLElement }>();

  store
    .select(({ notices }) => notices)
    .subscribe((notices) => {
      for (const [key, { notice, element }] of shown) {
        if (notices.includes(notice)) continue;
        element.remove();
        shown.delete(key);
      }
      for (const notice of notices) {
        if (shown.has(notice.key)) continue;
        const element = noticeElement(store, notice);
        container.append(element);
        shown.set(notice.key, { notice, element });
      }
    });
}

function noticeElement(store: Store, notice: Notice): HTMLElement {
  const element = document.createElement('div');
  element.className = 'notice';
  const text = document.createElement('p');
  text.textContent = notice.text;
  element.append(text);
  if (notice.items !== undefined) {
    const list = document.createElement('ul');
    for (const item of notice.items) {
      const entry = document.createElement('li');
      entry.textContent = item;
      list.append(entry);
    }
    element.append(list);
  }
  const buttons = document.createElement('div');
  buttons.className = 'notice-actions';
  const { retry } = notice;
  if (retry !== undefined) {
    buttons.append(
      quietButton('Try again', () => {
        store.dismiss(notice.key);
        retry();
      }),
    );
  }
  buttons.append(quietButton('Dismiss', () => store.dismiss(notice.key)));
  element.append(buttons);
  return element;
}

function quietButton(text: string, onClick: () => void): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'button-quiet';
  button.textContent = text;
  button.addEventListener('click', onClick);
  return button;
}
