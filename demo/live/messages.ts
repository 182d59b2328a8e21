/**
 * Every sentence the page says about a state or a fault, in one place. Plain words first: what
 * happened, then what to do. Pure data and string functions.
 */
import type { Fault, PageState, SourceKind } from './store.ts';

export type Message = Readonly<{ title: string; text: string }>;

const faults: Readonly<Record<Fault['code'], Message>> = {
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
  aborted: {
    title: 'The start was interrupted',
    text: 'Something stopped the picture before it was there. Try again.',
  },
  unexpected: {
    title: 'Something went wrong',
    text: 'The picture could not be shown. Try again; the details help when reporting it.',
  },
};

export const sourceTitles: Readonly<Record<SourceKind, string>> = {
  camera: 'Camera',
  sample: 'Sample clip',
  pattern: 'Test pattern',
  volume: 'Volume',
};

const offers: Readonly<Record<SourceKind, string>> = {
  camera: 'The sample clip and the test pattern need no camera.',
  sample: 'The test pattern needs no clip.',
  pattern: '',
  volume: 'The phantom needs no files.',
};

/** Of a lost device that was replaced: the picture goes on by itself. */
export const deviceReset = 'The graphics device was reset; going on.';

export function messageFor(fault: Fault): Message {
  return faults[fault.code];
}

/** What else can be shown. Empty where every other source would meet the same fault. */
export function offerFor(source: SourceKind, { code }: Fault): string {
  const ofSource = code.startsWith('camera-') || code.endsWith('-unreadable') || code === 'track-ended';
  return ofSource ? offers[source] : '';
}

export function startingMessage(source: SourceKind): Message {
  const text = {
    camera: 'If the browser asks, allow the camera.',
    sample: 'The clip is being loaded.',
    pattern: 'The first frame is being drawn.',
    volume: 'The slices are being read.',
  }[source];
  return { title: 'Starting…', text };
}

export function cameraNote(camera: PageState['camera']): string {
  switch (camera) {
    case 'missing':
      return 'No camera was found on this machine. Play the sample clip or show the test pattern, and pick a filter.';
    case 'unsupported':
      return 'This browser gives no camera to this page. Play the sample clip or show the test pattern, and pick a filter.';
    case 'unknown':
    case 'present':
      return '';
  }
}

/** The line that stands in the header and is read aloud: short, with a detail for the ear only. */
export function statusLine({ phase, settings }: PageState): { text: string; detail: string } {
  switch (phase.status) {
    case 'idle': {
      const text = { load: 'Ready', stop: 'Stopped', end: 'Ended' }[phase.after];
      return { text, detail: '' };
    }
    case 'starting':
      return { text: 'Starting…', detail: startingMessage(phase.source).text };
    case 'running':
      return { text: `${sourceTitles[phase.source]} · ${settings.filter.title}`, detail: 'running' };
    case 'paused':
      return { text: 'Paused while this page is hidden', detail: '' };
    case 'failed': {
      const { title, text } = messageFor(phase.fault);
      return { text: title, detail: `${text} ${offerFor(phase.source, phase.fault)}` };
    }
  }
}
