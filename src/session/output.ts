/** Where a pipeline shows its frames: elements of the page, their far ends handed to the worker. */
import { PipelineError } from '../core/errors.ts';
import type { OutputKind } from '../frames/worker/frame-sink.ts';
import { trackGenerator } from '../frames/page/insertable-streams.ts';
import type { LiveOutput } from '../../workers/live/live.client.ts';

export type OutputElement = HTMLCanvasElement | HTMLVideoElement;

/** Both: what is shown cheapest is found out by measuring, and the other one stays unused. */
export type OutputElements = Readonly<{ canvas: HTMLCanvasElement; video: HTMLVideoElement }>;

export type OpenOutput = Readonly<{
  live: LiveOutput;
  /** What an element shows, as a stream of its own; null of one that is not used. */
  stream: (kind: OutputKind) => MediaStream | null;
  /** Lets the elements go; what was shown keeps its last picture. */
  close: () => void;
}>;

/**
 * @throws TypeError when an element is neither, or is a canvas that was used before.
 * @throws PipelineError `output-unsupported` for a `<video>` alone where the browser can't feed one.
 */
export function openOutput(element: OutputElement | OutputElements): OpenOutput {
  if (element instanceof HTMLCanvasElement) return openCanvas(element);
  if (element instanceof HTMLVideoElement) return openVideo(element);
  const { canvas, video } = element as Readonly<Record<string, unknown>>;
  if (!(canvas instanceof HTMLCanvasElement && video instanceof HTMLVideoElement))
    throw new TypeError('options.output must be a <canvas>, a <video>, or { canvas, video } of both');
  const offered = openCanvas(canvas);
  if (trackGenerator() === null) return offered;
  const { live, close, stream } = openVideo(video);
  return {
    live: { ...offered.live, ...live },
    stream: (kind) => (kind === 'canvas' ? offered : { stream }).stream(kind),
    close,
  };
}

function openCanvas(element: HTMLCanvasElement): OpenOutput {
  try {
    return {
      live: { canvas: element.transferControlToOffscreen() },
      stream: (kind) => (kind === 'canvas' ? element.captureStream() : null),
      close: () => undefined,
    };
  } catch (cause) {
    throw new TypeError('options.output is a canvas that is in use already: give each pipeline a fresh one', {
      cause,
    });
  }
}

function openVideo(element: HTMLVideoElement): OpenOutput {
  const Generator = trackGenerator();
  if (Generator === null) {
    throw new PipelineError(
      'output-unsupported',
      'This browser can not show processed frames in a <video>: use a <canvas> as the output.',
    );
  }
  const track = new Generator({ kind: 'video' });
  element.muted = true;
  element.playsInline = true;
  element.autoplay = true;
  element.srcObject = new MediaStream([track]);
  // Rejected when the element is taken out of the page meanwhile; it plays when it is back.
  element.play().catch(() => undefined);
  const { writable } = track;
  return {
    live: { writable },
    stream: (kind) => (kind === 'video' ? new MediaStream([track.clone()]) : null),
    close: () => {
      element.pause();
      track.stop();
    },
  };
}
