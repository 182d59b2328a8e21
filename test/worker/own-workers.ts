/** The live workers that a test makes, in their order: the first computes, the second is the outlet. */

export type OwnWorkers = Readonly<{ createWorker: () => Worker; made: readonly Worker[] }>;

export function ownWorkers(): OwnWorkers {
  const made: Worker[] = [];
  return {
    made,
    createWorker: () => {
      const worker = new Worker(new URL('../../workers/live/live.worker.ts', import.meta.url), {
        type: 'module',
      });
      made.push(worker);
      return worker;
    },
  };
}
