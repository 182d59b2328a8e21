/** One piece of work after the other, in the order in which they were asked for. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Resolves when nothing that was asked for before is under way, and never rejects. */
  get idle(): Promise<unknown> {
    return this.#last;
  }

  /** Begins when all before it is done, however that ended. @throws what `work` throws. */
  take<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }
}
