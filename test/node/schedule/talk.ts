/** A frame budget that tests talk to, one event after the other. */
import type { BudgetAction, BudgetEvent, BudgetOptions } from '../../../src/schedule/budget.ts';
import { initialBudget, reduceBudget, type BudgetState } from '../../../src/schedule/reduce-budget.ts';
import { CALM_SCHEDULE, runSchedule, type Schedule, type Told } from './machine.ts';

/** A budget that is told of events one by one. */
export class Talk {
  state: BudgetState;
  said: BudgetAction[] = [];

  constructor(options: BudgetOptions = {}) {
    this.state = initialBudget(options);
  }

  tell(...events: readonly BudgetEvent[]): readonly BudgetAction[] {
    const all = events.flatMap((event) => {
      const { state, actions } = reduceBudget(this.state, event);
      this.state = state;
      return actions;
    });
    this.said.push(...all);
    return all;
  }

  arrive(id: number, nowMs: number, tsUs = nowMs * 1000) {
    return this.tell({ type: 'arrive', id, tsUs, nowMs });
  }

  done(id: number, nowMs: number, more: Readonly<{ gpuMs?: number; pollMs?: number; epoch?: number }> = {}) {
    return this.tell({ type: 'done', id, nowMs, ...more });
  }

  /** Frames of 30 fps, each of which takes `ms` at full resolution, however long that is. */
  busy(ms: number, frames: number): void {
    let finishMs = Infinity;
    const follow = (actions: readonly BudgetAction[], nowMs: number) => {
      for (const action of actions) if (action.type === 'submit') finishMs = nowMs + ms * action.scale ** 2;
    };
    for (let id = 0; id < frames; id++) {
      const nowMs = (id * 1000) / 30;
      while (finishMs <= nowMs) {
        const atMs = finishMs;
        finishMs = Infinity;
        follow(this.done(this.state.inFlight[0]?.id ?? -1, atMs), atMs);
      }
      follow(this.arrive(id, nowMs), nowMs);
    }
  }

  /** Frames of 30 fps, each of which takes `ms`, while that is less than a period. */
  steady(ms: number, frames: number, from = 0): void {
    for (let id = from; id < from + frames; id++) {
      this.arrive(id, (id * 1000) / 30);
      this.done(id, (id * 1000) / 30 + ms);
    }
  }
}

export const close = (id: number, reason: string) => ({ type: 'close', id, reason });
export const ofType = (actions: readonly BudgetAction[], type: BudgetAction['type']) =>
  actions.filter((action) => action.type === type);

/** Every change of level or cadence of a schedule. */
export function changesOf(schedule: Partial<Schedule>) {
  const changes: (Readonly<{ atMs: number }> & BudgetAction)[] = [];
  const all: Told[] = [];
  const last = runSchedule({ ...CALM_SCHEDULE, ...schedule }, (told) => {
    all.push(told);
    for (const action of told.step.actions)
      if (action.type === 'setLevel' || action.type === 'setDecimation')
        changes.push({ ...action, atMs: told.atMs });
  });
  return { changes, last, all };
}
