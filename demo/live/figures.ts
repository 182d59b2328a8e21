/**
 * The strip of figures. Each value is plain text inside its <output data-stat="…">, its label and unit
 * stand outside, so that a program can read the strip as well as a person. One call writes one
 * emission: the counts always belong together.
 */
import type { PipelineStats } from 'convolux';

type Figure = Readonly<{
  stat: string;
  label: string;
  unit?: string;
  /** What the label is too short to say. */
  hint: string;
  /** Texts (a source, a path) get a line of their own; numbers stand side by side. */
  isText?: true;
  read: (stats: PipelineStats) => string;
}>;

const none = '–';

const figures: readonly Figure[] = [
  {
    stat: 'fps',
    label: 'Frame rate',
    unit: 'fps',
    hint: 'Frames shown per second',
    read: ({ fps }) => tenth(fps),
  },
  {
    stat: 'frame-ms-p50',
    label: 'Frame p50',
    unit: 'ms',
    hint: 'Time per frame: half of the frames take less',
    read: ({ frameMsP50 }) => tenth(frameMsP50),
  },
  {
    stat: 'frame-ms-p95',
    label: 'Frame p95',
    unit: 'ms',
    hint: 'Time per frame: 95 of 100 frames take less',
    read: ({ frameMsP95 }) => tenth(frameMsP95),
  },
  {
    stat: 'level',
    label: 'Resolution',
    unit: '×',
    hint: 'Edge length of the filtered picture as a share of the source’s; 1 is full resolution',
    read: ({ level }) => number(level, 3),
  },
  {
    stat: 'arrived',
    label: 'Arrived',
    hint: 'Frames that came from the source = shown + dropped + pending',
    read: ({ arrived }) => number(arrived, 0),
  },
  {
    stat: 'shown',
    label: 'Shown',
    hint: 'Frames that reached the screen',
    read: ({ shown }) => number(shown, 0),
  },
  {
    stat: 'dropped',
    label: 'Dropped',
    hint: 'Frames that were left out',
    read: ({ dropped }) => number(dropped, 0),
  },
  {
    stat: 'pending',
    label: 'Pending',
    hint: 'Frames under way at this moment',
    read: ({ pending }) => number(pending, 0),
  },
  {
    stat: 'programs',
    label: 'Programs',
    hint: 'GPU programs compiled so far: a new filter needs some, a slider none',
    read: ({ programs }) => number(programs, 0),
  },
  {
    stat: 'source',
    label: 'Source',
    hint: 'Where the frames come from',
    isText: true,
    // The one clip that this page plays is the sample.
    read: ({ source }) => (source === 'video' ? 'sample' : source),
  },
  {
    stat: 'size',
    label: 'Size',
    hint: 'Width and height of a frame, in pixels',
    isText: true,
    read: ({ width, height }) => (width > 0 && height > 0 ? `${width}x${height}` : none),
  },
  {
    stat: 'transport',
    label: 'Path',
    hint: 'How a frame gets in, through, and out',
    isText: true,
    read: ({ transport }) => transport,
  },
  {
    stat: 'backend',
    label: 'Runs on',
    hint: 'What computes the filter',
    isText: true,
    read: ({ backend }) => backend,
  },
];

const reasons: readonly (readonly [keyof PipelineStats['droppedBy'], string])[] = [
  ['source', 'missed by the source'],
  ['replaced', 'replaced by a newer frame'],
  ['compiling', 'while a filter was being compiled'],
  ['failed', 'failed'],
];

export function createFigures(container: HTMLElement): (stats: PipelineStats | undefined) => void {
  const numbers = list('figures-numbers');
  const texts = list('figures-texts');
  const outputs = figures.map((figure) => {
    const { element, output } = entry(figure);
    (figure.isText === true ? texts : numbers).append(element);
    return { output, read: figure.read };
  });
  const why = document.createElement('p');
  why.className = 'figures-why';
  container.prepend(numbers, texts, why);

  return (stats) => {
    container.classList.toggle('is-empty', stats === undefined);
    for (const { output, read } of outputs) {
      const text = stats === undefined ? none : read(stats);
      if (output.textContent !== text) output.textContent = text;
      if (text.length > 16) output.title = text;
    }
    why.textContent = stats === undefined ? '' : dropReasons(stats);
  };
}

function dropReasons({ dropped, droppedBy }: PipelineStats): string {
  const parts = reasons
    .filter(([reason]) => droppedBy[reason] > 0)
    .map(([reason, words]) => `${droppedBy[reason]} ${words}`);
  if (parts.length > 0) return `Dropped: ${parts.join(', ')}.`;
  return dropped === 0 ? 'No frame dropped.' : '';
}

function list(className: string): HTMLDListElement {
  const element = document.createElement('dl');
  element.className = className;
  return element;
}

function entry({ stat, label, unit, hint }: Figure): {
  element: HTMLElement;
  output: HTMLOutputElement;
} {
  const element = document.createElement('div');
  element.title = hint;
  const term = document.createElement('dt');
  term.textContent = label;
  const output = document.createElement('output');
  output.dataset['stat'] = stat;
  output.textContent = none;
  // An <output> is a live region by itself; four announcements a second would drown everything else.
  output.setAttribute('aria-live', 'off');
  const value = document.createElement('dd');
  value.append(output);
  if (unit !== undefined) {
    const suffix = document.createElement('span');
    suffix.className = 'unit';
    suffix.textContent = unit;
    value.append(' ', suffix);
  }
  element.append(term, value);
  return { element, output };
}

function tenth(value: number): string {
  return Number.isFinite(value) ? value.toFixed(1) : none;
}

function number(value: number, digits: number): string {
  return Number.isFinite(value) ? String(Number(value.toFixed(digits))) : none;
}
