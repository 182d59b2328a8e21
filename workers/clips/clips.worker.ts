/** The worker's entry: processes one clip, or shows frames of one; spoken to through Comlink. */
import { expose, transfer } from 'comlink';
import { ClipPreviews } from '../../src/clips/clip-previews.ts';
import { processClip } from '../../src/clips/process-clip.ts';
import { readSound } from '../../src/clips/read-sound.ts';
import { Ledger } from '../../src/core/ledger.ts';
import { aborted } from '../../src/engine/faults.ts';
import { openFrameFilter } from '../../src/engine/frame-filter.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { installThrowHandler } from '../throw-handler.ts';
import type { ClipsContract } from './clips.contract.ts';

installThrowHandler();

const ledger = new Ledger();
const stopping = new AbortController();
const working = new Set<Promise<unknown>>();
let previews: ClipPreviews | null = null;

const openFilter = (graph: Graph) => openFrameFilter(graph, ledger);

/** `stop` waits for it; whether it failed is told to whoever asked. */
async function watched<Result>(work: Promise<Result>): Promise<Result> {
  working.add(work);
  try {
    return await work;
  } finally {
    working.delete(work);
  }
}

const contract: ClipsContract = {
  process(job, onProgress) {
    return watched(processClip(job, { openFilter, ledger, onProgress, signal: stopping.signal }));
  },
  async open(input) {
    previews = await watched(ClipPreviews.open(input, { openFilter, ledger }));
    return previews.info;
  },
  async preview(graph, atS) {
    if (previews === null || stopping.signal.aborted) throw aborted();
    const preview = await watched(previews.at(graph, atS));
    return transfer(preview, [preview.before, preview.after]);
  },
  async readSound(input, range) {
    const sound = await watched(readSound(input, range));
    return transfer(
      sound,
      sound.channels.map(({ buffer }) => buffer as ArrayBuffer),
    );
  },
  async stop() {
    stopping.abort();
    previews?.close();
    await Promise.allSettled(working);
    return ledger.balance();
  },
};

expose(contract);
