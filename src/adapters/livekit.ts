/**
 * A processor for `LocalVideoTrack.setProcessor` of livekit-client, of which only types are used here. In the page; owns a
 * pipeline from `init` to `destroy`. The processed track is one and the same while LiveKit mutes, unmutes and changes cameras.
 */
import type { Track, TrackProcessor, VideoProcessorOptions } from 'livekit-client';
import { openPipeline, type Pipeline } from '../session/open-pipeline.ts';
import type { TrackOptions } from './track.ts';

export interface ConvoluxProcessor extends TrackProcessor<Track.Kind.Video, VideoProcessorOptions> {
  /** What runs between `init` and `destroy`; else null. */
  readonly pipeline: Pipeline | null;
  /** As a pipeline's; before `init` it is kept for then, and refused then. */
  setFilter: Pipeline['setFilter'];
  /** As `setFilter` with the filter that is set. */
  setParams: Pipeline['setParams'];
}

/**
 * A processor for one track at a time.
 * @throws TypeError from `init` while it is set on a track already, and for a track of sound or one that has ended.
 * @throws PipelineError from `init` and `restart`: whatever keeps it from running.
 * @example await localTrack.setProcessor(convoluxProcessor({ filter: blur, failurePolicy: 'black' }));
 */
export function convoluxProcessor(options: TrackOptions): ConvoluxProcessor {
  return new LiveKitProcessor(options);
}

class LiveKitProcessor implements ConvoluxProcessor {
  readonly name = 'convolux';
  processedTrack?: MediaStreamTrack;
  #options: TrackOptions;
  #pipeline: Pipeline | null = null;
  #isOver = false;
  /** LiveKit does not wait for `destroy` when a track is stopped. */
  #closing: Promise<void> = Promise.resolve();

  constructor(options: TrackOptions) {
    this.#options = options;
  }

  get pipeline(): Pipeline | null {
    return this.#pipeline;
  }

  async init({ track }: VideoProcessorOptions): Promise<void> {
    await this.#closing;
    if (this.#pipeline !== null) throw new TypeError('A processor is for one track: give each its own');
    await this.#open(track);
  }

  /** With another camera, or the same one after it was muted. */
  async restart({ track }: VideoProcessorOptions): Promise<void> {
    if (this.#pipeline !== null && !this.#isOver) {
      await this.#pipeline.setSource({ kind: 'track', track });
      return;
    }
    await this.destroy();
    await this.#open(track);
  }

  destroy(): Promise<void> {
    const pipeline = this.#pipeline;
    this.#pipeline = null;
    delete this.processedTrack;
    if (pipeline !== null) this.#closing = pipeline.stop();
    return this.#closing;
  }

  async setFilter(...[filter, params]: Parameters<Pipeline['setFilter']>): Promise<void> {
    await this.#pipeline?.setFilter(filter, params);
    this.#options = { ...this.#options, filter, params: params ?? {} };
  }

  async setParams(params: Parameters<Pipeline['setParams']>[0]): Promise<void> {
    await this.#pipeline?.setParams(params);
    this.#options = { ...this.#options, params: { ...this.#options.params, ...params } };
  }

  async #open(track: MediaStreamTrack): Promise<void> {
    const pipeline = openPipeline({ ...this.#options, source: { kind: 'track', track } });
    this.#pipeline = pipeline;
    this.#isOver = false;
    pipeline.state$.subscribe({
      complete: () => {
        if (this.#pipeline === pipeline) this.#isOver = true;
      },
    });
    try {
      const processed = await pipeline.track;
      // Destroyed meanwhile: it has ended already.
      if (this.#pipeline === pipeline) this.processedTrack = processed;
    } catch (error) {
      if (this.#pipeline === pipeline) await this.destroy();
      throw error;
    }
  }
}
