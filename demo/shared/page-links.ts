/** The links between the pages. */
import { writeFilter, type FilterStore } from './filter-settings.ts';

/** The filter that is chosen, and its parameters, go along to the other pages. */
export function carryFilter(store: FilterStore): void {
  const links = document.querySelectorAll<HTMLAnchorElement>('[data-page-link]');
  store
    .select(({ settings }) => settings)
    .subscribe((settings) => {
      const query = new URLSearchParams();
      writeFilter(query, settings);
      for (const link of links) link.search = query.toString();
    });
}
