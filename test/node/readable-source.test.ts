/** Frames from a real ReadableStream: read one at a time, closed when nobody wants them. */
import { describe, expect, test } from 'vitest';
import type { PipelineError } from '../../src/core/errors.ts';
import { isSettled, Ledger } from '../../src/core/ledger.ts';
import type { FrameLease } from '../../src/frames/frame-lease.ts';
import { ReadableSource } from '../../src/frames/worker/readable-source.ts';
import { settled } from './fakes/deferred.ts';
import { FakeFrame } from './fakes/fake-frame.ts';

/** A stream that makes frames when it is asked to, as a track processor's does. */
class FrameStream {
  pulls = 0;
  readonly cancels: unknown[] = [];
  readonly readable: ReadableStream<VideoFrame>;
  controller: ReadableStreamDefaultController<VideoFrame> | undefined;

  constructor() {
    this.readable = new ReadableStream<VideoFrame>(
      {
        start: (controller) => {
          this.controller = controller;
        },
        pull: () => {
          this.pulls++;
        },
        cancel: (reason) => {
          this.cancels.push(reason);
        },
      },
      { highWaterMark: 0 },
    );
  }

  send(timestamp = 0): FakeFrame {
    const frame = new FakeFrame(timestamp);
    this.controller!.enqueue(frame.asVideoFrame);
    return frame;
  }
}

function started() {
  const ledger = new Ledger();
  const stream = new FrameStream();
  const leases: FrameLease[] = [];
  const endings: (PipelineError | null)[] = [];
  const stop = new ReadableSource(stream.readable, ledger).start({
    frame: (lease) => leases.push(lease),
    end: (error) => endings.push(error),
  });
  return { ledger, stream, leases, endings, stop };
}

describe('ReadableSource', () => {
  test('hands out each frame with its timestamp, owned', async () => {
    const { ledger, stream, leases, stop } = started();
    const sent = [stream.send(33_333), stream.send(66_667)];
    await settled();
    expect(leases.map(({ timestampUs }) => timestampUs)).toEqual([33_333, 66_667]);
    expect(leases.map(({ frame }) => frame)).toEqual(sent);
    expect(sent.map(({ closed }) => closed)).toEqual([0, 0]);
    leases.forEach((lease) => lease.release());
    stop();
    expect(isSettled(ledger.balance())).toBe(true);
  });

  test('keeps one read outstanding, no more', async () => {
    const { stream, leases } = started();
    await settled();
    expect(stream.pulls).toBe(1);
    for (const reads of [2, 3, 4]) {
      stream.send();
      await settled();
      expect(stream.pulls).toBe(reads);
    }
    leases.forEach((lease) => lease.release());
  });

  test('stopped, it cancels the stream once and tells nothing more', async () => {
    const { ledger, stream, leases, endings, stop } = started();
    await settled();
    stop();
    stop();
    await settled();
    expect(stream.cancels).toHaveLength(1);
    expect(endings).toEqual([]);
    expect(leases).toEqual([]);
    expect(isSettled(ledger.balance())).toBe(true);
  });

  test('closes a frame that was on its way when it was stopped', async () => {
    const { ledger, stream, leases, endings, stop } = started();
    await settled();
    const late = stream.send();
    stop();
    await settled();
    expect(late.closed).toBe(1);
    expect(leases).toEqual([]);
    expect(endings).toEqual([]);
    expect(isSettled(ledger.balance())).toBe(true);
  });

  test('a stream that ends is a track that ended, told once', async () => {
    const { stream, endings, stop } = started();
    stream.controller!.close();
    await settled();
    expect(endings).toMatchObject([{ name: 'PipelineError', code: 'track-ended', recoverable: true }]);
    stop();
    await settled();
    expect(endings).toHaveLength(1);
  });

  test('an error of the stream is a track that ended, with its cause', async () => {
    const { ledger, stream, endings, stop } = started();
    const cause = new DOMException('unplugged', 'InvalidStateError');
    stream.controller!.error(cause);
    await settled();
    expect(endings).toMatchObject([{ code: 'track-ended', cause }]);
    // The stream can't be cancelled any more: that stays between the two.
    stop();
    await settled();
    expect(endings).toHaveLength(1);
    expect(isSettled(ledger.balance())).toBe(true);
  });

  test('takes the frames that came before the end', async () => {
    const { stream, leases, endings } = started();
    stream.send(1);
    stream.controller!.close();
    await settled();
    expect(leases.map(({ timestampUs }) => timestampUs)).toEqual([1]);
    expect(endings).toHaveLength(1);
    leases[0]!.release();
  });
});
