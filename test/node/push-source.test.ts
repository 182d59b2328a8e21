import { expect, test } from 'vitest';
import { isSettled, Ledger } from '../../src/core/ledger.ts';
import type { FrameLease } from '../../src/frames/frame-lease.ts';
import { PushSource } from '../../src/frames/worker/push-source.ts';
import { FakeFrame } from './fakes/fake-frame.ts';

test('frames that the page sends reach whoever listens; all others are closed', () => {
  const ledger = new Ledger();
  const source = new PushSource(ledger);
  const leases: FrameLease[] = [];
  const send = (timestampUs: number): FakeFrame => {
    const frame = new FakeFrame();
    source.push(frame.asVideoFrame, timestampUs);
    return frame;
  };

  const early = send(1);
  const stop = source.start({ frame: (lease) => leases.push(lease), end: () => expect.unreachable() });
  const taken = send(2);
  stop();
  stop();
  const late = send(3);

  expect([early, taken, late].map(({ closed }) => closed)).toEqual([1, 0, 1]);
  expect(leases.map(({ timestampUs }) => timestampUs)).toEqual([2]);
  expect(leases[0]!.frame).toBe(taken);
  leases[0]!.release();
  expect(isSettled(ledger.balance())).toBe(true);
});
