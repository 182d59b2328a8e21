/**
 * The source of a pipeline, and its successors: what is open, what comes next, and a camera that went away and is waited for.
 * The old one goes on until the next one is open. Owns the open sources.
 */
import type { LiveSource, VolumeState } from '../../workers/live/live.client.ts';
import { PipelineError } from '../core/errors.ts';
import { listCameras, nextCameraChange } from '../frames/page/camera-list.ts';
import type { HiddenPage } from '../frames/page/hidden-page.ts';
import type { PushFrame } from '../frames/page/frame-push.ts';
import type { OpenSource, SourceEvents } from './source-port.ts';
import { openSource } from './source.ts';
import type { CameraSource, SourceOptions } from './source-types.ts';
import { Turns } from './turns.ts';

export type SourceLifeOptions = Readonly<{
  push: PushFrame;
  hiddenPage: HiddenPage;
  volume: () => VolumeState | null;
  /** Connects the worker, where one runs, to what is current now. */
  reconnect: () => Promise<void>;
  /** Before the worker is connected to it. */
  onSwitch: (source: SourceOptions) => void;
  onFault: (error: PipelineError) => void;
  /** The source went away; it is waited for, or another one is. */
  onLost: (error: PipelineError) => void;
  /** Frames come again. */
  onBack: () => void;
  /** No more frames will come; null when that is no fault. */
  onEnd: (error: PipelineError | null) => void;
}>;

/** From one look for a camera that went away to the next, where nothing tells of it. */
const LOOK_FROM_MS = 250;
const LOOK_AT_MOST_MS = 2000;

export class SourceLife {
  readonly #life: SourceLifeOptions;
  #options: SourceOptions;
  #current: OpenSource | null = null;
  #hasProcessor = false;
  #isConnecting = false;
  /** What the current one ended with; undefined as long as it goes on. */
  #end: PipelineError | null | undefined;
  /** Of whoever changes the source. */
  readonly #turns = new Turns();
  /** So many changes are asked for, or under way. */
  #changes = 0;
  #waiting = new AbortController();
  readonly #over = new AbortController();

  constructor(options: SourceOptions, life: SourceLifeOptions) {
    this.#options = options;
    this.#life = life;
  }

  get current(): OpenSource | null {
    return this.#current;
  }

  get kind(): SourceOptions['kind'] {
    return this.#options.kind;
  }

  /** The far end for a worker: of what has ended there is none. */
  connect(): LiveSource {
    return this.#current === null || this.#end !== undefined ? { kind: 'push' } : this.#current.connect();
  }

  /** Opens the first one. @throws PipelineError */
  async open(hasProcessor: boolean): Promise<void> {
    this.#hasProcessor = hasProcessor;
    const source = await this.#open(this.#options, true);
    this.#current = source;
  }

  /** Takes frames from `options`; each call in its turn. @throws PipelineError; the old one goes on then. */
  set(options: SourceOptions): Promise<void> {
    this.#changes++;
    this.#waiting.abort();
    return this.#turns.take(async () => {
      try {
        await this.#set(options);
      } finally {
        this.#changes--;
        this.#follow();
      }
    });
  }

  /** Idempotent. */
  close(): void {
    this.#over.abort();
    this.#waiting.abort();
    this.#current?.close();
  }

  /** The worker ran out of frames. */
  ended(error: PipelineError | null): void {
    // Until the worker has answered, it tells of the one before.
    if (this.#current !== null && !this.#isConnecting) this.#hear(error);
  }

  async #set(options: SourceOptions): Promise<void> {
    this.#mustGoOn();
    const next = await this.#openNext(options);
    await this.#change(next, options);
  }

  /** Of a machine that opens one camera at a time, the old one goes first, and comes back when the next one does not come. */
  async #openNext(options: SourceOptions): Promise<OpenSource> {
    const old = this.#current;
    const held = old?.kind === 'camera' && options.kind === 'camera' && this.#end === undefined ? old : null;
    try {
      return await this.#open(options, held === null);
    } catch (error) {
      if (held === null || !isBusy(error)) throw error;
    }
    this.#current = null;
    held.close();
    try {
      return await this.#open(options, true);
    } catch (error) {
      await this.#reopen();
      throw error;
    }
  }

  async #reopen(): Promise<void> {
    try {
      await this.#change(await this.#open(this.#options, true), this.#options);
    } catch (error) {
      if (!this.#isOver()) this.#hear(PipelineError.from(error, 'track-ended'));
    }
  }

  async #change(next: OpenSource, options: SourceOptions): Promise<void> {
    const before = [this.#current, this.#options, this.#end] as const;
    try {
      await this.#connect(next, options, undefined);
      await next.begin();
    } catch (error) {
      next.close();
      await this.#connect(...before);
      throw error;
    }
    before[0]?.close();
    this.#mustGoOn();
    this.#life.onBack();
  }

  async #connect(
    source: OpenSource | null,
    options: SourceOptions,
    end: PipelineError | null | undefined,
  ): Promise<void> {
    const isOther = options !== this.#options;
    this.#current = source;
    this.#options = options;
    this.#end = end;
    if (isOther) this.#life.onSwitch(options);
    this.#isConnecting = true;
    try {
      await this.#life.reconnect();
    } finally {
      this.#isConnecting = false;
    }
  }

  async #open(options: SourceOptions, retries: boolean): Promise<OpenSource> {
    const { push, hiddenPage, volume, onFault, reconnect } = this.#life;
    const ref: { source: OpenSource | null } = { source: null };
    const isCurrent = (): boolean => ref.source !== null && ref.source === this.#current;
    const events: SourceEvents = {
      push: async (frame, timestampUs) => {
        if (isCurrent()) await push(frame, timestampUs);
        else frame.close();
      },
      hiddenPage,
      volume,
      onFault,
      onEnd: (error) => {
        if (isCurrent()) this.#hear(error);
      },
      onChange: () => {
        if (isCurrent()) reconnect().catch(() => undefined);
      },
    };
    const opening = { workerHasProcessor: this.#hasProcessor, retries, signal: this.#over.signal };
    const source = await openSource(options, opening, events);
    ref.source = source;
    // Stopped while the user was asked for the camera: it is released again.
    if (this.#isOver()) source.close();
    this.#mustGoOn();
    return source;
  }

  #hear(error: PipelineError | null): void {
    if (this.#isOver() || this.#end !== undefined) return;
    this.#end = error;
    this.#follow();
  }

  /** What becomes of a source that has ended, once no other one is on its way. */
  #follow(): void {
    const error = this.#end;
    if (error === undefined || this.#changes > 0 || this.#isOver()) return;
    if (error === null) {
      this.#life.onEnd(null);
      return;
    }
    this.#life.onLost(error);
    if (this.#options.kind === 'camera') this.#waitForCamera(this.#options);
  }

  /** A camera comes back; what somebody else gave does not. */
  #waitForCamera(options: CameraSource): void {
    const waiting = new AbortController();
    this.#waiting = waiting;
    this.#cameraBack(options, waiting.signal).catch((error: unknown) => {
      if (!waiting.signal.aborted && !this.#isOver())
        this.#life.onEnd(PipelineError.from(error, 'track-ended'));
    });
  }

  async #cameraBack(options: CameraSource, signal: AbortSignal): Promise<void> {
    // Nobody else can have it meanwhile.
    this.#current?.close();
    for (let waitMs = LOOK_FROM_MS; ; waitMs = Math.min(2 * waitMs, LOOK_AT_MOST_MS)) {
      await nextCameraChange(waitMs, signal);
      const next = await this.#turns.take(() => this.#tryAgain(options, signal));
      if (next) return;
    }
  }

  /** Whether it is over: the camera is back, or another source is wanted. */
  async #tryAgain(options: CameraSource, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return true;
    const cameras = await listCameras();
    if (!cameras.some(({ deviceId }) => deviceId === (options.deviceId ?? deviceId))) return false;
    try {
      await this.#change(await this.#open(options, false), options);
      return true;
    } catch (error) {
      if (error instanceof PipelineError && (error.code === 'camera-missing' || isBusy(error))) return false;
      throw error;
    }
  }

  /** A method, because the answer may change with every wait. */
  #isOver(): boolean {
    return this.#over.signal.aborted;
  }

  /** @throws PipelineError `aborted` */
  #mustGoOn(): void {
    if (this.#isOver()) throw new PipelineError('aborted', 'The pipeline is not running.');
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof PipelineError && error.code === 'camera-busy';
}
