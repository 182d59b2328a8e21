/** framesFrom into latestFrame under random schedules: every frame is closed exactly once, whatever happens when. */
import fc from 'fast-check';
import type { Subscription } from 'rxjs';
import { expect, test } from 'vitest';
import { PipelineError } from '../../src/core/errors.ts';
import { isSettled, Ledger } from '../../src/core/ledger.ts';
import { FrameAccount } from '../../src/frames/frame-account.ts';
import type { FrameLease } from '../../src/frames/frame-lease.ts';
import { framesFrom } from '../../src/rx/frames-from.ts';
import { latestFrame } from '../../src/rx/latest-frame.ts';
import { deferred, settled, type Deferred } from './fakes/deferred.ts';
import { FakeSource } from './fakes/fake-source.ts';

type Action = 'send' | 'done' | 'fail' | 'wait' | 'end' | 'break' | 'unsubscribe';

/** One run of the pipeline, an action at a time. */
class Run {
  readonly ledger = new Ledger();
  readonly source = new FakeSource(this.ledger);
  readonly account = new FrameAccount();
  readonly endings: string[] = [];
  readonly #jobs: Deferred<void>[] = [];
  readonly #subscription: Subscription;
  #working = 0;
  #worked = 0;
  #isOpen = true;
  mostAtOnce = 0;
  results = 0;

  constructor() {
    this.#subscription = framesFrom(this.source)
      .pipe(
        latestFrame((lease) => this.#work(lease), {
          onDrop: (reason) => this.account.drop(reason),
        }),
      )
      .subscribe({
        next: () => this.results++,
        error: () => this.endings.push('error'),
        complete: () => this.endings.push('complete'),
      });
  }

  get worked(): number {
    return this.#worked;
  }

  async act(action: Action): Promise<void> {
    switch (action) {
      case 'send':
        // After the end nobody counts a frame; it is only closed.
        if (this.#isOpen && !this.#subscription.closed) this.account.arrive();
        this.source.send();
        return;
      case 'done':
        this.#jobs.shift()?.resolve();
        return;
      case 'fail':
        this.#jobs.shift()?.reject(new Error('failed'));
        return;
      case 'wait':
        return settled();
      case 'end':
        this.#isOpen = false;
        this.source.end();
        return;
      case 'break':
        this.#isOpen = false;
        this.source.end(new PipelineError('track-ended', 'gone'));
        return;
      case 'unsubscribe':
        this.#subscription.unsubscribe();
        return;
    }
  }

  /** Lets all work end, then everything else. */
  async finish(): Promise<void> {
    this.#subscription.unsubscribe();
    while (this.#jobs.length > 0) {
      await this.act('done');
      await settled();
    }
  }

  async #work(lease: FrameLease): Promise<void> {
    const job = deferred();
    this.#jobs.push(job);
    this.#worked++;
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#working);
    try {
      await job.promise;
      this.account.show();
    } catch (error) {
      this.account.drop('failed');
      throw error;
    } finally {
      this.#working--;
      lease.release();
    }
  }
}

const usual = fc.constantFrom<Action>('send', 'send', 'send', 'done', 'done', 'wait');
const rare = fc.constantFrom<Action>('fail', 'end', 'break', 'unsubscribe');
const schedule = fc.array(fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: rare }), {
  minLength: 1,
  maxLength: 40,
});

test('every frame is closed once, one is worked on at a time, and the account adds up', async () => {
  await fc.assert(
    fc.asyncProperty(schedule, async (actions) => {
      const run = new Run();
      for (const action of actions) {
        await run.act(action);
        const { arrived, shown, dropped, pending } = run.account.counts();
        expect(arrived).toBe(shown + dropped + pending);
        expect(pending).toBeLessThanOrEqual(2);
      }
      await run.finish();
      expect(run.source.frames.map(({ closed }) => closed)).toEqual(run.source.frames.map(() => 1));
      expect(isSettled(run.ledger.balance())).toBe(true);
      expect(run.mostAtOnce).toBeLessThanOrEqual(1);
      expect(run.source.stops).toBe(1);
      expect(run.endings.length).toBeLessThanOrEqual(1);
      const { shown, dropped, droppedBy, pending } = run.account.counts();
      expect(pending).toBe(0);
      expect(run.worked).toBe(shown + droppedBy.failed);
      expect(dropped).toBe(droppedBy.replaced + droppedBy.stopped + droppedBy.failed);
      expect(run.results).toBeLessThanOrEqual(shown);
    }),
    { numRuns: 300 },
  );
});
