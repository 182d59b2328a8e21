/**
 * At most one call in flight, and the newest value wins: what arrives meanwhile replaces what waits.
 * A slider sends a hundred values a second; the worker should see only those it can keep up with.
 */
export function newestWins<T>(apply: (value: T) => Promise<void>): (value: T) => void {
  let busy = false;
  let waiting: { value: T } | undefined;

  const drain = async (): Promise<void> => {
    busy = true;
    try {
      while (waiting !== undefined) {
        const { value } = waiting;
        waiting = undefined;
        await apply(value);
      }
    } finally {
      busy = false;
    }
  };

  return (value) => {
    waiting = { value };
    if (!busy) void drain();
  };
}
