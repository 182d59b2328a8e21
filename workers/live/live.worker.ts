/** The worker's entry: one live pipeline, spoken to through Comlink. */
import { expose } from 'comlink';
import type { LedgerBalance } from '../../src/core/ledger.ts';
import { aborted } from '../../src/engine/faults.ts';
import { PushSource } from '../../src/frames/worker/push-source.ts';
import { hasTrackProcessor } from '../../src/frames/worker/track-source.ts';
import { installThrowHandler } from '../throw-handler.ts';
import type { LiveContract } from './live.contract.ts';
import { LivePipeline } from './live-pipeline.ts';

installThrowHandler();

let pipeline: LivePipeline | null = null;
let stopped: Promise<LedgerBalance> | null = null;

const contract: LiveContract = {
  hasTrackProcessor,
  open(source, output, graph, options, events) {
    if (pipeline !== null) throw new Error('convolux invariant broken: a live worker was opened twice');
    pipeline = new LivePipeline(source, output, graph, options, events);
  },
  push(frame, timestampUs) {
    if (pipeline?.source instanceof PushSource) pipeline.source.push(frame, timestampUs);
    else frame.close();
  },
  volume(command) {
    running().commandVolume(command);
  },
  async setGraph(graph) {
    await running().setGraph(graph);
  },
  setBudget(change) {
    running().setBudget(change);
  },
  setVisible(visible) {
    running().setVisible(visible);
  },
  hasVideoEncoder() {
    return 'VideoEncoder' in globalThis;
  },
  record(options, events) {
    return running().record(options, events);
  },
  commandRecording(command) {
    running().commandRecording(command);
  },
  stats() {
    return running().stats();
  },
  wake(afterMs) {
    return new Promise((resolve) => setTimeout(resolve, afterMs));
  },
  stop() {
    stopped ??=
      pipeline?.stop() ?? Promise.resolve({ frames: 0, textures: 0, programs: 0, contexts: 0, workers: 0 });
    return stopped;
  },
};

/** @throws PipelineError `aborted` when nothing was opened. */
function running(): LivePipeline {
  if (pipeline === null) throw aborted();
  return pipeline;
}

expose(contract);
