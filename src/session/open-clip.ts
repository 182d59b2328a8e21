/** A clip that is looked at, frame by frame, before it is processed. */
import { ClipsClient, type ClipPreview } from '../../workers/clips/clips.client.ts';
import type { ClipInfo, ClipInput } from '../clips/clip-types.ts';
import { checkNumber } from '../core/check.ts';
import { PipelineError } from '../core/errors.ts';
import type { Filter } from '../graph/filter.ts';
import type { Graph } from '../graph/graph.ts';
import { checkInput } from './check-clip.ts';
import { graphOf } from './process-clip.ts';

export type { ClipPreview } from '../../workers/clips/clips.client.ts';

export type OpenClipOptions = Readonly<{
  /** Makes the worker, where a bundler or a policy wants it made otherwise. */
  createWorker?: () => Worker;
}>;

export type PreviewOptions = Readonly<{
  /** In the clip, in s. What is beyond its ends is as they are. */
  atS: number;
  /** A filter with its parameters, or a graph. */
  filter?: Filter;
  params?: Readonly<Record<string, unknown>>;
  graph?: Graph;
}>;

export interface OpenClip extends AsyncDisposable {
  readonly info: ClipInfo;
  /**
   * The frame that is shown at `atS`, before and after the filter, as it is in the whole clip. One is computed at a time,
   * and of those that wait the newest.
   * @returnsOwned both pictures
   * @throws TypeError | RangeError that name the option.
   * @throws PipelineError `aborted` for one that a newer one replaced, and after `close`; `clip-unreadable`.
   */
  preview(options: PreviewOptions): Promise<ClipPreview>;
  /** Gives everything back. Idempotent. */
  close(): Promise<void>;
}

/**
 * Opens a clip, to know what it is and to look at frames of it.
 * @throws TypeError for what is no clip.
 * @throws PipelineError `clip-unreadable` | `codec-unsupported`
 */
export async function openClip(input: ClipInput, options: OpenClipOptions = {}): Promise<OpenClip> {
  const checked = checkInput(input);
  const client = new ClipsClient(options.createWorker);
  try {
    return new LookedAtClip(client, await client.open(checked));
  } catch (error) {
    client.terminate();
    throw error;
  }
}

type Waiting = Readonly<{ go: () => void; giveUp: (error: PipelineError) => void }>;

class LookedAtClip implements OpenClip {
  readonly info: ClipInfo;
  readonly #client: ClipsClient;
  #isBusy = false;
  #waiting: Waiting | null = null;
  #closing: Promise<void> | null = null;

  constructor(client: ClipsClient, info: ClipInfo) {
    this.#client = client;
    this.info = info;
  }

  async preview(options: PreviewOptions): Promise<ClipPreview> {
    const { atS } = options;
    checkNumber('options.atS', atS, { min: 0, unit: 's' });
    const graph = graphOf(options);
    if (this.#closing !== null) throw closed();
    await this.#turn();
    try {
      return await this.#client.preview(graph, atS);
    } finally {
      this.#isBusy = false;
      const next = this.#waiting;
      this.#waiting = null;
      next?.go();
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** @throws PipelineError `aborted` when a newer one takes it. */
  async #turn(): Promise<void> {
    this.#waiting?.giveUp(new PipelineError('aborted', 'A newer preview took its place.'));
    this.#waiting = null;
    if (this.#isBusy)
      await new Promise<void>((go, giveUp) => {
        this.#waiting = { go, giveUp };
      });
    this.#isBusy = true;
  }

  async #close(): Promise<void> {
    this.#waiting?.giveUp(closed());
    this.#waiting = null;
    await this.#client.stop().catch(() => undefined);
    this.#client.terminate();
  }
}

function closed(): PipelineError {
  return new PipelineError('aborted', 'The clip was closed.');
}
