/**
 * shareFrame, everyNth and latestFrame together under random schedules of frames and listeners: each frame and each clone is
 * closed exactly once, and each listener sees frames in order, none twice.
 */
import fc from 'fast-check';
import { Observable, Subject, tap, type Subscription } from 'rxjs';
import { expect, test } from 'vitest';
import { isSettled, Ledger } from '../../src/core/ledger.ts';
import { FrameLease } from '../../src/frames/frame-lease.ts';
import { everyNth } from '../../src/rx/every-nth.ts';
import { latestFrame } from '../../src/rx/latest-frame.ts';
import { shareFrame } from '../../src/rx/share-frame.ts';
import { deferred, settled, type Deferred } from './fakes/deferred.ts';
import { FakeFrame } from './fakes/fake-frame.ts';

type Lease = FrameLease<FakeFrame>;
type Listener = Readonly<{ subscription: Subscription; seen: number[]; endings: unknown[] }>;

/** One source, and listeners that come and go. */
class Hall {
  readonly ledger = new Ledger();
  readonly frames: FakeFrame[] = [];
  readonly listeners: Listener[] = [];
  readonly #clonable: boolean;
  readonly #jobs: Deferred<void>[] = [];
  readonly #shared: Observable<Lease>;
  #source = new Subject<Lease>();
  #sent = 0;
  subscriptions = 0;
  mostSubscriptions = 0;
  /** What a listener does with the next frame that it sees. */
  onFrame: () => void = () => {};

  constructor(clonable: boolean) {
    this.#clonable = clonable;
    this.#shared = new Observable<Lease>((subscriber) => {
      this.#source = new Subject();
      this.mostSubscriptions = Math.max(this.mostSubscriptions, ++this.subscriptions);
      const inner = this.#source.subscribe(subscriber);
      return () => {
        this.subscriptions--;
        inner.unsubscribe();
      };
    }).pipe(shareFrame());
  }

  get open(): number {
    return this.listeners.filter(({ subscription }) => !subscription.closed).length;
  }

  send(): void {
    if (this.#source.observed) this.#source.next(new FrameLease(this.#frame(), ++this.#sent, this.ledger));
  }

  join(n: number): void {
    const [seen, endings]: [number[], unknown[]] = [[], []];
    const work = async (lease: Lease): Promise<void> => {
      const job = deferred();
      this.#jobs.push(job);
      try {
        await job.promise;
      } finally {
        lease.release();
      }
    };
    const stream = this.#shared.pipe(
      everyNth(1 + (n % 3)),
      tap((lease) => {
        seen.push(lease.timestampUs);
        const act = this.onFrame;
        this.onFrame = () => {};
        act();
      }),
      latestFrame(work),
    );
    const subscription = stream.subscribe({
      error: (error) => endings.push(error),
      complete: () => endings.push('complete'),
    });
    this.listeners.push({ subscription, seen, endings });
  }

  leave(n: number): void {
    this.listeners[n % Math.max(1, this.listeners.length)]?.subscription.unsubscribe();
  }

  end(n: number, error?: Error): Promise<void> {
    const [job] = this.#jobs.splice(n % Math.max(1, this.#jobs.length), 1);
    if (error === undefined) job?.resolve();
    else job?.reject(error);
    return settled();
  }

  complete(): void {
    this.#source.complete();
  }

  break(): void {
    this.#source.error(new Error('unplugged'));
  }

  async finish(): Promise<void> {
    for (const { subscription } of this.listeners) subscription.unsubscribe();
    while (this.#jobs.length > 0) await this.end(0);
  }

  #frame(): FakeFrame {
    const frame = new FakeFrame();
    this.frames.push(frame);
    return this.#clonable ? Object.assign(frame, { clone: () => this.#frame() }) : frame;
  }
}

const ACTS: Readonly<Record<string, (hall: Hall, n: number) => void | Promise<void>>> = {
  send: (hall) => {
    hall.send();
  },
  join: (hall, n) => {
    hall.join(n);
  },
  leave: (hall, n) => {
    hall.leave(n);
  },
  done: (hall, n) => hall.end(n),
  fail: (hall, n) => hall.end(n, new Error('failed')),
  complete: (hall) => {
    hall.complete();
  },
  break: (hall) => {
    hall.break();
  },
  sendWithin: (hall) => {
    hall.onFrame = () => {
      hall.send();
    };
  },
  joinWithin: (hall, n) => {
    hall.onFrame = () => {
      hall.join(n);
    };
  },
  leaveWithin: (hall, n) => {
    hall.onFrame = () => {
      hall.leave(n);
    };
  },
  completeWithin: (hall) => {
    hall.onFrame = () => {
      hall.complete();
    };
  },
};

const usual = fc.constantFrom('send', 'send', 'send', 'done', 'done', 'join', 'leave');
const schedule = fc.array(
  fc.tuple(
    fc.oneof(
      { weight: 8, arbitrary: usual },
      { weight: 1, arbitrary: fc.constantFrom(...Object.keys(ACTS)) },
    ),
    fc.nat(20),
  ),
  { minLength: 1, maxLength: 60 },
);

test('every frame and clone is closed once, and every listener sees frames in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.boolean(), schedule, async (clonable, steps) => {
      const hall = new Hall(clonable);
      for (const [name, n] of steps) {
        await ACTS[name]?.(hall, n);
        expect(hall.subscriptions).toBeLessThanOrEqual(Math.min(1, hall.open));
      }
      await hall.finish();
      expect(hall.frames.map(({ closed }) => closed)).toEqual(hall.frames.map(() => 1));
      expect(isSettled(hall.ledger.balance())).toBe(true);
      expect([hall.subscriptions, hall.mostSubscriptions <= 1]).toEqual([0, true]);
      for (const { seen, endings } of hall.listeners) {
        expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
        expect(endings.length).toBeLessThanOrEqual(1);
      }
    }),
    { numRuns: 500 },
  );
});
