/**
 * The strip of figures. Each value is plain text inside its <output data-stat="…">, its label and unit
 * stand outside, so that a program can read the strip as well as a person. One call writes one
 * emission: the counts always belong together.
 */
import type { PipelineStats } from 'convolux';
import { none, number, tenth } from '../shared/numbers.ts';
import { required } from '../shared/required.ts';
import type { Moving } from './moving.ts';

/** What the strip tells: of a filter that measures motion, what moves as well. */
export type Told = PipelineStats & Readonly<{ moving: Moving | undefined }>;
type Read = (told: Told) => string;

type Stat = Readonly<{ stat: string; read: Read }>;
/** A value, or words and units beside values, which may follow them. */
type Part = Stat | Readonly<{ unit: Read }> | string;

type Figure = Readonly<{
  label: string;
  /** What the label is too short to say. */
  hint: string;
  value: readonly Part[];
  /** Smaller, below. */
  more?: readonly Part[];
  className?: string;
  /** Whether there is anything to tell. Default always. */
  isTold?: (told: Told) => boolean;
}>;

type Show = (told: Told | undefined) => void;

const headlines: readonly Figure[] = [
  {
    label: 'Frame rate',
    hint: 'Frames shown per second, and how many are asked for',
    value: [{ stat: 'fps', read: ({ fps }) => tenth(fps) }, 'fps'],
    more: [{ stat: 'target-fps', read: ({ targetFps }) => (targetFps === null ? 'as they come' : `${number(targetFps, 1)} asked`) }], // prettier-ignore
  },
  {
    label: 'Time per frame',
    hint: 'From taking a frame to having shown it: half of the frames take less, 95 of 100 take less; and the time there is until the next one',
    value: [{ stat: 'frame-ms-p50', read: ({ stages }) => tenth(stages.total.p50) }, 'ms'],
    more: [
      'p95',
      { stat: 'frame-ms-p95', read: ({ stages }) => tenth(stages.total.p95) },
      'of',
      { stat: 'budget', read: ({ budgetMs }) => tenth(budgetMs) },
      'ms',
    ],
    className: 'figure-budget',
  },
  {
    label: 'Latency',
    hint: 'From the camera to the screen: half of the frames take less, and 95 of 100',
    value: [{ stat: 'latency', read: ({ stages }) => tenth(stages.latency.p50) }, 'ms'],
    more: ['p95', { stat: 'latency-p95', read: ({ stages }) => tenth(stages.latency.p95) }, 'ms'],
  },
  {
    label: 'Resolution',
    hint: 'Edge length of the filtered picture as a share of the source’s, and its size in pixels; 1 is full resolution',
    value: [{ stat: 'level', read: ({ scale }) => number(scale, 3) }, '×'],
    more: [{ stat: 'size', read: ({ width, height }) => sizeText(width, height) }],
  },
  {
    label: 'Frames taken',
    hint: 'Which of the frames that come are computed: 1 in 2 leaves every other one out, evenly',
    value: ['1 in', { stat: 'decimation', read: ({ every }) => number(every, 0) }],
  },
];

const details: readonly Figure[] = [
  count('arrived', 'Arrived', 'Frames that came from the source = shown + dropped + pending', 'arrived'),
  count('shown', 'Shown', 'Frames that reached the screen', 'shown'),
  count('dropped', 'Dropped', 'Frames that were left out', 'dropped'),
  {
    label: 'Pending',
    hint: 'Frames under way at this moment, and how many of them are being computed',
    value: [{ stat: 'pending', read: ({ pending }) => number(pending, 0) }],
    more: ['in flight', { stat: 'in-flight', read: ({ inFlight }) => number(inFlight, 0) }],
  },
  stage('upload', 'Upload', 'Taking a frame’s pixels'),
  stage('passes', 'Passes', 'Computing the filter'),
  stage('readback', 'Read back', 'Handing the result to the picture on this page'),
  {
    label: 'Textures',
    hint: 'Memory of the graphics device that is held now',
    value: [{ stat: 'texture-mb', read: ({ textureBytes }) => tenth(textureBytes / 1e6) }, 'MB'],
  },
  {
    label: 'Remembered',
    hint: 'Of the textures: what the filter keeps of earlier frames',
    value: [{ stat: 'memory-mb', read: ({ memoryBytes }) => tenth(memoryBytes / 1e6) }, 'MB'],
    isTold: ({ memoryBytes }) => memoryBytes > 0,
  },
  {
    label: 'Behind',
    hint: 'How far what is shown lies behind the newest frame, where the filter looks at later frames than the one it shows',
    value: [{ stat: 'filter-latency', read: ({ latencyMs }) => tenth(latencyMs) }, 'ms'],
    more: [
      // A window over seconds is late by its time alone.
      { stat: 'filter-latency-frames', read: ({ latencyFrames }) => (latencyFrames > 0 ? number(latencyFrames, 1) : '') }, // prettier-ignore
      { unit: ({ latencyFrames }) => (latencyFrames > 0 ? (latencyFrames === 1 ? 'frame' : 'frames') : '') },
    ],
    isTold: ({ latencyFrames, latencyMs }) => latencyFrames > 0 || latencyMs > 0,
  },
  {
    label: 'Moving',
    hint: 'Share of the picture that moves; moving once it is more than a little, still after a while of next to nothing',
    value: [{ stat: 'moving', read: ({ moving }) => tenth(100 * (moving?.amount ?? NaN)) }, '%'],
    more: [{ stat: 'motion', read: ({ moving }) => (moving === undefined ? none : moving.isMoving ? 'moving' : 'still') }], // prettier-ignore
    isTold: ({ moving }) => moving !== undefined,
  },
  count('programs', 'Programs', 'GPU programs compiled so far: a new filter needs some, a slider none', 'programs'), // prettier-ignore
];

const texts: readonly Figure[] = [
  {
    label: 'Source',
    hint: 'Where the frames come from, and their size in pixels',
    value: [
      // The one clip that this page plays is the sample.
      { stat: 'source', read: ({ source }) => (source === 'video' ? 'sample' : source) },
      { stat: 'full-size', read: ({ fullWidth, fullHeight }) => sizeText(fullWidth, fullHeight) },
    ],
  },
  {
    label: 'Path',
    hint: 'How a frame gets in, through, and out',
    value: [{ stat: 'transport', read: ({ transport }) => transport }],
  },
  {
    label: 'Runs on',
    hint: 'What computes the filter',
    value: [{ stat: 'backend', read: ({ backend }) => backend }],
  },
];

const reasons: Readonly<Record<keyof PipelineStats['droppedBy'], string>> = {
  source: 'missed by the source',
  replaced: 'replaced by newer ones',
  stale: 'too old when their turn came',
  decimated: 'left out evenly',
  compiling: 'while programs were compiled',
  hidden: 'while the page was hidden',
  warming: 'while the filter gathered its first ones',
  failed: 'failed',
  stopped: 'waiting at the end',
};

/** @returns what shows the newest figures, and that there are none. */
export function createFigures(container: HTMLElement): Show {
  const outputs: (readonly [HTMLElement, Read])[] = [];
  const entries: (readonly [HTMLElement, NonNullable<Figure['isTold']>])[] = [];
  const list = (className: string, figures: readonly Figure[]): HTMLDListElement => {
    const element = document.createElement('dl');
    element.className = className;
    for (const figure of figures) {
      const one = entry(figure, outputs);
      if (figure.isTold !== undefined) entries.push([one, figure.isTold]);
      element.append(one);
    }
    return element;
  };
  const headline = list('figures-headlines', headlines);
  const showBudget = createBudgetBar(headline);
  const { element: why, show: showDrops } = dropReasons();
  required('[data-role=headlines]', HTMLElement, container).append(headline);
  const rest = required('[data-role=numbers]', HTMLElement, container);
  rest.append(list('figures-numbers', details), why, list('figures-texts', texts));

  return (stats) => {
    container.classList.toggle('is-empty', stats === undefined);
    for (const [output, read] of outputs) {
      const text = stats === undefined ? none : read(stats);
      if (output.textContent !== text) output.textContent = text;
    }
    for (const [one, isTold] of entries) one.hidden = stats === undefined || !isTold(stats);
    showBudget(stats);
    showDrops(stats);
  };
}

/** The time that there is, and how much of it half of the frames and 95 of 100 take. The numbers stand above. */
function createBudgetBar(headline: HTMLElement): Show {
  /** The time that there is ends here, so that more than that can be seen. */
  const budgetShare = 0.75;
  const bar = document.createElement('div');
  bar.className = 'budget-bar';
  bar.setAttribute('aria-hidden', 'true');
  bar.style.setProperty('--budget', `${budgetShare * 100}%`);
  headline.querySelector('.figure-budget')?.append(bar);
  return (stats) => {
    const { budgetMs = NaN, stages } = stats ?? {};
    const share = (ms = NaN): number => Math.min(1, (ms / budgetMs) * budgetShare) || 0;
    bar.hidden = !(budgetMs > 0 && Number.isFinite(budgetMs));
    bar.style.setProperty('--p50', `${share(stages?.total.p50) * 100}%`);
    bar.style.setProperty('--p95', `${share(stages?.total.p95) * 100}%`);
    bar.classList.toggle('is-over', share(stages?.total.p50) > budgetShare);
  };
}

/** One count for each reason that there was, in words. */
function dropReasons(): { element: HTMLElement; show: Show } {
  const element = document.createElement('p');
  element.className = 'figures-why';
  const lead = document.createElement('span');
  const counts = Object.entries(reasons).map(([reason, words]) => {
    const item = document.createElement('span');
    item.className = 'why';
    const output = outputFor(`dropped-${reason}`);
    item.append(output, ` ${words}`);
    return { reason: reason as keyof typeof reasons, item, output };
  });
  element.append(lead, ...counts.map(({ item }) => item));
  const show: Show = (stats) => {
    const droppedBy = stats?.droppedBy;
    for (const { reason, item, output } of counts) {
      const text = droppedBy === undefined ? none : number(droppedBy[reason], 0);
      if (output.textContent !== text) output.textContent = text;
      item.hidden = (droppedBy?.[reason] ?? 0) === 0;
    }
    lead.textContent = stats === undefined ? '' : stats.dropped === 0 ? 'No frame dropped.' : 'Dropped: ';
  };
  return { element, show };
}

function entry(
  { label, hint, value, more = [], className = '' }: Figure,
  outputs: (readonly [HTMLElement, Read])[],
): HTMLElement {
  const element = document.createElement('div');
  element.className = className;
  element.title = hint;
  const term = document.createElement('dt');
  term.textContent = label;
  const line = (parts: readonly Part[], lineClass: string): HTMLElement => {
    const description = document.createElement('dd');
    description.className = lineClass;
    for (const [index, part] of parts.entries()) {
      if (index > 0) description.append(' ');
      const isStat = typeof part === 'object' && 'stat' in part;
      const element = isStat ? outputFor(part.stat) : unitFor(typeof part === 'string' ? part : none);
      if (typeof part === 'object') outputs.push([element, isStat ? part.read : part.unit]);
      description.append(element);
    }
    return description;
  };
  element.append(term, line(value, 'value'));
  if (more.length > 0) element.append(line(more, 'more'));
  return element;
}

function unitFor(text: string): HTMLElement {
  const unit = document.createElement('span');
  unit.className = 'unit';
  unit.textContent = text;
  return unit;
}

function outputFor(stat: string): HTMLOutputElement {
  const output = document.createElement('output');
  output.dataset['stat'] = stat;
  output.textContent = none;
  // An <output> is a live region by itself; four announcements a second would drown everything else.
  output.setAttribute('aria-live', 'off');
  return output;
}

function count(
  stat: string,
  label: string,
  hint: string,
  key: 'arrived' | 'shown' | 'dropped' | 'programs',
): Figure {
  return { label, hint, value: [{ stat, read: (stats) => number(stats[key], 0) }] };
}

function stage(name: 'upload' | 'passes' | 'readback', label: string, hint: string): Figure {
  return {
    label,
    hint: `${hint}: half of the frames take less, and 95 of 100`,
    value: [{ stat: `${name}-p50`, read: ({ stages }) => tenth(stages[name].p50) }, 'ms'],
    more: ['p95', { stat: `${name}-p95`, read: ({ stages }) => tenth(stages[name].p95) }, 'ms'],
  };
}

function sizeText(width: number, height: number): string {
  return width > 0 && height > 0 ? `${width}x${height}` : none;
}
