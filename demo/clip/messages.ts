/** What the clip page says of its states and of its faults. Pure data and string functions. */
import { faultWords, type Fault, type FaultWords, type Message } from '../shared/faults.ts';
import { plural } from '../shared/words.ts';
import type { PageState } from './store.ts';

/** What this page says otherwise than the live page. */
const own: Partial<FaultWords> = {
  'worker-missing': {
    title: 'A part of the page did not load',
    text: 'The worker that reads and filters clips could not be loaded. Check the connection and try again, or reload the page.',
  },
  'frame-too-large': {
    title: 'The picture is too large',
    text: 'This graphics device can not hold a picture of that size. Choose a smaller clip.',
  },
  'disk-full': {
    title: 'There is no room left',
    text: 'The disk, or this page’s share of it, is full. Make room, choose a smaller size or a shorter part, then try again.',
  },
  'codec-unsupported': {
    title: 'This browser can not make such a clip',
    text: 'Choose another kind of file, codec or size under “Output”, or no sound, then try again.',
  },
  'output-unsupported': {
    title: 'This browser can not filter clips',
    text: 'It lacks WebCodecs. A current Chrome, Edge, Firefox or Safari has it.',
  },
  unexpected: {
    title: 'Something went wrong',
    text: 'Try again; the details help when reporting it.',
  },
};

/** Of a clip that can not be opened. What is wrong with it says the fault itself. */
const ofOpening: Partial<FaultWords> = {
  'clip-unreadable': { title: 'The clip can not be read', text: 'Choose another clip.' },
  'codec-unsupported': {
    title: 'The clip can not be decoded here',
    text: 'Choose another clip, or make one of H.264 or VP9 out of it first.',
  },
};

export function openingMessage(fault: Fault): Message {
  return ofOpening[fault.code] ?? messageFor(fault);
}

export function messageFor(fault: Fault): Message {
  if (canSkip(fault)) return { title: 'The clip is damaged', text: 'What is damaged can be left out.' };
  return own[fault.code] ?? faultWords[fault.code];
}

/** Whether going on behind the damage may help. */
export function canSkip(fault: Fault): boolean {
  return fault.code === 'clip-unreadable' && fault.positionS !== null;
}

/** A tenth at a time: the line is read aloud. */
function tenths(share: number): number {
  return Math.floor(share * 10) * 10;
}

/** The line that stands in the header and is read aloud. */
export function statusLine({ clip, job, result, view }: PageState): { status: string; text: string } {
  if (job.status === 'running') {
    const share = tenths(job.progress?.share ?? 0);
    return { status: 'running', text: share === 0 ? 'Processing…' : `Processing, ${share} %` };
  }
  if (job.status === 'failed') return { status: 'failed', text: messageFor(job.fault).title };
  if (job.after === 'cancel') return { status: 'idle', text: 'Cancelled; nothing is kept' };
  switch (clip.status) {
    case 'none':
      return { status: 'idle', text: 'Ready' };
    case 'reading':
      return { status: 'starting', text: 'Reading…' };
    case 'unreadable':
      return { status: 'failed', text: openingMessage(clip.fault).title };
    case 'open':
      if (result !== null && view === 'result')
        return { status: 'done', text: `Done: ${plural(result.clip.frames, 'frame')}` };
      return { status: 'idle', text: clip.source.isRecording ? 'Recording' : 'Clip open' };
  }
}
