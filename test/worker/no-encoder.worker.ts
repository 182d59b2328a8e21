/** The live worker in a browser whose workers have no VideoEncoder. */
import '../../workers/live/live.worker.ts';

Reflect.deleteProperty(globalThis, 'VideoEncoder');
