/**
 * The page that the recovery benchmark drives: a pipeline with a track, whose worker is killed or whose graphics are lost, and
 * somebody who notes when frames of the track come.
 */
import { filters } from '../../../pipelines/index.ts';
import { trackProcessor } from '../../../src/frames/page/insertable-streams.ts';
import { openPipeline } from '../../../src/index.ts';
import type { Blow, RecoveryBenchPage, Trial } from '../recovery-protocol.ts';

declare global {
  /** Set once everything has loaded. */
  var recoveryBench: RecoveryBenchPage | undefined;
}

/** A filter's programs are at their best after that. */
const SETTLED_MS = 2500;
/** Whoever is not back by then never will be. */
const WATCHED_MS = 5000;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The computing worker comes first; the outlet, and each successor, after it. */
function workers(): Readonly<{ made: { worker: Worker; name: string }[]; createWorker: () => Worker }> {
  const made: { worker: Worker; name: string }[] = [];
  return {
    made,
    createWorker: () => {
      const name = crypto.randomUUID();
      const worker = new Worker(new URL('../../worker/failing-gl.worker.ts', import.meta.url), {
        type: 'module',
        name,
      });
      made.push({ worker, name });
      return worker;
    },
  };
}

/** Notes the times at which frames come, until the track ends. */
async function noteFrames(track: MediaStreamTrack, atMs: number[]): Promise<void> {
  const Processor = trackProcessor();
  if (Processor === null) throw new Error('this browser has no MediaStreamTrackProcessor');
  const reader = new Processor({ track, maxBufferSize: 10 }).readable.getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    value.close();
    atMs.push(performance.now());
  }
}

async function strike(blow: Blow, computing: { worker: Worker; name: string }): Promise<void> {
  if (blow === 'worker killed') {
    computing.worker.terminate();
    return;
  }
  const channel = new BroadcastChannel(computing.name);
  await new Promise((resolve) => {
    channel.onmessage = resolve;
    channel.postMessage('lose');
  });
  channel.close();
}

async function measure({ blow, filter: name, width, height }: Trial): Promise<number> {
  const filter = filters.find((one) => one.name === name);
  if (filter === undefined) throw new Error(`no filter is called ${name}`);
  const { made, createWorker } = workers();
  const pipeline = openPipeline({
    source: { kind: 'pattern', width, height },
    filter,
    // As much work after as before.
    degradationPreference: 'maintain-resolution',
    createWorker,
  });
  const track = (await pipeline.track).clone();
  const atMs: number[] = [];
  const noted = noteFrames(track, atMs);
  await pause(SETTLED_MS);
  const startMs = performance.now();
  await strike(blow, made[0]!);
  await pause(WATCHED_MS);
  track.stop();
  await pipeline.stop();
  await noted;
  // The longest gap from then on: what was under way still came.
  const after = [startMs, ...atMs.filter((ms) => ms > startMs)];
  const gaps = after.slice(1).map((ms, at) => ({ backMs: ms, gapMs: ms - after[at]! }));
  const [longest] = gaps.sort((a, b) => b.gapMs - a.gapMs);
  return longest === undefined ? Infinity : longest.backMs - startMs;
}

globalThis.recoveryBench = { measure };
