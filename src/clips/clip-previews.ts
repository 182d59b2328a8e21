/** Single frames of a clip, before and after a filter, wherever somebody looks. In a worker; owns the open clip. */
import { PipelineError } from '../core/errors.ts';
import type { Ledger } from '../core/ledger.ts';
import type { FrameFilter } from '../engine/frame-filter.ts';
import type { Graph } from '../graph/graph.ts';
import { unreadable } from './clip-faults.ts';
import type { ClipInfo, ClipInput } from './clip-types.ts';
import { decodeClip, type ClipFrame } from './decode-clip.ts';
import { filterFrames } from './filter-frames.ts';
import { openInput, type OpenInput } from './open-input.ts';

export type PreviewOptions = Readonly<{ openFilter: (graph: Graph) => FrameFilter; ledger: Ledger }>;

type Preview = Readonly<{ before: ImageBitmap; after: ImageBitmap; timestampS: number }>;

export class ClipPreviews {
  readonly #opened: OpenInput;
  readonly #options: PreviewOptions;
  #filter: Readonly<{ graph: string; filter: FrameFilter }> | null = null;
  /** One after the other: they share the filter. */
  #last: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  private constructor(opened: OpenInput, options: PreviewOptions) {
    this.#opened = opened;
    this.#options = options;
  }

  /** @throws as `openInput` */
  static async open(input: ClipInput, options: PreviewOptions): Promise<ClipPreviews> {
    return new ClipPreviews(await openInput(input), options);
  }

  get info(): ClipInfo {
    return this.#opened.info;
  }

  /**
   * The frame that is shown at `atS`, or the nearest one.
   * @throws PipelineError `clip-unreadable`, and what filters throw.
   * @returnsOwned
   */
  at(graph: Graph, atS: number): Promise<Preview> {
    const preview = this.#last.then(() => this.#compute(graph, atS));
    this.#last = preview.catch(() => undefined);
    return preview;
  }

  /** Ends what runs, and gives everything back when that has ended. Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#opened.dispose();
    void this.#last.then(() => this.#filter?.filter.dispose());
  }

  async #compute(graph: Graph, atS: number): Promise<Preview> {
    if (this.#isClosed) throw new PipelineError('aborted', 'The clip was closed.');
    const { beginsS, info } = this.#opened;
    const frameS = 1 / info.fps;
    // Times that files tell of their end are rounded.
    const startS = Math.min(Math.max(atS, beginsS), Math.max(beginsS, info.durationS - frameS));
    const filter = this.#filterFor(graph);
    const seen: ImageBitmap[] = [];
    const frames = filterFrames({
      filter,
      ledger: this.#options.ledger,
      startS,
      endS: startS + frameS / 1000,
      frameMs: 1000 * frameS,
      decode: (fromS, toS) =>
        seenAt(this.#decode(fromS, toS), startS, (frame) => {
          if (seen.length === 0) seen.push(pictureOf(frame));
        }),
      isWanted: () => true,
    });
    try {
      for await (const { frame, timestampS } of frames) {
        try {
          const before = seen.pop();
          if (before !== undefined) return { before, after: pictureOf(frame), timestampS };
        } finally {
          frame.close();
        }
      }
    } finally {
      for (const picture of seen) picture.close();
    }
    throw unreadable(`There is no picture at ${atS.toFixed(2)} s.`);
  }

  #decode(fromS: number, toS: number): AsyncGenerator<ClipFrame> {
    const { ledger } = this.#options;
    return decodeClip(this.#opened.video, fromS, toS, {
      ledger,
      onError: 'skip',
      frameS: 1 / this.#opened.info.fps,
      onSkipped: () => undefined,
    });
  }

  /** The same one while the graph stays: what it compiled stays with it. */
  #filterFor(graph: Graph): FrameFilter {
    const text = JSON.stringify(graph);
    if (this.#filter?.graph !== text) {
      this.#filter?.filter.dispose();
      this.#filter = null;
      this.#filter = { graph: text, filter: this.#options.openFilter(graph) };
    } else this.#filter.filter.forget();
    return this.#filter.filter;
  }
}

/**
 * As it is shown: upright, which `createImageBitmap` leaves out, and with square pixels.
 * @borrows frame
 * @returnsOwned
 */
function pictureOf(frame: VideoFrame): ImageBitmap {
  const { displayWidth: width, displayHeight: height } = frame;
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext('2d', { alpha: false })?.drawImage(frame, 0, 0, width, height);
  return canvas.transferToImageBitmap();
}

/** Shows the frame of that time to somebody on its way. */
async function* seenAt(
  frames: AsyncGenerator<ClipFrame>,
  atS: number,
  see: (frame: VideoFrame) => void,
): AsyncGenerator<ClipFrame> {
  for await (const one of frames) {
    if (one.timestampS <= atS && one.untilS > atS) see(one.lease.frame);
    yield one;
  }
}
