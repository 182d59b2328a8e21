/**
 * Where in a recording a moment lies, by our own clock. Time begins with the first frame and stands still in pauses, for
 * picture and sound alike. Pure.
 *
 *     clock      ──┬──────┬┄┄pause┄┄┬─────┬┄┄┄┬────▶
 *     recording    0      4         4     7   7
 */

/** A piece of time that is in the recording. */
type Span = Readonly<{ fromMs: number; toMs: number; atMs: number }>;

/** A part of what was asked for: it begins `skipMs` after that, lies at `atMs` and lasts `lengthMs`. */
export type Placed = Readonly<{ skipMs: number; atMs: number; lengthMs: number }>;

export class RecordingTimeline {
  readonly #spans: Span[] = [];
  #isPaused = false;

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Whether the first frame came. */
  get hasBegun(): boolean {
    return this.#spans.length > 0;
  }

  /** A frame was captured: the first one begins time. @returns whether it did. */
  begin(nowMs: number): boolean {
    if (this.hasBegun || this.#isPaused) return false;
    this.#spans.push({ fromMs: nowMs, toMs: Infinity, atMs: 0 });
    return true;
  }

  /** Leaves out what is captured from now on. */
  pause(nowMs: number): void {
    this.#isPaused = true;
    this.end(nowMs);
  }

  resume(nowMs: number): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    const last = this.#spans.at(-1);
    if (last !== undefined) this.#spans.push({ fromMs: nowMs, toMs: Infinity, atMs: endOf(last) });
  }

  /** Nothing from then on, whatever comes. */
  end(nowMs: number): void {
    const last = this.#spans.at(-1);
    if (last === undefined || last.toMs <= nowMs) return;
    this.#spans[this.#spans.length - 1] = { ...last, toMs: Math.max(last.fromMs, nowMs) };
  }

  /** In the recording, in ms; null where the moment is no part of it. */
  at(nowMs: number): number | null {
    const span = this.#spans.findLast(({ fromMs, toMs }) => fromMs <= nowMs && nowMs < toMs);
    return span === undefined ? null : span.atMs + nowMs - span.fromMs;
  }

  /** The parts of a stretch of time that are in the recording, in their order. */
  parts(fromMs: number, toMs: number): readonly Placed[] {
    return this.#spans.flatMap((span) => {
      const begin = Math.max(fromMs, span.fromMs);
      const lengthMs = Math.min(toMs, span.toMs) - begin;
      return lengthMs > 0
        ? [{ skipMs: begin - fromMs, atMs: span.atMs + begin - span.fromMs, lengthMs }]
        : [];
    });
  }
}

const endOf = ({ fromMs, toMs, atMs }: Span): number => atMs + toMs - fromMs;
