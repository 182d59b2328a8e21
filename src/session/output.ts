/** Where a pipeline shows its frames: an element of the page, its far end handed to the worker. */
import { PipelineError } from '../core/errors.ts';
import { isSoftwareRenderer } from '../core/software-gl.ts';
import { trackGenerator } from '../frames/page/insertable-streams.ts';
import type { LiveOutput } from '../../workers/live/live.client.ts';

export type OutputElement = HTMLCanvasElement | HTMLVideoElement;

export type OpenOutput = Readonly<{
  live: LiveOutput;
  kind: LiveOutput['kind'];
  /** Lets the element go; it keeps its last picture. */
  close: () => void;
}>;

/**
 * The element in which frames are shown cheapest here. Presenting a WebGL canvas is the dearest step where GL
 * runs on the CPU; there a `<video>` fed with frames costs a tenth.
 */
export function preferredOutput(): 'canvas' | 'video' {
  if (trackGenerator() === null) return 'canvas';
  const probe = document.createElement('canvas').getContext('webgl2', { failIfMajorPerformanceCaveat: true });
  if (probe === null) return 'video';
  const info = probe.getExtension('WEBGL_debug_renderer_info');
  const renderer = probe.getParameter(
    info === null ? probe.RENDERER : info.UNMASKED_RENDERER_WEBGL,
  ) as string;
  probe.getExtension('WEBGL_lose_context')?.loseContext();
  return isSoftwareRenderer(renderer) ? 'video' : 'canvas';
}

/**
 * @throws TypeError when the element is neither, or is a canvas that was used before.
 * @throws PipelineError `output-unsupported` for a `<video>` where the browser can't feed one.
 */
export function openOutput(element: OutputElement): OpenOutput {
  if (element instanceof HTMLCanvasElement) return openCanvas(element);
  if (element instanceof HTMLVideoElement) return openVideo(element);
  throw new TypeError('options.output must be a <canvas> or a <video> element');
}

function openCanvas(element: HTMLCanvasElement): OpenOutput {
  let canvas: OffscreenCanvas;
  try {
    canvas = element.transferControlToOffscreen();
  } catch (cause) {
    throw new TypeError('options.output is a canvas that is in use already: give each pipeline a fresh one', {
      cause,
    });
  }
  return { live: { kind: 'canvas', canvas }, kind: 'canvas', close: () => undefined };
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
    live: { kind: 'video', writable },
    kind: 'video',
    close: () => {
      element.pause();
      track.stop();
    },
  };
}
