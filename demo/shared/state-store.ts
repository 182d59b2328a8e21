/** A page's state: one immutable value, changed only through `update`, read through `select`. */
import { BehaviorSubject, distinctUntilChanged, map, type Observable } from 'rxjs';

export class StateStore<State> {
  readonly #state$: BehaviorSubject<State>;

  constructor(initial: State) {
    this.#state$ = new BehaviorSubject(initial);
  }

  get state(): State {
    return this.#state$.value;
  }

  update(change: Partial<State>): void {
    this.#state$.next({ ...this.state, ...change });
  }

  /**
   * Emits at once, and then only when the selected part is another value. It reads the state of now, not
   * the one emitted: where a listener changes the state, the older one reaches later listeners last.
   */
  select<T>(part: (state: State) => T): Observable<T> {
    return this.#state$.pipe(
      map(() => part(this.state)),
      distinctUntilChanged(),
    );
  }
}
