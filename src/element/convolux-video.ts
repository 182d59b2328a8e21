/** `<convolux-video>`: attributes and properties in front of the store, the shadow tree and events behind it. */
import { PipelineError } from '../core/errors.ts';
import type { Filter } from '../graph/filter.ts';
import { openPipeline } from '../session/open-pipeline.ts';
import type { Pipeline, PipelineStats } from '../session/pipeline-types.ts';
import type { Recording, RecordOptions } from '../session/record-types.ts';
import type { ConvoluxVideoEvents } from './events.ts';
import { ASPECT_OF, settingsReader, type Aspect, type Settings, type SourceObject } from './settings.ts';
import { snapshotOf } from './snapshot.ts';
import { VideoStore, type VideoError, type VideoState, type VideoStatus } from './video-store.ts';
import { VideoView } from './video-view.ts';
import { ENGLISH, type VideoWords } from './words.ts';
import { WrittenElement } from './written-element.ts';

/** What a page may have set before it loaded this. */
const PROPERTIES = [
  'source',
  'src',
  'srcObject',
  'device',
  'facingMode',
  'filter',
  'params',
  'targetFps',
  'degradation',
  'failure',
  'controls',
  'mirrored',
  'poster',
  'autostart',
] as const;

/**
 * A filtered video: camera, screen or clip, seen through a filter.
 *
 * @element convolux-video
 * @tagname convolux-video
 *
 * @attr {'camera' | 'screen' | 'video' | 'pattern'} source - Default 'camera', or 'video' where `src` is given.
 * @attr {string} src - Address of a clip.
 * @attr {string} device - A camera's `deviceId`, as `listCameras()` has it.
 * @attr {'user' | 'environment'} facing-mode - Which way the camera looks, where no `device` is given.
 * @attr {string} filter - Name of a filter. Default 'none'.
 * @attr {string} params - The filter's parameters as a JSON object; what is not in it takes its default.
 * @attr {number} target-fps - Frames per second that are asked for, 1 to 240. Default: as many as come.
 * @attr {'maintain-framerate' | 'maintain-resolution' | 'balanced'} degradation - What gives way when a frame costs too much.
 * @attr {'freeze' | 'black' | 'passthrough'} failure - What is shown while frames can't be filtered. Of the next start.
 * @attr {boolean} controls - Shows a button, the state and the frame rate.
 * @attr {boolean} mirrored - Mirrors what is seen on this page, nothing else.
 * @attr {string} poster - Address of a picture for the time when nothing runs.
 * @attr {boolean} autostart - Starts when it is in a document. The browser may ask for the camera then.
 *
 * @fires statechange - Another state; `detail` has it, with the error of one that failed.
 * @fires stats - The figures, every 250 ms while frames may flow.
 * @fires error - A mistake in an attribute, or a fault; `detail` is the error. Whatever ran goes on, unless the state says otherwise.
 * @fires filterchange - From now on frames are shown through this filter with these parameters.
 * @fires measurement - What the filter measured of a frame that is shown.
 *
 * @slot poster - In place of the `poster` picture.
 *
 * @csspart video - The picture.
 * @csspart poster - The picture of the `poster` attribute.
 * @csspart message - What stands over the picture while it starts, is interrupted, or has failed.
 * @csspart spinner - The ring in it.
 * @csspart controls - The bar.
 * @csspart button - Its button.
 * @csspart status - The state in it.
 * @csspart rate - The frame rate in it.
 *
 * @cssproperty [--convolux-aspect-ratio=auto 16 / 9] - Of the picture, where the element's height is not set.
 * @cssproperty [--convolux-object-fit=contain] - How the picture fills the element.
 * @cssproperty [--convolux-background=#0b0d0c] - Behind the picture.
 * @cssproperty [--convolux-radius=8px] - Of the corners.
 * @cssproperty --convolux-surface - The bar.
 * @cssproperty --convolux-ink - Text on it.
 * @cssproperty --convolux-muted - Quieter text on it.
 * @cssproperty --convolux-accent - The button's sign, the focus, and the dot while it runs.
 * @cssproperty --convolux-fault - The dot after a failure.
 */
export class ConvoluxVideoElement extends WrittenElement {
  /** The filters that the `filter` attribute can name. 'convolux/define' puts the built-in ones here. */
  static readonly filters = new Map<string, Filter>();
  /** Makes the workers, where a bundler or a policy wants them made otherwise. */
  static createWorker: (() => Worker) | undefined;
  /** What elements say. Those that are there already say it with their next state. */
  static words: VideoWords = ENGLISH;

  static readonly observedAttributes: readonly string[] = [...Object.keys(ASPECT_OF), 'poster', 'autostart'];

  readonly #internals = this.attachInternals();
  readonly #view: VideoView;
  readonly #store: VideoStore;
  #srcObject: SourceObject | null = null;
  /** What may be wanted otherwise, told to the store when all changes of a task are there. */
  readonly #changed = new Set<Aspect>();
  #isFlushDue = false;
  /** Once for each stay in a document, and not after a start by hand. */
  #mayAutostart = true;

  constructor() {
    super();
    this.#view = new VideoView(this.attachShadow({ mode: 'open' }), {
      start: () => void this.start(),
      stop: () => void this.stop(),
    });
    const written = {
      attribute: (name: string) => this.getAttribute(name) ?? '',
      srcObject: () => this.#srcObject,
      filters: ConvoluxVideoElement.filters,
    };
    this.#store = new VideoStore(settingsReader(written), (settings) => this.#open(settings), {
      state: (state) => {
        this.#show(state);
        this.#tell('statechange', state);
      },
      stats: (stats) => {
        this.#view.showRate(stats.fps);
        this.#tell('stats', stats);
      },
      error: (error) => {
        this.#tell('error', error);
      },
      filter: ({ filter, params }) => {
        this.#tell('filterchange', { filter: filter.name, params });
      },
      measurements: (measurements) => {
        this.#tell('measurement', measurements);
      },
    });
    this.#internals.role = 'group';
    this.#show(this.#store.state);
  }

  /** In place of `source`: a stream, a track or a clip of the page's, or whatever `openPipeline` takes. Stays the page's. */
  get srcObject(): SourceObject | null {
    return this.#srcObject;
  }
  set srcObject(value: SourceObject | null) {
    this.#srcObject = value;
    this.#changed.add('source');
    this.#flushSoon();
  }

  /** 'idle' | 'starting' | 'running' | 'paused-hidden' | 'interrupted' | 'stopped' | 'failed' */
  get state(): VideoStatus {
    return this.#store.state.status;
  }

  /** What an `error` event told last; null again with a start. */
  get error(): VideoError | null {
    return this.#store.error;
  }

  /** The figures of the last 250 ms; null while nothing runs. */
  get stats(): PipelineStats | null {
    return this.#store.stats;
  }

  /** What runs, with all that it tells and takes; null while nothing does. A start makes a new one. */
  get pipeline(): Pipeline | null {
    return this.#store.pipeline;
  }

  /**
   * Starts it, if it does not run already. Resolves when frames flow.
   * @throws TypeError | RangeError | PipelineError why they never will; also told by an `error` event.
   */
  start(): Promise<void> {
    // All is read now, unless it runs.
    if (this.pipeline === null) this.#changed.clear();
    this.#mayAutostart = false;
    const started = this.#store.start();
    if (!this.isConnected) this.#stopUnlessConnected();
    return started;
  }

  /** Stops it and releases the camera. Idempotent. */
  stop(): Promise<void> {
    return this.#store.stop();
  }

  /**
   * Records what is shown; see `Pipeline.record`.
   * @throws TypeError | RangeError for wrong options. @throws PipelineError `aborted` while nothing runs.
   */
  record(options?: RecordOptions): Recording {
    if (this.pipeline === null) throw notStarted();
    return this.pipeline.record(options);
  }

  /**
   * What is shown, as a stream of its own: stopping its track stops nothing else, and it ends when this stops.
   * @throws PipelineError `aborted` before it runs.
   */
  captureStream(): MediaStream {
    const shown = this.#view.video.srcObject;
    const track = shown instanceof MediaStream ? shown.getVideoTracks()[0]?.clone() : undefined;
    if (track === undefined) throw notStarted();
    return new MediaStream([track]);
  }

  /**
   * What is shown now, in its full size, not mirrored. Default a PNG.
   * @throws PipelineError `aborted` before there is a picture.
   */
  snapshot(options?: ImageEncodeOptions): Promise<Blob> {
    return snapshotOf(this.#view.video, options);
  }

  connectedCallback(): void {
    for (const name of PROPERTIES) this.#takeUp(name);
    // A browser pauses what is taken out of a document.
    if (this.pipeline !== null) this.#view.video.play().catch(() => undefined);
    this.#flushSoon();
  }

  disconnectedCallback(): void {
    this.#stopUnlessConnected();
  }

  adoptedCallback(): void {
    this.#view.adopt();
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (before === now) return;
    const aspect = ASPECT_OF[name];
    if (aspect !== undefined) this.#changed.add(aspect);
    if (name === 'poster') this.#view.showPosterOf(now ?? '');
    else this.#flushSoon();
  }

  /** @throws TypeError | RangeError */
  #open({ filter: { filter, params }, budget, ...settings }: Settings): Pipeline {
    const { createWorker } = ConvoluxVideoElement;
    const made = createWorker === undefined ? {} : { createWorker };
    return openPipeline({ ...settings, ...budget, ...made, filter, params, output: this.#view.freshVideo() });
  }

  #show(state: VideoState): void {
    this.#internals.ariaLabel = ConvoluxVideoElement.words.label;
    this.#view.show(state, ConvoluxVideoElement.words);
  }

  #tell<K extends keyof ConvoluxVideoEvents>(type: K, detail: ConvoluxVideoEvents[K]['detail']): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** However many attributes change in a task, what they say together is applied once. */
  #flushSoon(): void {
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    queueMicrotask(() => {
      this.#isFlushDue = false;
      if (this.#mayAutostart && this.autostart && this.isConnected) {
        // What goes wrong is told.
        void this.start();
        return;
      }
      const changed = [...this.#changed];
      this.#changed.clear();
      this.#store.changed(changed);
    });
  }

  /** An element that is moved is connected again at the end of the task; one that isn't stops. */
  #stopUnlessConnected(): void {
    const { port1, port2 } = new MessageChannel();
    // No timer: those of hidden pages are late, and the camera would stay on.
    port1.onmessage = () => {
      port1.close();
      if (this.isConnected) return;
      this.#mayAutostart = true;
      void this.stop();
    };
    port2.postMessage(null);
  }

  /** A property that was set on the element before it was one of these hides the class's. */
  #takeUp(name: (typeof PROPERTIES)[number]): void {
    const given = Object.getOwnPropertyDescriptor(this, name);
    if (given === undefined) return;
    Reflect.deleteProperty(this, name);
    Reflect.set(this, name, given.value);
  }
}

function notStarted(): PipelineError {
  return new PipelineError('aborted', 'Nothing is shown yet: start it, and wait until it runs.');
}

declare global {
  interface HTMLElementTagNameMap {
    'convolux-video': ConvoluxVideoElement;
  }
}
