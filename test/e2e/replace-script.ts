/** Scripts of the page and its workers, answered with other text: what can't be reached from outside is changed so. */
import type { BrowserContext } from '@playwright/test';

export const WORKER_SCRIPT = /live\.worker/;

/**
 * Lets the browser answer a request for a script with something else. Workers load theirs through the context too.
 * @returns how many were changed so far.
 */
export async function replaceScript(
  context: BrowserContext,
  url: RegExp,
  change: (text: string) => string,
): Promise<() => number> {
  let changed = 0;
  await context.route(url, async (route) => {
    const response = await route.fetch();
    const before = await response.text();
    const after = change(before);
    if (after !== before) changed += 1;
    await route.fulfill({ response, body: after });
  });
  return () => changed;
}
