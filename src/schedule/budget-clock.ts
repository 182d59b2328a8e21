/** Time as the budget counts it: from 0, never back, and never on by more than a pause at once. */
export type BudgetClock = Readonly<{
  nowMs: number;
  /** The event's time that belongs to it; null before the first event. */
  eventMs: number | null;
}>;

export const CLOCK_AT_FIRST: BudgetClock = Object.freeze({ nowMs: 0, eventMs: null });

/**
 * @param gapMs longer than this is no frame that is late, but a sleep, a stall of everything or a new clock.
 * @returns the clock after an event, and whether time leapt: nobody can say what happened in between.
 */
export function advance(
  clock: BudgetClock,
  eventMs: number,
  gapMs: number,
): Readonly<{ clock: BudgetClock; leapt: boolean }> {
  if (!Number.isFinite(eventMs)) return { clock, leapt: false };
  const { nowMs } = clock;
  if (clock.eventMs === null) return { clock: { nowMs, eventMs }, leapt: false };
  const passedMs = eventMs - clock.eventMs;
  if (passedMs > gapMs) return { clock: { nowMs: nowMs + gapMs, eventMs }, leapt: true };
  if (passedMs >= 0) return { clock: { nowMs: nowMs + passedMs, eventMs }, leapt: false };
  // An event that was told late stands at the time of the one before; a clock that was set back starts anew.
  return passedMs < -gapMs ? { clock: { nowMs, eventMs }, leapt: true } : { clock, leapt: false };
}
