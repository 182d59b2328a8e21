/** What the live page says of its states and of its faults. Pure data and string functions. */
import { faultWords, type Fault, type Message } from '../shared/faults.ts';
import type { PageState, RecorderStatus, SourceKind } from './store.ts';

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

/** Of what the picture is waiting for: it goes on by itself. */
export function interruption(fault: Fault): Message {
  const { title } = messageFor(fault);
  const text =
    fault.code === 'worker-crashed'
      ? 'It is being started anew, and the picture goes on by itself.'
      : 'It was unplugged, or something else holds it. The picture goes on by itself when it is back.';
  return { title, text };
}

export function messageFor(fault: Fault): Message {
  return faultWords[fault.code];
}

const recorderWords: Readonly<Record<Exclude<RecorderStatus, 'off'>, string>> = {
  starting: 'Starting to record',
  recording: 'Recording',
  paused: 'Recording paused',
  saving: 'Saving the recording',
};

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
export function statusLine(state: PageState): { text: string; detail: string } {
  const { phase, settings, recorder } = state;
  if (recorder !== 'off')
    return { text: `${recorderWords[recorder]} · ${settings.filter.title}`, detail: '' };
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
    case 'interrupted': {
      const { title, text } = interruption(phase.fault);
      return { text: title, detail: text };
    }
    case 'failed': {
      const { title, text } = messageFor(phase.fault);
      return { text: title, detail: `${text} ${offerFor(phase.source, phase.fault)}` };
    }
  }
}
