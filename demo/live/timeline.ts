/**
 * The last half minute at a glance: frames shown per second as a line, the rate that is asked for as a dashed one, and
 * the resolution as the ground below. Redrawn with each emission of the figures.
 */
import type { PipelineStats } from 'convolux';

type Sample = Readonly<{ fps: number; scale: number }>;

/** Of the drawing; it is stretched over the place that there is. */
const width = 120;
const height = 40;
/** Figures come four times a second. */
const most = width + 1;
/** Above the rate that is asked for, so that its line is not the edge. */
const headroom = 1.15;

/** @returns what adds a sample, and forgets all where there is none. */
export function createTimeline(container: HTMLElement): (stats: PipelineStats | undefined) => void {
  const drawing = svg('svg', { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none', role: 'img' });
  drawing.setAttribute('aria-label', 'Frame rate and resolution over the last 30 seconds');
  const resolution = svg('path', { class: 'timeline-resolution' });
  const asked = svg('path', { class: 'timeline-asked' });
  const rate = svg('path', { class: 'timeline-rate' });
  drawing.append(resolution, asked, rate);
  container.append(drawing, key());

  let samples: Sample[] = [];
  return (stats) => {
    container.classList.toggle('is-empty', stats === undefined);
    if (stats === undefined) samples = [];
    else {
      samples.push({ fps: stats.fps, scale: stats.scale });
      samples = samples.slice(-most);
    }
    const target = stats?.targetFps ?? null;
    const top = headroom * Math.max(1, target ?? 0, ...samples.map(({ fps }) => fps));
    resolution.setAttribute('d', ground(samples));
    rate.setAttribute('d', line(samples.map(({ fps }) => fps / top)));
    asked.setAttribute('d', target === null ? '' : `M0 ${y(target / top)}H${width}`);
  };
}

/** The newest is at the right edge. */
function x(index: number, count: number): number {
  return width - (count - 1 - index);
}

function y(share: number): string {
  return (height * (1 - share)).toFixed(2);
}

function line(shares: readonly number[]): string {
  return shares.map((share, i) => `${i === 0 ? 'M' : 'L'}${x(i, shares.length)} ${y(share)}`).join('');
}

function ground(samples: readonly Sample[]): string {
  const steps = samples.map(({ scale }, i) => `V${y(scale / headroom)}H${x(i, samples.length)}`);
  return samples.length < 2 ? '' : `M${x(0, samples.length)} ${height}${steps.join('')}V${height}Z`;
}

function key(): HTMLElement {
  const element = document.createElement('p');
  element.className = 'timeline-key';
  for (const [name, words] of [
    ['rate', 'Frame rate'],
    ['resolution', 'Resolution'],
    ['span', 'last 30 s'],
  ] as const) {
    const item = document.createElement('span');
    item.className = `key-${name}`;
    item.textContent = words;
    element.append(item);
  }
  return element;
}

function svg<K extends 'svg' | 'path'>(
  name: K,
  attributes: Readonly<Record<string, string>>,
): SVGElementTagNameMap[K] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
