/**
 * A live worker whose graphics fail when a test says so, and every frame that leaves it. Its footage is bright and its filter
 * makes it dark, so that a frame that is not filtered is known by any of its pixels.
 */
import { vi } from 'vitest';
import type { SerializedError } from '../../src/core/errors.ts';
import type { Size } from '../../src/core/frame-size.ts';
import { ReceivingPort } from '../../src/frames/outlet-port.ts';
import { graph } from '../../src/graph/builder.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { add, mul } from '../../src/graph/operators.ts';
import {
  LiveClient,
  type LiveEvents,
  type LiveOptions,
  type LiveOutput,
  type LiveSource,
  type LiveStats,
} from '../../workers/live/live.client.ts';

/** Of every pixel of the footage at least one channel is as bright as this. */
const BRIGHT = 180;
const WHITE = [255, 255, 255, 255];
/** From 0.1 to 0.35 of white: neither black nor bright anywhere. */
export const DARKEN: Graph = graph(({ frame }) => add(mul(frame, 0.25), 0.1));

export const DARKER: Graph = graph(({ frame }) => add(mul(frame, 0.2), 0.12));

export type Seen = 'filtered' | 'black' | 'raw' | 'mixed';

export type SeenFrame = Readonly<{ seen: Seen; timestampUs: number; atMs: number; width: number }>;

/** Which kind of picture it is; 'mixed' where its pixels are of several. */
export function seenIn(rgba: Uint8Array | Uint8ClampedArray): Seen {
  const kinds = new Set<Seen>();
  for (let i = 0; i < rgba.length; i += 4) {
    const brightest = Math.max(rgba[i]!, rgba[i + 1]!, rgba[i + 2]!);
    kinds.add(brightest < 8 ? 'black' : brightest < 120 ? 'filtered' : 'raw');
  }
  const [kind] = kinds;
  return kinds.size === 1 && kind !== undefined ? kind : 'mixed';
}

/** A frame of bars that move, each of them bright. @returnsOwned */
export function brightFrame(number: number, timestampUs: number, { width, height }: Size = SIZE): VideoFrame {
  const bytes = new Uint8Array(4 * width * height);
  for (let i = 0; i < width * height; i++) {
    const bar = ((i % width) + 4 * number) % 48;
    bytes.set(bar < 16 ? [BRIGHT + 40, 90, 90, 255] : bar < 32 ? [100, BRIGHT + 60, 100, 255] : WHITE, 4 * i);
  }
  return new VideoFrame(bytes, { format: 'RGBX', codedWidth: width, codedHeight: height, timestamp: timestampUs }); // prettier-ignore
}

const SIZE = { width: 64, height: 48 } as const;
const FRAME_MS = 33;

export type WatchedOptions = Partial<LiveOptions> &
  Readonly<{ canvas?: OffscreenCanvas; source?: LiveSource; graph?: Graph }>;

let opened = 0;

export class WatchedPipeline {
  readonly client: LiveClient;
  readonly frames: SeenFrame[] = [];
  readonly diagnostics: SerializedError[] = [];
  readonly ended: (SerializedError | null)[] = [];
  stats: LiveStats | null = null;
  /** Whether the account added up each time that it was told. */
  isSound = true;
  readonly #channel: BroadcastChannel;
  readonly #ports: ReceivingPort[] = [];
  #timer: ReturnType<typeof setInterval> | undefined;
  #reading: Promise<void> = Promise.resolve();

  constructor() {
    const name = `failing-gl ${Date.now()} ${opened++}`;
    this.#channel = new BroadcastChannel(name);
    this.client = new LiveClient(
      () => new Worker(new URL('./failing-gl.worker.ts', import.meta.url), { type: 'module', name }),
    );
  }

  /** Kept by the pipeline, as Comlink wants it. */
  readonly events: LiveEvents = {
    stats: (stats) => {
      this.stats = stats;
      const { arrived, shown, dropped, pending } = stats;
      this.isSound &&= arrived === shown + dropped + pending;
    },
    measurements: () => undefined,
    volume: () => undefined,
    diagnostic: (error) => {
      this.diagnostics.push(error);
    },
    ended: (error) => {
      this.ended.push(error);
    },
  };

  /** Its way out is a track, unless a canvas is given. */
  async open({ canvas, source = { kind: 'push' }, graph: given = DARKEN, ...options }: WatchedOptions = {}): Promise<void> {
    const output: LiveOutput = canvas === undefined ? { outlet: this.#watch() } : { canvas };
    await this.client.open(source, output, given, {
      budget: { targetFps: null, degradationPreference: 'maintain-resolution', load: 0 },
      whenHidden: 'continue',
      transport: {},
      failurePolicy: 'freeze',
      lock: '',
      ...options,
    }, this.events);
  } // prettier-ignore

  /** Pushes bright frames, from this time of theirs on. */
  play(fromUs = 5_000_000, size: Size = SIZE): void {
    this.pause();
    const startMs = performance.now();
    let number = 0;
    this.#timer = setInterval(() => {
      const timestampUs = fromUs + Math.round(1000 * (performance.now() - startMs));
      const frame = brightFrame(number++, timestampUs, size);
      // A worker that was stopped takes none.
      this.client.push(frame, timestampUs).catch(() => undefined);
    }, FRAME_MS);
  }

  pause(): void {
    clearInterval(this.#timer);
  }

  /** Resolves when the worker has done so. */
  tell(what: 'throw' | 'work' | 'lose'): Promise<unknown> {
    return new Promise((resolve) => {
      this.#channel.onmessage = resolve;
      this.#channel.postMessage(what);
    });
  }

  /** So many frames of a kind left it, after the first `after` of all. */
  async whenSeen(seen: Seen, count: number, after = 0): Promise<void> {
    await vi.waitFor(
      () => {
        const have = this.frames.slice(after).filter((frame) => frame.seen === seen).length;
        if (have < count) throw new Error(`${have} of ${count} were ${seen}; ${this.diagnostics.at(-1)?.message ?? ''}`); // prettier-ignore
      },
      { timeout: 15_000, interval: 10 },
    );
  }

  async close(): Promise<void> {
    this.pause();
    await this.client.stop().catch(() => undefined);
    await this.#reading;
    this.client.terminate();
    for (const port of this.#ports) port.close();
    this.#channel.close();
  }

  #watch(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    this.#ports.push(
      new ReceivingPort(port2, (frame) => {
        const atMs = performance.now();
        this.#reading = this.#reading.then(() => this.#look(frame, atMs));
      }),
    );
    return port1;
  }

  /** @consumes frame */
  async #look(frame: VideoFrame, atMs: number): Promise<void> {
    const { timestamp, displayWidth: width } = frame;
    const rgba = new Uint8Array(frame.allocationSize({ format: 'RGBA' }));
    await frame.copyTo(rgba, { format: 'RGBA' });
    frame.close();
    this.frames.push({ seen: seenIn(rgba), timestampUs: timestamp, atMs, width });
  }
}
