/** What is shown in place of a filtered picture, by each policy, and when. */
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { Ledger } from '../../src/core/ledger.ts';
import { FAILURE_POLICIES } from '../../src/frames/failure-policy.ts';
import { FrameLease } from '../../src/frames/frame-lease.ts';
import { Sinks } from '../../src/frames/worker/sinks.ts';
import { StandIn } from '../../src/frames/worker/stand-in.ts';
import { FakeFrame } from './fakes/fake-frame.ts';
import { FakeSink } from './fakes/fake-sink.ts';

const STEP_US = 33_000;
let sink: FakeSink;
let faults: unknown[];
let cameUs: number;

beforeEach(() => {
  sink = new FakeSink();
  faults = [];
  cameUs = 1_000_000;
});

const standIn = (policy: (typeof FAILURE_POLICIES)[number]) =>
  new StandIn(policy, new Sinks({ video: sink }), (error) => faults.push(error));

function arrive(to: StandIn, isBusy = false): FakeFrame {
  cameUs += STEP_US;
  const frame = new FakeFrame(cameUs);
  const lease = new FrameLease(frame.asVideoFrame, cameUs, new Ledger());
  to.arrived(lease, isBusy);
  expect(frame.closed).toBe(0);
  lease.release();
  return frame;
}

const black = () => sink.showBlack.mock.calls.map(([as]) => as.timestampUs);
const raw = () => sink.showFrame.mock.calls.map(([, as]) => as.timestampUs);

describe.each(FAILURE_POLICIES)("'%s'", (policy) => {
  test('while all is well, nothing is shown in place of anything', () => {
    const to = standIn(policy);
    for (let n = 0; n < 5; n++) {
      arrive(to);
      to.shown(cameUs);
    }
    expect([black(), raw()]).toEqual([[], []]);
  });

  test('from a fault on until a picture is shown', () => {
    const to = standIn(policy);
    arrive(to);
    to.shown(cameUs);
    arrive(to);
    to.failed();
    arrive(to);
    to.failed();
    const last = cameUs;
    arrive(to);
    to.shown(cameUs);
    arrive(to);
    const [failedAt, nextAt, lastAt] = [last - STEP_US - 2000, last - 2000, last + STEP_US - 2000];
    expect(black()).toEqual(policy === 'black' ? [failedAt, nextAt, nextAt, lastAt] : []);
    // At their own times: whoever asked for them has them as they came.
    expect(raw()).toEqual(policy === 'passthrough' ? [last, last + STEP_US] : []);
  });

  test('not while one before may still be shown, unless the device is away', () => {
    const to = standIn(policy);
    arrive(to);
    to.failed();
    arrive(to, true);
    expect(raw()).toEqual([]);
    to.lost();
    arrive(to, true);
    arrive(to, true);
    expect(raw().length).toBe(policy === 'passthrough' ? 2 : 0);
    expect(black().length).toBe(policy === 'black' ? 4 : 0);
    to.shown(cameUs);
    arrive(to);
    expect(black().length + raw().length).toBe({ freeze: 0, black: 4, passthrough: 2 }[policy]);
  });

  test('a device that is back has a picture coming', () => {
    const to = standIn(policy);
    arrive(to);
    to.lost();
    arrive(to, true);
    to.restored();
    const before = black().length + raw().length;
    arrive(to);
    arrive(to, true);
    arrive(to, true);
    expect(black().length + raw().length - before).toBe(policy === 'freeze' ? 0 : 1);
  });

  test('a device that goes away is told of at once, and once', () => {
    const to = standIn(policy);
    arrive(to);
    to.shown(cameUs);
    to.lost();
    to.lost();
    to.failed();
    // After the picture that was shown last.
    expect(black()).toEqual(policy === 'black' ? [cameUs + 2000] : []);
    expect(raw()).toEqual([]);
  });

  test('before any frame came there is nothing to show', () => {
    const to = standIn(policy);
    to.lost();
    to.failed();
    expect([black(), raw()]).toEqual([[], []]);
  });
});

test('frames have the size that they are displayed in, pictures of other kinds their own', () => {
  const to = standIn('black');
  const shown = (frame: object) => {
    const lease = new FrameLease(
      { ...frame, close: () => undefined } as unknown as VideoFrame,
      5,
      new Ledger(),
    );
    to.arrived(lease, false);
    to.failed();
    lease.release();
    return sink.showBlack.mock.lastCall![0];
  };
  expect(shown({ displayWidth: 40, displayHeight: 30, codedWidth: 80 })).toMatchObject({
    width: 40,
    height: 30,
  });
  expect(shown({ width: 20, height: 10 })).toMatchObject({ width: 20, height: 10 });
});

test('what can not be shown is told of, and ends nothing', async () => {
  const to = standIn('black');
  arrive(to);
  const refusal = new Error('no memory');
  sink.showBlack.mockRejectedValueOnce(refusal);
  to.failed();
  await vi.waitFor(() => {
    expect(faults).toEqual([refusal]);
  });
});
