/** The worker's entry, spoken to through Comlink: one live pipeline, or one outlet. */
import { expose, transfer } from 'comlink';
import { assert } from '../../src/core/assert.ts';
import type { LedgerBalance } from '../../src/core/ledger.ts';
import { aborted } from '../../src/engine/faults.ts';
import { Outlet } from '../../src/frames/outlet.ts';
import { streamTarget } from '../../src/frames/outlet-stream.ts';
import { PushSource } from '../../src/frames/worker/push-source.ts';
import { hasTrackGenerator, openTrackGenerator } from '../../src/frames/worker/track-generator.ts';
import { hasTrackProcessor } from '../../src/frames/worker/track-source.ts';
import { installThrowHandler } from '../throw-handler.ts';
import { holdLock } from './hold-lock.ts';
import type { LiveContract } from './live.contract.ts';
import { LivePipeline } from './live-pipeline.ts';

installThrowHandler();

let pipeline: LivePipeline | null = null;
let stopped: Promise<LedgerBalance> | null = null;
let outlet: Outlet | null = null;

const contract: LiveContract = {
  hasTrackProcessor,
  hasTrackGenerator,
  async open(source, output, graph, options, events) {
    mustBeFresh();
    const held = holdLock(options.lock);
    pipeline = new LivePipeline(source, output, graph, options, events);
    await held;
  },
  setSource(source) {
    running().setSource(source);
  },
  openOutlet(target, events) {
    mustBeFresh();
    if (target !== null) {
      outlet = new Outlet(streamTarget(target), events);
      return null;
    }
    const { writable, track } = openTrackGenerator();
    outlet = new Outlet(streamTarget(writable), events);
    return transfer(track, [track as Transferable & typeof track]);
  },
  connectOutlet(port) {
    opened().connect(port);
  },
  blacken() {
    opened().blacken();
  },
  passThrough(frames) {
    opened().passThrough(frames);
  },
  async closeOutlet() {
    await outlet?.close();
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

/** A worker that was killed while it computes would take the track with it, so none does both. */
function mustBeFresh(): void {
  assert(pipeline === null && outlet === null, 'a live worker is opened once, as a pipeline or as an outlet');
}

function opened(): Outlet {
  assert(outlet !== null, 'only an outlet writes what others computed');
  return outlet;
}

/** @throws PipelineError `aborted` when nothing was opened. */
function running(): LivePipeline {
  if (pipeline === null) throw aborted();
  return pipeline;
}

expose(contract);
