/** The page's state: the filter of the camera's element, and what there is to say. */
import type { FilterSettings } from '../shared/filter-settings.ts';
import type { Notice } from '../shared/notices.ts';
import { StateStore } from '../shared/state-store.ts';

export type PageState = Readonly<{ settings: FilterSettings; notices: readonly Notice[] }>;

export class Store extends StateStore<PageState> {
  choose(change: Partial<FilterSettings>): void {
    this.update({ settings: { ...this.state.settings, ...change } });
  }

  dismiss(key: string): void {
    this.update({ notices: this.state.notices.filter((notice) => notice.key !== key) });
  }
}
