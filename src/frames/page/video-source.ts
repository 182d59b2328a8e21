/** A clip as a source: a `<video>` that nobody sees, its frames taken as they are presented. */
import { PipelineError } from '../../core/errors.ts';
import { VideoCapture, type PushFrame } from './frame-push.ts';
import { goOnHidden, type HiddenPage } from './hidden-page.ts';

export type VideoSourceOptions = Readonly<{
  /** Its address, the clip itself, or what a camera gives. */
  clip: string | Blob | MediaStream;
  /** Starts over at the end. Default true. */
  loop?: boolean;
  push: PushFrame;
  hiddenPage: HiddenPage;
  /** A frame could not be taken; the next one is tried. */
  onFault: (error: PipelineError) => void;
  /** The clip came to its end; not told of a clip that loops. */
  onEnd: () => void;
}>;

export type LoadedVideo = Readonly<{
  /** Plays it and pushes frame after frame. @throws PipelineError `video-unreadable` when it can't be decoded. */
  play: () => Promise<void>;
  /** Lets it go. Idempotent. */
  close: () => void;
}>;

/**
 * Loads the clip, as far as is needed to play it.
 * @throws PipelineError `video-unreadable` when it can't be loaded or is no clip.
 */
export async function loadVideo(options: VideoSourceOptions): Promise<LoadedVideo> {
  const source = new PlayedVideo(options);
  await source.load();
  return {
    play: () => source.play(),
    close: () => {
      source.close();
    },
  };
}

class PlayedVideo {
  readonly #video = document.createElement('video');
  readonly #options: VideoSourceOptions;
  readonly #capture = new VideoCapture(this.#video);
  /** Of a clip that was given itself. */
  #objectUrl = '';
  #endHidden = (): void => undefined;
  #isClosed = false;

  constructor(options: VideoSourceOptions) {
    this.#options = options;
  }

  async load(): Promise<void> {
    const { clip, loop } = this.#options;
    const video = this.#video;
    video.muted = true;
    video.playsInline = true;
    video.loop = loop ?? true;
    video.crossOrigin = 'anonymous';
    video.preload = 'auto';
    try {
      // Phones load no more than that before it plays.
      const loaded = firstOf(video, 'loadedmetadata');
      if (clip instanceof MediaStream) video.srcObject = clip;
      else video.src = typeof clip === 'string' ? clip : (this.#objectUrl = URL.createObjectURL(clip));
      await loaded;
    } catch (cause) {
      this.close();
      throw this.#unreadable(cause);
    }
  }

  async play(): Promise<void> {
    const video = this.#video;
    const onPresented = async (): Promise<void> => {
      await this.#pushFrame();
      // Asked for after the worker has the frame: presented frames are passed over rather than queued.
      if (!this.#isClosed) video.requestVideoFrameCallback(() => void onPresented());
    };
    video.requestVideoFrameCallback(() => void onPresented());
    video.addEventListener('ended', () => {
      if (!this.#isClosed) this.#options.onEnd();
    });
    try {
      await video.play();
    } catch (cause) {
      // Closed meanwhile, it was told to stop.
      if (!this.#hasEnded()) throw this.#unreadable(cause);
    }
    if (!this.#hasEnded())
      this.#endHidden = goOnHidden(video, this.#options.hiddenPage, () => this.#pushFrame());
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#endHidden();
    this.#video.pause();
    this.#video.srcObject = null;
    this.#video.removeAttribute('src');
    // Lets the decoder go.
    this.#video.load();
    if (this.#objectUrl !== '') URL.revokeObjectURL(this.#objectUrl);
  }

  /** A method, because the answer may change with every wait. */
  #hasEnded(): boolean {
    return this.#isClosed;
  }

  async #pushFrame(): Promise<void> {
    try {
      await this.#capture.push(this.#options.push);
    } catch (cause) {
      if (!this.#hasEnded())
        this.#options.onFault(PipelineError.from(cause, 'frame-failed', { recoverable: true }));
    }
  }

  #unreadable(cause: unknown): PipelineError {
    const { clip } = this.#options;
    return new PipelineError(
      'video-unreadable',
      'The clip could not be played: it is missing, or the browser can not decode it.',
      { cause, context: { url: typeof clip === 'string' ? clip : this.#objectUrl } },
    );
  }
}

/** @throws what the element failed with. */
function firstOf(video: HTMLVideoElement, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const told = new AbortController();
    const { signal } = told;
    const come = (): void => {
      told.abort();
      resolve();
    };
    const fail = (): void => {
      told.abort();
      reject(new TypeError(video.error?.message));
    };
    video.addEventListener(event, come, { signal });
    video.addEventListener('error', fail, { signal });
  });
}
