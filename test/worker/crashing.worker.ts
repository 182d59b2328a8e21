/** The live worker, struck by an error of its own shortly after it started to work. */
import '../../workers/live/live.worker.ts';

setTimeout(() => {
  throw new Error('struck by lightning');
}, 500);
