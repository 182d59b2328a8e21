/** What the frame budget is compared with: nobody who decides, and a plan that was made in advance. */
import type { BudgetDropReason, BudgetEvent } from '../../src/schedule/budget.ts';
import type { Fate, Frame } from './fate.ts';
import type { PlantAction, Policy } from './plant.ts';

/** What frames meet where nobody schedules: the newest is computed, whole, as soon as the machine is free. */
export function noSchedulerPolicy({ frames }: Fate): Policy {
  return new Queue(frames, {
    refuses: ({ isAsked }) => (isAsked ? undefined : 'decimated'),
    levelOf: () => 0,
  });
}

/** Which frames are computed, at which level, and when the level or the cadence is another one. */
export type Plan = Readonly<{
  levels: ReadonlyMap<number, number>;
  /** The cadence that each frame is planned under: 1 is every one. */
  everyOf: (frame: Frame) => number;
}>;

export function planPolicy({ frames }: Fate, { levels, everyOf }: Plan): Policy {
  return new Queue(frames, {
    refuses: (frame) => {
      if (levels.has(frame.id)) return undefined;
      return !frame.isAsked || everyOf(frame) > 1 ? 'decimated' : 'stale';
    },
    levelOf: ({ id }) => levels.get(id) ?? 0,
    everyOf,
  });
}

type Rules = Readonly<{
  refuses: (frame: Frame) => BudgetDropReason | undefined;
  levelOf: (frame: Frame) => number;
  everyOf?: (frame: Frame) => number;
}>;

/** Computes what it doesn't refuse, one at a time; of what waits, the newest. */
class Queue implements Policy {
  readonly waiting = 1;
  readonly #frames: readonly Frame[];
  readonly #rules: Rules;
  #waiting: number | undefined;
  #computing: number | undefined;
  #level = 0;
  #every = 1;
  #isHidden = false;
  #isLost = false;

  constructor(frames: readonly Frame[], rules: Rules) {
    this.#frames = frames;
    this.#rules = rules;
  }

  handle(event: BudgetEvent): readonly PlantAction[] {
    switch (event.type) {
      case 'arrive':
        return this.#arrive(this.#frames[event.id]!);
      case 'done':
      case 'failed':
        this.#computing = undefined;
        return event.type === 'done'
          ? this.#next()
          : [{ type: 'close', id: event.id, reason: 'failed' }, ...this.#next()];
      case 'visible':
        this.#isHidden = !event.visible;
        return this.#isHidden ? this.#closeWaiting('hidden') : this.#next();
      case 'lost':
        this.#isLost = true;
        return [];
      case 'restored':
        this.#isLost = false;
        return this.#next();
      case 'stop':
        return this.#closeWaiting('stopped');
      default:
        return [];
    }
  }

  #arrive(frame: Frame): readonly PlantAction[] {
    const reason = this.#isHidden ? 'hidden' : this.#rules.refuses(frame);
    if (reason !== undefined) return [{ type: 'close', id: frame.id, reason }];
    const replaced = this.#closeWaiting('replaced');
    this.#waiting = frame.id;
    return [...replaced, ...this.#next()];
  }

  #next(): readonly PlantAction[] {
    const id = this.#waiting;
    if (id === undefined || this.#computing !== undefined || this.#isLost) return [];
    this.#waiting = undefined;
    this.#computing = id;
    return [...this.#climb(this.#frames[id]!), { type: 'submit', id, level: this.#level }];
  }

  #climb(frame: Frame): readonly PlantAction[] {
    const [level, every] = [this.#rules.levelOf(frame), this.#rules.everyOf?.(frame) ?? 1];
    const actions: PlantAction[] = [];
    if (level !== this.#level) actions.push({ type: 'setLevel', level });
    if (every !== this.#every) actions.push({ type: 'setDecimation', every });
    this.#level = level;
    this.#every = every;
    return actions;
  }

  #closeWaiting(reason: BudgetDropReason): readonly PlantAction[] {
    const id = this.#waiting;
    this.#waiting = undefined;
    return id === undefined ? [] : [{ type: 'close', id, reason }];
  }
}
