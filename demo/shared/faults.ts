/**
 * What a page says of a fault: what happened, then what to do. A page words anew what it can say better. Pure data and
 * string functions.
 */
import { PipelineError, type PipelineErrorCode } from 'convolux';

/** A fault as a page shows it; 'unexpected' is whatever is no PipelineError. */
export type Fault = Readonly<{
  code: PipelineErrorCode | 'unexpected';
  detail: string;
  /** Where in a clip, in seconds of it; null where that says nothing. */
  positionS: number | null;
}>;

export type Message = Readonly<{ title: string; text: string }>;

export type FaultWords = Readonly<Record<Fault['code'], Message>>;

export function asFault(cause: unknown): Fault {
  const detail = cause instanceof Error ? cause.message : String(cause);
  if (!(cause instanceof PipelineError)) return { code: 'unexpected', detail, positionS: null };
  const { positionS } = cause.context;
  return { code: cause.code, detail, positionS: typeof positionS === 'number' ? positionS : null };
}

export const faultWords: FaultWords = {
  'camera-denied': {
    title: 'The camera is not allowed',
    text: 'Access was refused. Allow the camera in the browser’s address bar or in the system’s privacy settings, then try again.',
  },
  'camera-missing': {
    title: 'No camera found',
    text: 'The browser sees no camera, or none that gives this size. Connect one, then try again.',
  },
  'camera-busy': {
    title: 'The camera is in use',
    text: 'Another program or tab holds the camera. Close it there, then try again.',
  },
  'camera-unsupported': {
    title: 'The camera cannot be read here',
    text: 'Browsers hand out the camera only over https and on localhost, and not every browser has every camera driver. Choose “Automatic” under “Camera and output”, then try again.',
  },
  'camera-constrained': {
    title: 'The camera gives less than was asked for',
    text: 'The picture has the size and the rate that the camera has.',
  },
  'screen-denied': {
    title: 'The screen was not shared',
    text: 'Choose what to share when the browser asks.',
  },
  'screen-unsupported': {
    title: 'The screen cannot be shared here',
    text: 'This browser does not hand out the screen. Choose another source.',
  },
  'microphone-denied': {
    title: 'The microphone is not allowed',
    text: 'Access was refused. Allow the microphone in the browser’s address bar or in the system’s privacy settings, or record without sound.',
  },
  'microphone-missing': {
    title: 'No microphone found',
    text: 'The browser sees no microphone. Connect one, or record without sound.',
  },
  'microphone-busy': {
    title: 'The microphone is in use',
    text: 'Another program holds the microphone. Close it there, or record without sound.',
  },
  'track-ended': {
    title: 'The camera stopped',
    text: 'It was unplugged, switched off, or its permission was taken back. Check it, then try again.',
  },
  'webgl2-missing': {
    title: 'WebGL 2 is not available',
    text: 'The filters run on WebGL 2, and this browser does not offer it. Turn on hardware acceleration in the browser’s settings, or use a current browser.',
  },
  'context-lost': {
    title: 'The graphics processor was lost',
    text: 'The system took the graphics processor away, after a driver reset or under heavy load, and did not give it back. Try again in a moment.',
  },
  'worker-missing': {
    title: 'A part of the page did not load',
    text: 'The worker that filters the frames could not be loaded. Check the connection and try again, or reload the page.',
  },
  'worker-crashed': {
    title: 'The filter stopped working',
    text: 'The worker that filters the frames ended unexpectedly. Trying again starts a new one.',
  },
  'shader-failed': {
    title: 'The filter does not run here',
    text: 'The graphics driver did not accept this filter’s program. Choose another filter and try again.',
  },
  'video-unreadable': {
    title: 'The clip cannot be played',
    text: 'The browser could not load or decode the video. Check the connection and try again.',
  },
  'volume-unreadable': {
    title: 'The volume cannot be read',
    text: 'A volume needs PNG files of one size, one for each slice. Choose others.',
  },
  'clip-unreadable': {
    title: 'The clip can not be read',
    text: 'It is damaged, or no video that this browser knows. Choose another file.',
  },
  'clip-unwritable': {
    title: 'The file can not be written',
    text: 'The place that it was to go to refused it. Choose another place and try again.',
  },
  'codec-unsupported': {
    title: 'This browser can not make such a clip',
    text: 'It has no encoder for this kind of video at this size. Choose another one.',
  },
  'disk-full': {
    title: 'There is no room left',
    text: 'The disk, or this page’s share of it, is full. Make room and try again.',
  },
  'frame-too-large': {
    title: 'The picture is too large',
    text: 'This graphics device can not hold a picture of that size. Choose a smaller one under “Camera and output”.',
  },
  'frame-failed': {
    title: 'A frame could not be filtered',
    text: 'If this goes on, choose another filter.',
  },
  'float-missing': {
    title: 'The filter needs more precision',
    text: 'This graphics processor can not compute with the numbers that this filter needs. Choose another filter and try again.',
  },
  'output-unsupported': {
    title: 'This output is not available',
    text: 'This browser can not show filtered frames in a video element. Choose “Automatic” or “Canvas” under “Camera and output”, then try again.',
  },
  'output-in-use': {
    title: 'The output is in use already',
    text: 'A canvas serves one picture only. Start again with a fresh one.',
  },
  aborted: {
    title: 'The start was interrupted',
    text: 'Something stopped the picture before it was there. Try again.',
  },
  unexpected: {
    title: 'Something went wrong',
    text: 'The picture could not be shown. Try again; the details help when reporting it.',
  },
};
