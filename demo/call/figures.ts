/**
 * The strip of figures: what the receiver counts, by its own `getStats`. Each value is plain text inside its
 * <output data-stat="…">, its label and unit stand outside, so that a program can read the strip as well as a person.
 */
import type { PipelineStats } from 'convolux';
import { element } from '../shared/elements.ts';
import { none, number, tenth } from '../shared/numbers.ts';

/** What the receiver has counted up to a moment. */
export type Received = Readonly<{
  atMs: number;
  decoded: number;
  /** Frames that arrived and were not shown, and packets that never arrived. */
  framesDropped: number;
  packetsLost: number;
  bytes: number;
  width: number;
  height: number;
  codec: string;
}>;

/** All that the strip shows at one moment. */
export type CallFigures = Readonly<{
  now: Received;
  /** A second or two ago, for what counts per second. */
  before: Received;
  negotiations: number;
  /** Whether what is sent is still the track that the call began with. */
  isSameTrack: boolean;
  pipeline: PipelineStats | undefined;
}>;

type Read = (figures: CallFigures) => string;
/** A value, or words beside values. */
type Part = Readonly<{ stat: string; read: Read }> | string;
type Figure = Readonly<{ label: string; hint: string; value: readonly Part[]; more: readonly Part[] }>;

const strip: readonly Figure[] = [
  {
    label: 'Received',
    hint: 'Frames per second that the receiver decodes, and how many the filter gives',
    value: [{ stat: 'received-fps', read: (figures) => tenth(perSecond(figures, 'decoded')) }, 'fps'],
    more: [{ stat: 'filtered-fps', read: ({ pipeline }) => tenth(pipeline?.fps ?? NaN) }, 'filtered'],
  },
  {
    label: 'Picture',
    hint: 'Size of the picture that arrives, in pixels, and how many have been decoded',
    value: [{ stat: 'received-size', read: ({ now }) => (now.width > 0 ? `${now.width}x${now.height}` : none) }], // prettier-ignore
    more: [{ stat: 'decoded', read: ({ now }) => number(now.decoded, 0) }, 'decoded'],
  },
  {
    label: 'Bitrate',
    hint: 'What the picture needs on its way',
    value: [{ stat: 'bitrate', read: (figures) => tenth((perSecond(figures, 'bytes') * 8) / 1e6) }, 'Mbit/s'],
    more: [],
  },
  {
    label: 'Codec',
    hint: 'How the picture is coded; VP8 is preferred here: it is the lightest without a chip for it',
    value: [{ stat: 'codec', read: ({ now }) => (now.codec === '' ? none : now.codec) }],
    more: [],
  },
  {
    label: 'Frames lost',
    hint: 'Frames that arrived and came too late to be shown, and packets that did not arrive',
    value: [{ stat: 'frames-lost', read: ({ now }) => number(now.framesDropped, 0) }],
    more: [{ stat: 'packets-lost', read: ({ now }) => number(now.packetsLost, 0) }, 'packets'],
  },
  {
    label: 'Negotiations',
    hint: 'How often the two ends agreed on what is sent. Another filter or camera needs none, for the track stays the same',
    value: [{ stat: 'negotiations', read: ({ negotiations }) => number(negotiations, 0) }],
    more: [{ stat: 'sent-track', read: ({ isSameTrack }) => (isSameTrack ? 'the same track' : 'another track') }], // prettier-ignore
  },
];

/** @returns what shows the newest figures, and that there are none. */
export function createFigures(container: HTMLElement): (figures: CallFigures | undefined) => void {
  const outputs: (readonly [HTMLOutputElement, Read])[] = [];
  const line = (parts: readonly Part[], className: string): HTMLElement => {
    const made = element('dd', className);
    for (const [index, part] of parts.entries()) {
      if (index > 0) made.append(' ');
      if (typeof part === 'string') made.append(element('span', 'unit', part));
      else {
        const output = outputFor(part.stat);
        outputs.push([output, part.read]);
        made.append(output);
      }
    }
    return made;
  };
  const list = document.createElement('dl');
  for (const { label, hint, value, more } of strip) {
    const entry = document.createElement('div');
    entry.title = hint;
    entry.append(element('dt', '', label), line(value, 'value'));
    if (more.length > 0) entry.append(line(more, 'more'));
    list.append(entry);
  }
  container.append(list);
  return (figures) => {
    container.classList.toggle('is-empty', figures === undefined);
    for (const [output, read] of outputs) {
      const text = figures === undefined ? none : read(figures);
      if (output.textContent !== text) output.textContent = text;
    }
  };
}

/** @returns null until something arrived. */
export function receivedIn(report: RTCStatsReport): Received | null {
  const all = [...(report.values() as Iterable<RTCStats>)];
  const inbound = all.find((stats): stats is RTCInboundRtpStreamStats => stats.type === 'inbound-rtp');
  if (inbound === undefined) return null;
  const codec = all.find(({ id }) => id === inbound.codecId) as
    (RTCStats & { mimeType?: string }) | undefined;
  return {
    atMs: inbound.timestamp,
    decoded: inbound.framesDecoded ?? 0,
    framesDropped: inbound.framesDropped ?? 0,
    packetsLost: inbound.packetsLost ?? 0,
    bytes: inbound.bytesReceived ?? 0,
    width: inbound.frameWidth ?? 0,
    height: inbound.frameHeight ?? 0,
    codec: codec?.mimeType?.replace('video/', '') ?? '',
  };
}

function perSecond({ now, before }: CallFigures, count: 'decoded' | 'bytes'): number {
  return (1000 * (now[count] - before[count])) / (now.atMs - before.atMs);
}

function outputFor(stat: string): HTMLOutputElement {
  const output = document.createElement('output');
  output.dataset['stat'] = stat;
  output.textContent = none;
  // An <output> is a live region by itself; two announcements a second would drown everything else.
  output.setAttribute('aria-live', 'off');
  return output;
}
