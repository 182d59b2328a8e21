/** Tells programs: one JSON object a line. */
import type { ClipEvent, Reporter } from './clip-event.ts';

const PROGRESS_EVERY_MS = 500;

export class JsonReporter implements Reporter {
  readonly #out: (line: string) => void;
  readonly #now: () => number;
  readonly #toldAtMs = new Map<string, number>();

  constructor(out: (line: string) => void, now: () => number) {
    this.#out = out;
    this.#now = now;
  }

  report(event: ClipEvent): void {
    if (event.event === 'progress') {
      if (this.#now() - (this.#toldAtMs.get(event.input) ?? -Infinity) < PROGRESS_EVERY_MS) return;
      this.#toldAtMs.set(event.input, this.#now());
    }
    this.#out(JSON.stringify(event));
  }

  close(): void {
    this.#toldAtMs.clear();
  }
}
