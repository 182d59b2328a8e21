/**
 * The page's end of a live worker. Every call is answered: when the worker can't be loaded or dies, pending and
 * later calls reject with a PipelineError. Keeps the worker and the proxies alive until `terminate`.
 */
import { proxy, transfer } from 'comlink';
import { assertNever } from '../../src/core/assert.ts';
import type { LedgerBalance } from '../../src/core/ledger.ts';
import type { FrameImage } from '../../src/frames/frame-lease.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { WorkerClient } from '../worker-client.ts';
import type { Clip } from '../../src/clips/clip-types.ts';
import type {
  LiveBudget,
  LiveContract,
  LiveEvents,
  LiveOptions,
  LiveOutput,
  LiveSource,
  LiveStats,
  OutletEvents,
  RecordingCommand,
  RecordingEvents,
  RecordingOptions,
  VolumeCommand,
} from './live.contract.ts';

export type {
  FailurePolicy,
  FrameMeasurements,
  LiveBudget,
  LiveEvents,
  LiveOptions,
  LiveOutput,
  LiveSource,
  LiveStats,
  OutletEvents,
  RecordingCommand,
  RecordingEvents,
  RecordingOptions,
  VolumeCommand,
  VolumeState,
} from './live.contract.ts';

export class LiveClient {
  readonly #client: WorkerClient<LiveContract>;
  /** Settles with the recording that goes on. */
  #recording: Promise<unknown> = Promise.resolve();

  constructor(createWorker: () => Worker = defaultWorker) {
    this.#client = new WorkerClient(createWorker());
  }

  /** Rejects when the worker is lost; else it never settles. */
  get failed(): Promise<never> {
    return this.#client.failed;
  }

  /** Whether the worker can read a track. */
  hasTrackProcessor(): Promise<boolean> {
    return this.#client.call((remote) => remote.hasTrackProcessor());
  }

  /** Whether the worker can make a track, so that `openOutlet(null, …)` answers one. */
  hasTrackGenerator(): Promise<boolean> {
    return this.#client.call((remote) => remote.hasTrackGenerator());
  }

  /**
   * Starts the pipeline; resolves when the worker holds `options.lock`. Source and output are transferred.
   * @throws PipelineError `webgl2-missing` | `worker-missing` | `worker-crashed` | `aborted`
   */
  open(
    source: LiveSource,
    output: LiveOutput,
    graph: Graph,
    options: LiveOptions,
    events: LiveEvents,
  ): Promise<void> {
    const from = transfer(source, partsOf(source));
    const to = transfer(
      output,
      [output.canvas, output.outlet].filter((part) => part !== undefined),
    );
    return this.#client.call((remote) => remote.open(from, to, graph, options, proxy(events)));
  }

  /**
   * Frames come from `source` from now on, which is transferred; the old source is stopped. Everything else stays, the
   * old source too where this rejects. Of one of kind 'push': what is pushed after this is of the new one.
   * @throws PipelineError `worker-crashed` | `aborted`
   */
  setSource(source: LiveSource): Promise<void> {
    return this.#client.call((remote) => remote.setSource(transfer(source, partsOf(source))));
  }

  /**
   * Makes the worker an outlet, which writes what others compute; such a worker is not opened.
   * @param target the writable of a track of the page's, transferred; null: the worker makes a track itself.
   * @returns the worker's own track, or null where a target was given.
   */
  async openOutlet(
    target: WritableStream<VideoFrame> | null,
    events: OutletEvents,
  ): Promise<MediaStreamTrack | null> {
    const given = target === null ? null : transfer(target, [target]);
    const track = await this.#client.call((remote) => remote.openOutlet(given, proxy(events)));
    return track as MediaStreamTrack | null;
  }

  /** Of an outlet: frames come from the other end of `port` from now on, which is transferred. */
  connectOutlet(port: MessagePort): Promise<void> {
    return this.#client.call((remote) => remote.connectOutlet(transfer(port, [port])));
  }

  /** Of an outlet: one black frame, in the size of the last one. */
  blacken(): Promise<void> {
    return this.#client.call((remote) => remote.blacken());
  }

  /** Of an outlet: writes these frames, which are transferred, until it is connected, given others or null. */
  passThrough(frames: ReadableStream<VideoFrame> | null): Promise<void> {
    const given = frames === null ? null : transfer(frames, [frames]);
    return this.#client.call((remote) => remote.passThrough(given));
  }

  /** Of an outlet: ends its track. Idempotent. */
  closeOutlet(): Promise<void> {
    return this.#client.call((remote) => remote.closeOutlet());
  }

  /** @consumes frame */
  async push(frame: FrameImage, timestampUs: number): Promise<void> {
    try {
      await this.#client.call((remote) => remote.push(transfer(frame, [frame]), timestampUs));
    } finally {
      // Moved when the message left; still open when it could not be sent.
      frame.close();
    }
  }

  /** For sources of kind 'volume'. */
  volume(command: VolumeCommand): Promise<void> {
    return this.#client.call((remote) => remote.volume(command));
  }

  setGraph(graph: Graph): Promise<void> {
    return this.#client.call((remote) => remote.setGraph(graph));
  }

  setBudget(change: Partial<LiveBudget>): Promise<void> {
    return this.#client.call((remote) => remote.setBudget(change));
  }

  setVisible(visible: boolean): Promise<void> {
    return this.#client.call((remote) => remote.setVisible(visible));
  }

  /** Resolves after so many ms, also while the page is hidden. */
  wake(afterMs: number): Promise<void> {
    return this.#client.call((remote) => remote.wake(afterMs));
  }

  /** Whether the worker can encode what it shows. */
  hasVideoEncoder(): Promise<boolean> {
    return this.#client.call((remote) => remote.hasVideoEncoder());
  }

  /**
   * Records until `commandRecording('stop')` or `stop`. Streams are transferred.
   * @throws PipelineError `codec-unsupported` | `clip-unwritable` | `disk-full` | `aborted` | `worker-crashed`
   */
  record(options: RecordingOptions, events: RecordingEvents): Promise<Clip> {
    const { sound, sink } = options;
    const parts = [sound?.readable, sink].filter((part) => part instanceof ReadableStream || part instanceof WritableStream); // prettier-ignore
    const ended = this.#client.call((remote) => remote.record(transfer(options, parts), proxy(events)));
    this.#recording = ended.catch(() => undefined);
    return ended;
  }

  commandRecording(command: RecordingCommand): Promise<void> {
    return this.#client.call((remote) => remote.commandRecording(command));
  }

  stats(): Promise<LiveStats> {
    return this.#client.call((remote) => remote.stats());
  }

  /** Ends the pipeline and what records it; answers what it left open. The worker itself lives until `terminate`. */
  async stop(): Promise<LedgerBalance> {
    const balance = await this.#client.call((remote) => remote.stop());
    await this.#recording;
    return balance;
  }

  /** It is known to be gone, whatever it was asked: that and what `failed` tells is `worker-crashed`. */
  lose(): void {
    this.#client.lose();
  }

  /** Ends the worker. Idempotent. */
  terminate(): void {
    this.#client.terminate();
  }
}

/** What moves to the worker. */
function partsOf(end: LiveSource): Transferable[] {
  switch (end.kind) {
    // The DOM library knows these as transferable in part only.
    case 'readable':
      return [end.readable];
    case 'track':
      return [end.track];
    case 'push':
    case 'pattern':
    // Copied: the voxels are still the caller's.
    case 'volume':
      return [];
    default:
      return assertNever(end);
  }
}

function defaultWorker(): Worker {
  return new Worker(new URL('./live.worker.ts', import.meta.url), { type: 'module', name: 'convolux' });
}
