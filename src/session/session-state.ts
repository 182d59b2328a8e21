/** How a pipeline goes: its states, out of what its parts tell. */
import { ReplaySubject, type Observable } from 'rxjs';
import type { PipelineError } from '../core/errors.ts';
import type { PipelineState } from './pipeline-types.ts';

/** Who may give no frames for a while. */
export type Giver = 'source' | 'worker';

export class SessionState {
  /** Replays: whoever asks after the end still hears how it ended. */
  readonly #state$ = new ReplaySubject<PipelineState>(1);
  readonly state$: Observable<PipelineState> = this.#state$.asObservable();
  #state: PipelineState = { status: 'starting' };
  #hasStarted = false;
  readonly #faults: Record<Giver, PipelineError | null> = { source: null, worker: null };
  #isPaused = false;

  constructor() {
    this.#state$.next(this.#state);
  }

  get isOver(): boolean {
    return this.#state.status === 'stopped' || this.#state.status === 'failed';
  }

  /** Everything is there. */
  started(): void {
    this.#hasStarted = true;
    this.#follow();
  }

  /** It gives no frames for now, and why; null: it does again. */
  interrupted(by: Giver, error: PipelineError | null): void {
    this.#faults[by] = error;
    this.#follow();
  }

  /** Whether it gives frames as far as it knows. */
  gives(giver: Giver): boolean {
    return this.#faults[giver] === null;
  }

  /** Nobody sees the page, and it stands still; or it goes on. */
  paused(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.#follow();
  }

  /** Once, and the last. */
  end(error: PipelineError | null): void {
    if (this.isOver) return;
    this.#tell(error === null ? { status: 'stopped' } : { status: 'failed', error });
    this.#state$.complete();
  }

  /** What was told already is not told again. */
  #follow(): void {
    if (!this.#hasStarted || this.isOver) return;
    const now = this.#state;
    const error = this.#faults.source ?? this.#faults.worker;
    if (error !== null) {
      if (now.status !== 'interrupted' || now.error !== error) this.#tell({ status: 'interrupted', error });
      return;
    }
    const status = this.#isPaused ? 'paused-hidden' : 'running';
    if (now.status !== status) this.#tell({ status });
  }

  #tell(state: PipelineState): void {
    this.#state = state;
    this.#state$.next(state);
  }
}
