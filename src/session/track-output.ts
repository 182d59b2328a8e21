/**
 * The pipeline's own track, made by the first of these that the browser has: VideoTrackGenerator in a worker (the
 * specification's), MediaStreamTrackGenerator in the page (Chromium's), the capture of a canvas. Whoever computes sends
 * frames to an outlet, which writes them: it outlives every one of them, and the track with it.
 */
import { LiveClient } from '../../workers/live/live.client.ts';
import { PipelineError } from '../core/errors.ts';
import { Outlet } from '../frames/outlet.ts';
import { canvasTarget } from '../frames/page/canvas-target.ts';
import { trackGenerator } from '../frames/page/insertable-streams.ts';
import type { ContentHint } from './content-hint.ts';
import { OutputTrack, type TrackFacts } from './output-track.ts';

export type TrackOutputOptions = Readonly<{
  createWorker: (() => Worker) | undefined;
  /** Whether the capture of a canvas is worth it, where there is nothing else. */
  mayCapture: boolean;
  contentHint: ContentHint;
  /** What the frames are now, for whoever asks the track. */
  facts: () => TrackFacts;
  /** The track was stopped by whoever had it. */
  onStopped: () => void;
  /** Nothing can be written any more. */
  onLost: (error: unknown) => void;
}>;

/** What an outlet can be asked, wherever it is. */
interface Outlets {
  connectOutlet(port: MessagePort): Promise<void> | undefined;
  blacken(): Promise<void> | undefined;
  passThrough(frames: ReadableStream<VideoFrame>): Promise<void> | undefined;
  closeOutlet(): Promise<void>;
}

export class TrackOutput {
  readonly track: OutputTrack;
  readonly #outlet: Outlets;
  readonly #end: () => void;
  #closing: Promise<void> | null = null;

  constructor(track: OutputTrack, outlet: Outlets, end: () => void) {
    this.track = track;
    this.#outlet = outlet;
    this.#end = end;
  }

  /** The end of a new way in, for a worker: the one before is not heard any more. */
  connect(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    this.#quietly(this.#outlet.connectOutlet(port1));
    return port2;
  }

  /** One black frame. */
  blacken(): void {
    this.#quietly(this.#outlet.blacken());
  }

  /** These, as they are, until somebody connects. @consumes frames */
  passThrough(frames: ReadableStream<VideoFrame>): void {
    this.#quietly(this.#outlet.passThrough(frames));
  }

  /** Ends the track. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#outlet
      .closeOutlet()
      .catch(() => undefined)
      .then(() => {
        this.#end();
        this.track.stop();
      });
    return this.#closing;
  }

  /** An outlet that is lost is told of elsewhere. */
  #quietly(asked: Promise<void> | undefined): void {
    asked?.catch(() => undefined);
  }
}

/**
 * null where only a capture could be, and must not.
 * @throws PipelineError `output-unsupported` where this browser can't make a track.
 */
export async function openTrackOutput(options: TrackOutputOptions): Promise<TrackOutput | null> {
  const { createWorker, mayCapture, contentHint, facts, onStopped, onLost } = options;
  const client = new LiveClient(createWorker);
  let isClosed = false;
  const close = (): void => {
    isClosed = true;
    client.terminate();
  };
  client.failed.catch((error: unknown) => {
    if (!isClosed) onLost(error);
  });
  const Generator = trackGenerator();
  let generator: GeneratorTrack | null = null;
  try {
    const hasOwn = await client.hasTrackGenerator();
    if (!hasOwn && Generator !== null) generator = new Generator({ kind: 'video' });
    if (!hasOwn && generator === null) {
      close();
      return mayCapture ? inPage(options) : null;
    }
    const own = await client.openOutlet(generator?.writable ?? null, { ended: onStopped });
    const track = own ?? generator;
    if (track === null) throw unsupported();
    return new TrackOutput(new OutputTrack(track, contentHint, facts), client, close);
  } catch (error) {
    close();
    generator?.stop();
    throw error;
  }
}

type GeneratorTrack = MediaStreamTrack & { readonly writable: WritableStream<VideoFrame> };

/** The canvas can't move to a worker and be captured as well. */
function inPage({ contentHint, facts, onStopped }: TrackOutputOptions): TrackOutput {
  const target = typeof VideoFrame === 'function' ? canvasTarget() : null;
  if (target === null) throw unsupported();
  const outlet = new Outlet(target, { ended: onStopped });
  const outlets: Outlets = {
    connectOutlet: (port) => {
      outlet.connect(port);
      return undefined;
    },
    blacken: () => {
      outlet.blacken();
      return undefined;
    },
    passThrough: (frames) => {
      outlet.passThrough(frames);
      return undefined;
    },
    closeOutlet: () => outlet.close(),
  };
  return new TrackOutput(new OutputTrack(target.track, contentHint, facts), outlets, () => undefined);
}

function unsupported(): PipelineError {
  return new PipelineError(
    'output-unsupported',
    'This browser can not make a track of processed frames: use a <canvas> as the output.',
  );
}
