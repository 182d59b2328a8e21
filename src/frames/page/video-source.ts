/** A clip as a source: a `<video>` that nobody sees, its frames taken as they are presented. */
import { PipelineError } from '../../core/errors.ts';
import { VideoCapture, type PushFrame } from './frame-push.ts';
import { goOnHidden, type HiddenPage } from './hidden-page.ts';

export type VideoSourceOptions = Readonly<{
  url: string;
  /** Starts over at the end. Default true. */
  loop?: boolean;
  push: PushFrame;
  hiddenPage: HiddenPage;
  /** A frame could not be taken; the next one is tried. */
  onFault: (error: PipelineError) => void;
  /** The clip came to its end; not told of a clip that loops. */
  onEnd: () => void;
}>;

/**
 * Plays the clip and pushes frame after frame.
 * @returns stops it. Idempotent.
 * @throws PipelineError `video-unreadable` when the clip can't be loaded or decoded.
 */
export async function startVideo({
  url,
  loop,
  push,
  hiddenPage,
  onFault,
  onEnd,
}: VideoSourceOptions): Promise<() => void> {
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.loop = loop ?? true;
  video.crossOrigin = 'anonymous';
  const capture = new VideoCapture(video);
  let stopped = false;
  const isStopped = (): boolean => stopped;
  const pushFrame = async (): Promise<void> => {
    try {
      await capture.push(push);
    } catch (cause) {
      if (!isStopped()) onFault(PipelineError.from(cause, 'frame-failed', { recoverable: true }));
    }
  };
  const onPresented = async (): Promise<void> => {
    await pushFrame();
    // Asked for after the worker has the frame: presented frames are passed over rather than queued.
    if (!isStopped()) video.requestVideoFrameCallback(() => void onPresented());
  };
  video.requestVideoFrameCallback(() => void onPresented());
  video.addEventListener('ended', () => {
    if (!isStopped()) onEnd();
  });
  video.src = url;
  try {
    await video.play();
  } catch (cause) {
    throw new PipelineError(
      'video-unreadable',
      'The clip could not be played: it is missing, or the browser can not decode it.',
      {
        cause,
        context: { url },
      },
    );
  }
  const endHidden = goOnHidden(video, hiddenPage, pushFrame);
  return () => {
    if (stopped) return;
    stopped = true;
    endHidden();
    video.pause();
    video.removeAttribute('src');
    // Lets the decoder go.
    video.load();
  };
}
