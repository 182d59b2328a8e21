import { take } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { PipelineError } from '../../src/core/errors.ts';
import { isSettled, Ledger } from '../../src/core/ledger.ts';
import type { FrameLease } from '../../src/frames/frame-lease.ts';
import type { FrameSource } from '../../src/frames/frame-source.ts';
import { framesFrom } from '../../src/rx/frames-from.ts';
import { FakeSource } from './fakes/fake-source.ts';

function listen() {
  const ledger = new Ledger();
  const source = new FakeSource(ledger);
  const leases: FrameLease[] = [];
  const endings: unknown[] = [];
  const frames = framesFrom(source);
  const subscribe = () =>
    frames.subscribe({
      next: (lease) => leases.push(lease),
      error: (error) => endings.push(error),
      complete: () => endings.push('complete'),
    });
  return { ledger, source, leases, endings, frames, subscribe };
}

describe('framesFrom', () => {
  test('starts the source when it is subscribed, and hands out owned leases', () => {
    const { ledger, source, leases, subscribe } = listen();
    expect(source.starts).toBe(0);
    const subscription = subscribe();
    expect(source.starts).toBe(1);
    const frame = source.send();
    expect(leases.map((lease) => lease.frame)).toEqual([frame]);
    expect(frame.closed).toBe(0);
    leases[0]!.release();
    subscription.unsubscribe();
    expect(isSettled(ledger.balance())).toBe(true);
  });

  test('stops the source when it is unsubscribed, and closes what comes after', () => {
    const { ledger, source, leases, endings, subscribe } = listen();
    const subscription = subscribe();
    subscription.unsubscribe();
    subscription.unsubscribe();
    expect(source.stops).toBe(1);
    expect(source.send().closed).toBe(1);
    source.end();
    expect(leases).toEqual([]);
    expect(endings).toEqual([]);
    expect(isSettled(ledger.balance())).toBe(true);
  });

  test('completes with the source, stops it, and closes what comes after', () => {
    const { ledger, source, endings, subscribe } = listen();
    subscribe();
    source.end();
    expect(endings).toEqual(['complete']);
    expect(source.stops).toBe(1);
    expect(source.send().closed).toBe(1);
    expect(isSettled(ledger.balance())).toBe(true);
  });

  test('errors with the source, and stops it', () => {
    const { source, endings, subscribe } = listen();
    subscribe();
    const error = new PipelineError('track-ended', 'gone');
    source.end(error);
    expect(endings).toEqual([error]);
    expect(source.stops).toBe(1);
    expect(source.send().closed).toBe(1);
  });

  test('closes what the source sends on, when its listener has had enough', () => {
    const { ledger, source, frames } = listen();
    frames.pipe(take(1)).subscribe((lease) => lease.release());
    expect([source.send(), source.send()].map(({ closed }) => closed)).toEqual([1, 1]);
    expect(source.stops).toBe(1);
    expect(isSettled(ledger.balance())).toBe(true);
  });

  test('a source that can not start is an error of the stream', () => {
    const errors: unknown[] = [];
    const broken: FrameSource = {
      start: () => {
        throw new TypeError('this worker has no MediaStreamTrackProcessor');
      },
    };
    framesFrom(broken).subscribe({ error: (error) => errors.push(error) });
    expect(errors).toEqual([new TypeError('this worker has no MediaStreamTrackProcessor')]);
  });
});
