/** The page's hand on a volume that is shown: play, pause, go to a slice. */
import { ReplaySubject, type Observable } from 'rxjs';
import type { LiveClient, VolumeState } from '../../workers/live/live.client.ts';
import { checkInteger } from '../core/check.ts';

export type { VolumeState } from '../../workers/live/live.client.ts';

export interface VolumeControl {
  /** Which slice is shown, of how many, and whether it plays: now, and at each change. Ends with the pipeline. */
  readonly state$: Observable<VolumeState>;
  /** Slice after slice, and from the last to the first. @throws PipelineError `aborted` as long as it does not run. */
  play(): Promise<void>;
  /** Stays at the slice that is shown. @throws PipelineError `aborted` as long as it does not run. */
  pause(): Promise<void>;
  /**
   * Shows slice `slice`, 0 to slices − 1, as a filter that sees those around it shows it; of several calls the newest wins.
   * @throws TypeError | RangeError when there is no such slice. @throws PipelineError `aborted` as long as it does not run.
   */
  goTo(slice: number): Promise<void>;
}

/** Owned by the session, which tells it what the worker says. */
export class LiveVolumeControl implements VolumeControl {
  readonly #state$ = new ReplaySubject<VolumeState>(1);
  #now: VolumeState | null = null;
  readonly #client: () => LiveClient;
  readonly #slices: () => number;

  /** @param client throws while nothing runs. @param slices how many there are. */
  constructor(client: () => LiveClient, slices: () => number) {
    this.#client = client;
    this.#slices = slices;
  }

  get state$(): Observable<VolumeState> {
    return this.#state$.asObservable();
  }

  /** What was last told; null before. */
  get now(): VolumeState | null {
    return this.#now;
  }

  async play(): Promise<void> {
    await this.#client().volume({ type: 'play' });
  }

  async pause(): Promise<void> {
    await this.#client().volume({ type: 'pause' });
  }

  async goTo(slice: number): Promise<void> {
    const client = this.#client();
    checkInteger('slice', slice, { min: 0, max: this.#slices() - 1 });
    await client.volume({ type: 'go', slice });
  }

  tell(state: VolumeState): void {
    this.#now = state;
    this.#state$.next(state);
  }

  end(): void {
    this.#state$.complete();
  }
}
