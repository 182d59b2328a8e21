/** A track in the worker, with a processor in the specification's shape. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { isSettled, Ledger } from '../../src/core/ledger.ts';
import type { FrameLease } from '../../src/frames/frame-lease.ts';
import { hasTrackProcessor, TrackSource } from '../../src/frames/worker/track-source.ts';
import { settled } from './fakes/deferred.ts';
import { FakeFrame } from './fakes/fake-frame.ts';

const track = () => ({ stop: vi.fn() });

/** https://w3c.github.io/mediacapture-transform/#track-processor: `new (init)`, then `readable`. */
function installProcessor() {
  const inits: { track: unknown; maxBufferSize: number }[] = [];
  const cancelled = vi.fn();
  let controller: ReadableStreamDefaultController<VideoFrame> | undefined;
  class Processor {
    readonly readable: ReadableStream<VideoFrame>;

    constructor(init: { track: unknown; maxBufferSize: number }) {
      inits.push(init);
      this.readable = new ReadableStream<VideoFrame>(
        {
          start: (given) => {
            controller = given;
          },
          cancel: cancelled,
        },
        { highWaterMark: 0 },
      );
    }
  }
  vi.stubGlobal('MediaStreamTrackProcessor', Processor);
  return { inits, cancelled, send: (frame: FakeFrame) => controller!.enqueue(frame.asVideoFrame), close: () => controller!.close() }; // prettier-ignore
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('TrackSource', () => {
  test('asks for one frame at most to wait, and reads the track', async () => {
    const { inits, send } = installProcessor();
    expect(hasTrackProcessor()).toBe(true);
    const [ledger, own, leases] = [new Ledger(), track(), [] as FrameLease[]];
    const stop = new TrackSource(own, ledger).start({ frame: (lease) => leases.push(lease), end: () => {} });
    expect(inits).toEqual([{ track: own, maxBufferSize: 1 }]);
    expect(inits[0]!.track).toBe(own);
    const frame = new FakeFrame(40_000);
    send(frame);
    await settled();
    expect(leases.map((lease) => [lease.frame, lease.timestampUs])).toEqual([[frame, 40_000]]);
    leases[0]!.release();
    stop();
    expect(isSettled(ledger.balance())).toBe(true);
  });

  test('a track that can not be read is refused, and stopped', () => {
    const refused = new TypeError('the track has ended');
    const Refusing = vi.fn(function refuse() {
      throw refused;
    });
    vi.stubGlobal('MediaStreamTrackProcessor', Refusing);
    const own = track();
    const start = () => new TrackSource(own, new Ledger()).start({ frame: () => {}, end: () => {} });
    expect(start).toThrow(refused);
    expect(own.stop).toHaveBeenCalledTimes(1);
    vi.stubGlobal('MediaStreamTrackProcessor', undefined);
    expect(start).toThrow('no MediaStreamTrackProcessor');
    expect(own.stop).toHaveBeenCalledTimes(2);
  });

  test('stopped, it cancels the stream and stops the track', async () => {
    const { cancelled } = installProcessor();
    const own = track();
    const stop = new TrackSource(own, new Ledger()).start({
      frame: () => expect.unreachable(),
      end: () => expect.unreachable(),
    });
    expect(own.stop).not.toHaveBeenCalled();
    stop();
    await settled();
    expect(cancelled).toHaveBeenCalledTimes(1);
    expect(own.stop).toHaveBeenCalled();
  });

  test('tells when the track ends', async () => {
    const { close } = installProcessor();
    const end = vi.fn();
    new TrackSource(track(), new Ledger()).start({ frame: () => expect.unreachable(), end });
    close();
    await settled();
    expect(end.mock.calls).toMatchObject([[{ code: 'track-ended' }]]);
  });

  test('without a processor it can not start, and says so', () => {
    expect(hasTrackProcessor()).toBe(false);
    const own = track();
    const source = new TrackSource(own, new Ledger());
    expect(() => source.start({ frame: () => {}, end: () => {} })).toThrow(
      new TypeError('this worker has no MediaStreamTrackProcessor'),
    );
  });
});
