/**
 * Tells people on a terminal: under the lines of what is done, one bar for each clip that runs, redrawn in place. Whoever
 * writes to the same terminal goes through `above`.
 */
import type { ClipProgress } from '../clips/clip-types.ts';
import type { ClipEvent, Reporter } from './clip-event.ts';
import { LineReporter, percent } from './line-reporter.ts';
import { clock, plain, rate, shortened } from './words.ts';

const REDRAW_EVERY_MS = 100;
const MOST_NAME = 32;
const LEAST_BAR = 8;
const MOST_BAR = 40;
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
const ESC = '\u001b[';

export type BarOptions = Readonly<{
  write: (text: string) => void;
  /** Of the terminal now, in characters. */
  columns: () => number;
  isColored: boolean;
  now: () => number;
  /** How many clips are to be made, for the line under the bars. */
  total: number;
}>;

export class BarReporter implements Reporter {
  readonly #options: BarOptions;
  readonly #lines: LineReporter;
  readonly #running = new Map<string, ClipProgress | undefined>();
  readonly #beginMs: number;
  #ended = 0;
  #drawnLines = 0;
  #drawnAtMs = -Infinity;

  constructor(options: BarOptions) {
    this.#options = options;
    this.#beginMs = options.now();
    const above = (line: string): void => this.#above(line);
    this.#lines = new LineReporter({
      out: above,
      err: (line) => this.#above(options.isColored ? `${ESC}31m${line}${ESC}0m` : line),
      now: options.now,
    });
  }

  report(event: ClipEvent): void {
    switch (event.event) {
      case 'start':
        this.#running.set(event.input, undefined);
        break;
      case 'progress':
        this.#running.set(event.input, event);
        if (this.#options.now() - this.#drawnAtMs >= REDRAW_EVERY_MS) this.#draw();
        return;
      case 'done':
      case 'failed':
        this.#running.delete(event.input);
        this.#ended++;
        this.#lines.report(event);
        break;
      case 'skipped':
      case 'summary':
        this.#lines.report(event);
    }
    this.#draw();
  }

  close(): void {
    this.#erase();
    this.#lines.close();
  }

  #above(line: string): void {
    this.#erase();
    this.#options.write(`${line}\n`);
  }

  #erase(): void {
    if (this.#drawnLines > 0) this.#options.write(`\r${ESC}${this.#drawnLines}A${ESC}0J`);
    this.#drawnLines = 0;
  }

  #draw(): void {
    const columns = this.#options.columns();
    const bars = [...this.#running].map(([input, progress]) =>
      barLine(input, progress, columns, this.#options.isColored),
    );
    const all = this.#options.total > 1 && bars.length > 0 ? [this.#allLine()] : [];
    const lines = [...bars, ...all];
    this.#erase();
    if (lines.length > 0) this.#options.write(`${lines.join('\n')}\n`);
    this.#drawnLines = lines.length;
    this.#drawnAtMs = this.#options.now();
  }

  #allLine(): string {
    const { total, now, columns } = this.#options;
    const shares = [...this.#running.values()].reduce((sum, progress) => sum + (progress?.share ?? 0), 0);
    const share = (this.#ended + shares) / total;
    const passedS = (now() - this.#beginMs) / 1000;
    const left = share > 0 ? `, ${clock((passedS * (1 - share)) / share)} left` : '';
    return shortened(`${this.#ended} of ${total} clips, ${percent(share)}${left}`, columns() - 1);
  }
}

/** 'name ████▌     45 %  31.0 fps  0:12 left', in one line of the terminal. */
function barLine(
  input: string,
  progress: ClipProgress | undefined,
  columns: number,
  isColored: boolean,
): string {
  // A line that is full would wrap.
  const room = columns - 1;
  const { share = 0, fps = 0, secondsLeft = null } = progress ?? {};
  const left = secondsLeft === null ? '' : `  ${clock(secondsLeft)} left`;
  const figures = `${percent(share).padStart(5)}  ${rate(fps).padStart(5)} fps${left}`;
  const nameRoom = Math.min(MOST_NAME, room - figures.length - LEAST_BAR - 2);
  if (nameRoom < LEAST_BAR) return shortened(figures.trim(), room);
  const name = shortened(plain(input), nameRoom);
  const width = Math.min(MOST_BAR, room - Array.from(name).length - figures.length - 2);
  const bar = filled(share, width);
  return `${name} ${isColored ? `${ESC}36m${bar}${ESC}0m` : bar} ${figures}`;
}

function filled(share: number, width: number): string {
  const eighths = Math.round(Math.min(1, share) * width * 8);
  const bar = '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '');
  return bar.padEnd(width, '░');
}
