/**
 * What became of each frame. At every moment arrived = shown + dropped (by reason) + pending; the four are
 * counted each by itself, so that the sum is a check and not a definition.
 */

export const DROP_REASONS = [
  'source',
  'replaced',
  'stale',
  'decimated',
  'compiling',
  'hidden',
  'warming',
  'failed',
  'stopped',
] as const;

/**
 * source: lost before it reached us (a gap in the timestamps). replaced: a newer one came first. stale: it had waited
 * for more than two periods. decimated: left out evenly, to hold the rate or because fewer were asked for. compiling:
 * replaced or lost while programs were compiled. hidden: nobody sees the page. warming: computed, for a
 * filter over several frames that shows nothing before it has all of them. failed: could not be read, computed or shown.
 * stopped: still waiting when the pipeline ended.
 */
export type DropReason = (typeof DROP_REASONS)[number];

export type FrameCounts = Readonly<{
  arrived: number;
  shown: number;
  dropped: number;
  droppedBy: Readonly<Record<DropReason, number>>;
  /** Waiting or being worked on. */
  pending: number;
}>;

export class FrameAccount {
  #arrived = 0;
  #shown = 0;
  #pending = 0;
  readonly #droppedBy: Record<DropReason, number> = {
    source: 0,
    replaced: 0,
    stale: 0,
    decimated: 0,
    compiling: 0,
    hidden: 0,
    warming: 0,
    failed: 0,
    stopped: 0,
  };

  /** A frame came in; it is pending until it is shown or dropped. */
  arrive(): void {
    this.#arrived++;
    this.#pending++;
  }

  show(): void {
    this.#shown++;
    this.#pending--;
  }

  drop(reason: DropReason): void {
    this.#droppedBy[reason]++;
    this.#pending--;
  }

  /** Frames that the source made and that never came in, because of the source or because we were compiling. */
  miss(count: number, reason: 'source' | 'compiling'): void {
    this.#arrived += count;
    this.#droppedBy[reason] += count;
  }

  get pending(): number {
    return this.#pending;
  }

  counts(): FrameCounts {
    const droppedBy = { ...this.#droppedBy };
    const dropped = DROP_REASONS.reduce((sum, reason) => sum + droppedBy[reason], 0);
    return { arrived: this.#arrived, shown: this.#shown, dropped, droppedBy, pending: this.#pending };
  }
}
