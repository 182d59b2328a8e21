/**
 * A Web Lock for the life of a worker: a page that asks for the same one gets it when the worker has ended, however it
 * ended. Nothing else tells of a worker that was killed.
 */

/**
 * Resolves when this worker holds it, or where it can't be had: pages of some origins have no locks.
 * @param name '' for none.
 */
export function holdLock(name: string): Promise<void> {
  // The library knows no browser without, and pages that are not secure have none.
  const { locks } = navigator as Readonly<{ locks?: LockManager }>;
  if (name === '' || locks === undefined) return Promise.resolve();
  return new Promise((resolve) => {
    const hold = (): Promise<never> => {
      resolve();
      return new Promise(() => undefined);
    };
    locks.request(name, hold).catch(() => {
      resolve();
    });
  });
}
