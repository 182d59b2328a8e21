/** The list of notices: things worth saying that are no state of the page. Each can be dismissed. */
import type { Observable } from 'rxjs';
import { required } from './required.ts';

export type Notice = Readonly<{
  /** A newer notice of the same key takes this one's place. */
  key: string;
  /** What was said about one run is over when the next one starts. */
  scope: 'page' | 'run';
  text: string;
  items?: readonly string[];
  retry?: () => void;
  link?: Readonly<{ text: string; href: string }>;
}>;

export interface NoticeStore {
  select<T>(part: (state: Readonly<{ notices: readonly Notice[] }>) => T): Observable<T>;
  dismiss(key: string): void;
}

export function withNotice(notices: readonly Notice[], notice: Notice): readonly Notice[] {
  return [...notices.filter(({ key }) => key !== notice.key), notice];
}

export function addressNotice(items: readonly string[]): Notice {
  return { key: 'address', scope: 'page', text: 'Not everything in the address could be used:', items };
}

export function mountNotices(store: NoticeStore): void {
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

function noticeElement(store: NoticeStore, notice: Notice): HTMLElement {
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
  element.append(noticeActions(store, notice));
  return element;
}

function noticeActions(store: NoticeStore, { key, retry, link }: Notice): HTMLElement {
  const actions = document.createElement('div');
  actions.className = 'notice-actions';
  if (link !== undefined) {
    const anchor = document.createElement('a');
    anchor.className = 'button-quiet';
    anchor.href = link.href;
    anchor.textContent = link.text;
    actions.append(anchor);
  }
  if (retry !== undefined) {
    actions.append(
      quietButton('Try again', () => {
        store.dismiss(key);
        retry();
      }),
    );
  }
  actions.append(quietButton('Dismiss', () => store.dismiss(key)));
  return actions;
}

function quietButton(text: string, onClick: () => void): HTMLButtonElement {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'button-quiet';
  button.textContent = text;
  button.addEventListener('click', onClick);
  return button;
}
