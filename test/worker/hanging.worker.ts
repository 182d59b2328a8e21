/** The live worker, which does nothing at all for as many ms as it is told. */
import '../../workers/live/live.worker.ts';

addEventListener('message', ({ data }: MessageEvent<{ hangMs?: number }>) => {
  const untilMs = performance.now() + (data.hangMs ?? 0);
  while (performance.now() < untilMs);
});
