/** What the call page says of its states and of its faults. Pure data and string functions. */
import type { FailurePolicy } from 'convolux';
import { faultWords, type Fault, type FaultWords, type Message } from '../shared/faults.ts';
import type { PageState } from './store.ts';

/** What this page says otherwise than the live page. */
const own: Partial<FaultWords> = {
  'camera-unsupported': {
    title: 'The camera cannot be read here',
    text: 'Browsers hand out the camera only over https and on localhost. Open this page there, or choose the sample clip.',
  },
  'output-unsupported': {
    title: 'This browser can not send filtered frames',
    text: 'It has no way to make a track of them. A current Chrome, Edge, Firefox or Safari has one.',
  },
  'frame-too-large': {
    title: 'The picture is too large',
    text: 'This graphics device can not hold a picture of that size. Choose another source.',
  },
  unexpected: {
    title: 'The call broke off',
    text: 'Try again; the details help when reporting it.',
  },
};

export function messageFor(fault: Fault): Message {
  return own[fault.code] ?? faultWords[fault.code];
}

const sampleOffer = 'The sample clip needs no camera: choose it under “Picture”.';

/** What else can be sent. Empty where every other source would meet the same fault. */
export function offerFor({ code }: Fault): string {
  return code.startsWith('camera-') || code.startsWith('screen-') || code === 'track-ended'
    ? sampleOffer
    : '';
}

/** What is worth knowing before the call. */
export function introNote({ cameras }: PageState): string {
  return cameras?.length === 0 ? `No camera was found here. ${sampleOffer}` : '';
}

export const failureTitles: Readonly<Record<FailurePolicy, string>> = {
  freeze: 'Freeze',
  black: 'Black',
  passthrough: 'Pass on',
};

export const failureWords: Readonly<Record<FailurePolicy, string>> = {
  freeze: 'The last filtered frame stays. No unfiltered one is ever sent.',
  black: 'Black is sent until the filter works again. No unfiltered frame is ever sent.',
  passthrough: 'The frame is sent as it is. Not for filters that protect somebody.',
};

/** The line that stands in the header and is read aloud. */
export function statusLine({ call, settings, isVideoOn }: PageState): { status: string; text: string } {
  switch (call.status) {
    case 'idle':
      return { status: 'idle', text: { load: 'Ready', 'hang-up': 'Hung up', end: 'Ended' }[call.after] };
    case 'starting':
      return { status: 'starting', text: 'Starting…' };
    case 'connecting':
      return { status: 'starting', text: 'Connecting…' };
    case 'running':
      return isVideoOn
        ? { status: 'running', text: `In a call · ${settings.filter.title}` }
        : { status: 'paused', text: 'In a call · video off' };
    case 'interrupted':
      return { status: 'paused', text: `Interrupted: ${messageFor(call.fault).title}` };
    case 'failed':
      return { status: 'failed', text: messageFor(call.fault).title };
  }
}

/** What stands over the picture that is sent. */
export function sentNote({ call, isVideoOn }: PageState): string {
  if (call.status === 'starting') return 'Starting… If the browser asks, allow the camera.';
  if (call.status === 'interrupted') return `${messageFor(call.fault).title}. Goes on by itself.`;
  return isVideoOn ? '' : 'Your video is off: black is sent.';
}

/** What stands over the picture that arrives. */
export function receivedNote({ call }: PageState): string {
  if (call.status === 'starting') return 'Nothing is sent yet.';
  return call.status === 'connecting' ? 'Connecting…' : '';
}
