/** What an element says, for the eye and for screen readers. */
import type { VideoError, VideoStatus } from './video-store.ts';

export type VideoWords = Readonly<{
  /** What the whole is, where the page gives it no `aria-label`. */
  label: string;
  start: string;
  stop: string;
  /** Of the button after a failure. */
  retry: string;
  status: Readonly<Record<VideoStatus, string>>;
  /** What went wrong, in a sentence. */
  fault: (error: VideoError) => string;
}>;

export const ENGLISH: VideoWords = Object.freeze({
  label: 'Filtered video',
  start: 'Start',
  stop: 'Stop',
  retry: 'Try again',
  status: Object.freeze({
    idle: 'Ready',
    starting: 'Starting…',
    running: 'Running',
    'paused-hidden': 'Paused while the page is hidden',
    interrupted: 'Interrupted',
    stopped: 'Stopped',
    failed: 'Stopped by a fault',
  }),
  fault: ({ message }: VideoError): string => message,
});
