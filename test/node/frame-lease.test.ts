import { describe, expect, test } from 'vitest';
import { isSettled, Ledger } from '../../src/core/ledger.ts';
import { FrameLease } from '../../src/frames/frame-lease.ts';
import { FakeFrame } from './fakes/fake-frame.ts';

const leased = () => {
  const [ledger, frame] = [new Ledger(), new FakeFrame(40_000)];
  return { ledger, frame, lease: new FrameLease(frame, frame.timestamp, ledger) };
};

describe('a lease', () => {
  test('lends its frame until it is released, which closes it once', () => {
    const { ledger, frame, lease } = leased();
    expect(lease.frame).toBe(frame);
    expect(lease.timestampUs).toBe(40_000);
    expect(ledger.balance().frames).toBe(1);
    lease.release();
    expect(frame.closed).toBe(1);
    expect(isSettled(ledger.balance())).toBe(true);
  });

  test('released twice throws, and closes nothing more', () => {
    const { ledger, frame, lease } = leased();
    lease.release();
    expect(() => lease.release()).toThrow('frame lease: released twice');
    expect(() => lease.frame).toThrow('frame lease: used after it was released');
    expect(() => lease.move()).toThrow('frame lease: used after it was released');
    expect(frame.closed).toBe(1);
    expect(isSettled(ledger.balance())).toBe(true);
  });

  test('moved ends the old holder, and the new one closes the frame', () => {
    const { ledger, frame, lease } = leased();
    const next = lease.move();
    expect(ledger.balance().frames).toBe(1);
    expect(() => lease.frame).toThrow('frame lease: used after');
    expect(() => lease.release()).toThrow('or after it was moved');
    expect(() => lease.move()).toThrow('frame lease: used after');
    expect(frame.closed).toBe(0);
    expect(next.frame).toBe(frame);
    expect(next.timestampUs).toBe(40_000);
    next.release();
    expect(frame.closed).toBe(1);
    expect(isSettled(ledger.balance())).toBe(true);
  });

  test('counts as given back even when closing fails', () => {
    const ledger = new Ledger();
    const lease = new FrameLease(
      new FakeFrame(0, () => {
        throw new Error('detached');
      }),
      0,
      ledger,
    );
    expect(() => lease.release()).toThrow('detached');
    expect(isSettled(ledger.balance())).toBe(true);
  });
});

/** As a VideoFrame: each handle is closed by itself. */
class ClonableFrame extends FakeFrame {
  readonly clones: ClonableFrame[] = [];

  clone(): ClonableFrame {
    const clone = new ClonableFrame(this.timestamp);
    this.clones.push(clone);
    return clone;
  }
}

describe('a cloned lease', () => {
  test('has a frame of its own, where frames can be cloned', () => {
    const [ledger, frame] = [new Ledger(), new ClonableFrame(40_000)];
    const lease = new FrameLease<ClonableFrame>(frame, frame.timestamp, ledger);
    const second = lease.clone();
    expect(second.frame).toBe(frame.clones[0]);
    expect(second.timestampUs).toBe(40_000);
    expect(ledger.balance().frames).toBe(2);
    lease.release();
    expect([frame.closed, second.frame.closed]).toEqual([1, 0]);
    second.release();
    expect([frame.closed, frame.clones[0]?.closed]).toEqual([1, 1]);
    expect(isSettled(ledger.balance())).toBe(true);
  });

  test('shares the frame otherwise, which closes with the last of its leases', () => {
    const { ledger, frame, lease } = leased();
    const second = lease.clone();
    const third = second.clone();
    expect([second.frame, third.frame]).toEqual([frame, frame]);
    expect(ledger.balance().frames).toBe(3);
    second.release();
    const moved = lease.move();
    third.release();
    expect(frame.closed).toBe(0);
    expect(() => lease.release()).toThrow('or after it was moved');
    expect(() => second.release()).toThrow('released twice');
    expect(frame.closed).toBe(0);
    moved.release();
    expect(frame.closed).toBe(1);
    expect(isSettled(ledger.balance())).toBe(true);
  });

  test('can not be had of a lease that is over, nor of a frame that refuses', () => {
    const { ledger, lease } = leased();
    lease.release();
    expect(() => lease.clone()).toThrow('frame lease: used after');
    const closed = {
      close: () => {},
      clone: (): never => {
        throw new Error('closed by somebody else');
      },
    };
    const other = new FrameLease(closed, 0, ledger);
    expect(() => other.clone()).toThrow('closed by somebody else');
    expect(ledger.balance().frames).toBe(1);
    other.release();
    expect(isSettled(ledger.balance())).toBe(true);
  });
});
