/**
 * Leases in marbles. Beside what is emitted, a row shows when each frame is closed: 'a' by `work` at its end, or by the
 * operator that dropped it; 'A' is a clone of 'a'.
 */
import { map, Observable, Subject, timer } from 'rxjs';
import { TestScheduler, type RunHelpers } from 'rxjs/testing';
import { expect } from 'vitest';
import { isSettled, Ledger } from '../../../src/core/ledger.ts';
import { FrameLease } from '../../../src/frames/frame-lease.ts';
import { FakeFrame } from './fake-frame.ts';

export class NamedFrame extends FakeFrame {
  readonly name: string;

  constructor(name: string, timestampUs: number, onClose: () => void) {
    super(timestampUs, onClose);
    this.name = name;
  }
}

/** As a VideoFrame: every handle is closed by itself. */
class ClonableFrame extends NamedFrame {
  readonly #make: (name: string) => NamedFrame;

  constructor(name: string, timestampUs: number, onClose: () => void, make: (name: string) => NamedFrame) {
    super(name, timestampUs, onClose);
    this.#make = make;
  }

  clone(): NamedFrame {
    if (this.closed > 0) throw new Error(`frame ${this.name} was cloned after it was closed`);
    return this.#make(this.name.toUpperCase());
  }
}

export type NamedLease = FrameLease<NamedFrame>;

/** A source that sends all at once, and never asks whether anybody still listens. */
export function stubborn<T>(values: readonly T[]): Observable<T> {
  return new Observable((subscriber) => {
    for (const value of values) subscriber.next(value);
    subscriber.complete();
  });
}

/** A promise in the scheduler's own time: a real one would settle when the virtual run is over. */
export function after<T>(frames: number, value: () => T): Promise<T> {
  const then = (done: (value: T) => void, failed: (error: unknown) => void) =>
    timer(frames).subscribe(() => {
      let result: T;
      try {
        result = value();
      } catch (error) {
        failed(error);
        return;
      }
      done(result);
    });
  return { then } as unknown as Promise<T>;
}

export type FrameScene = RunHelpers &
  Readonly<{
    scheduler: TestScheduler;
    /** A frame of this name. */
    lease: (name: string) => NamedLease;
    /** A cold source of frames with these names, each subscription with frames of its own. */
    leases: (marbles: string) => Observable<NamedLease>;
    /** Takes this long, then closes the frame and gives its name as a capital, or fails. */
    work: (frames: number, failing?: string) => (lease: NamedLease) => Promise<string>;
    /** The names of frames, when they are closed. */
    closed: Subject<string>;
    onDrop: (reason: string) => void;
  }>;

/**
 * Runs in virtual time, then checks that every frame was closed once. Frames can be cloned, unless `shared` says that they
 * are like an ImageBitmap.
 * @returns the reasons of all drops, in order.
 */
export function frameScene(play: (scene: FrameScene) => void, { shared = false } = {}): string[] {
  const ledger = new Ledger();
  const frames: NamedFrame[] = [];
  const drops: string[] = [];
  const scheduler = new TestScheduler((actual, expected) => {
    expect(actual).toEqual(expected);
  });
  scheduler.run((helpers) => {
    const closed = new Subject<string>();
    const make = (name: string): NamedFrame => {
      const [nowUs, onClose] = [scheduler.now() * 1000, () => closed.next(name)];
      const frame = shared
        ? new NamedFrame(name, nowUs, onClose)
        : new ClonableFrame(name, nowUs, onClose, make);
      frames.push(frame);
      return frame;
    };
    const lease = (name: string): NamedLease => {
      const frame = make(name);
      return new FrameLease(frame, frame.timestamp, ledger);
    };
    play({
      ...helpers,
      scheduler,
      lease,
      leases: (marbles) => helpers.cold(marbles).pipe(map(lease)),
      work:
        (taken, failing = '') =>
        (one) =>
          after(taken, () => {
            const { name } = one.frame;
            one.release();
            if (failing.includes(name)) throw new Error(`no ${name}`);
            return name.toUpperCase();
          }),
      closed,
      onDrop: (reason) => drops.push(reason),
    });
  });
  expect(frames.map(({ name, closed }) => [name, closed])).toEqual(frames.map(({ name }) => [name, 1]));
  expect(isSettled(ledger.balance())).toBe(true);
  return drops;
}
