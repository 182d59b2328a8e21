/** The last step to a track: what is written, in which order and at which times, and every frame closed once. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Outlet, type FrameTarget } from '../../src/frames/outlet.ts';
import { streamTarget } from '../../src/frames/outlet-stream.ts';
import { deferred, settled, type Deferred } from './fakes/deferred.ts';
import { FakeVideoFrame, installVideoFrame, sentFrame } from './fakes/fake-video-frame.ts';

/** A track that takes its time where a test says so. */
class FakeTarget implements FrameTarget {
  readonly written: FakeVideoFrame[] = [];
  closings = 0;
  isStopped = false;
  /** Of writes, while it is slow. */
  readonly pending: Deferred<void>[] = [];
  isSlow = false;

  async write(frame: VideoFrame): Promise<void> {
    const own = frame as unknown as FakeVideoFrame;
    try {
      if (own.closed > 0) throw new Error('a closed frame was written');
      if (this.isSlow) {
        const wait = deferred();
        this.pending.push(wait);
        await wait.promise;
      }
      if (this.isStopped) throw new DOMException('Stream closed', 'InvalidStateError');
      this.written.push(own);
    } finally {
      own.close();
    }
  }

  async close(): Promise<void> {
    this.closings++;
  }

  get times(): readonly number[] {
    return this.written.map(({ timestamp }) => timestamp);
  }
}

/** What a MessagePort is to whoever receives. */
class FakePort {
  onmessage: ((event: { data: VideoFrame }) => void) | null = null;
  readonly receipts: unknown[] = [];
  isClosed = false;

  postMessage(message: unknown): void {
    this.receipts.push(message);
  }

  close(): void {
    this.isClosed = true;
  }

  /** As the browser does, what comes when nobody listens is gone. */
  send(frame: VideoFrame): void {
    if (this.onmessage === null || this.isClosed) frame.close();
    else this.onmessage({ data: frame });
  }

  get asPort(): MessagePort {
    return this as unknown as MessagePort;
  }
}

let target: FakeTarget;
let ended: ReturnType<typeof vi.fn<() => void>>;
let outlet: Outlet;
let nowMs: number;

beforeEach(() => {
  installVideoFrame();
  nowMs = 1000;
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  begin();
});

function begin(): void {
  target = new FakeTarget();
  ended = vi.fn<() => void>();
  outlet = new Outlet(target, { ended });
}

afterEach(async () => {
  await outlet.close();
  await settled();
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  expect(FakeVideoFrame.made.map(({ closed }) => closed)).toEqual(FakeVideoFrame.made.map(() => 1));
});

function connected(): FakePort {
  const port = new FakePort();
  outlet.connect(port.asPort);
  return port;
}

/** Sends frames of these times, `stepMs` apart on our clock. */
async function send(port: FakePort, times: readonly number[], stepMs = 33): Promise<void> {
  for (const time of times) {
    nowMs += stepMs;
    port.send(sentFrame(time));
    await settled();
  }
}

describe('an outlet', () => {
  test('writes what comes, as it is, and acknowledges every fourth', async () => {
    const port = connected();
    await send(port, [5_000_000, 5_033_000, 5_066_000, 5_099_000, 5_132_000]);
    expect(target.times).toEqual([5_000_000, 5_033_000, 5_066_000, 5_099_000, 5_132_000]);
    expect(target.written.every(({ of }) => of instanceof Uint8Array)).toBe(true);
    expect(port.receipts.length).toBe(1);
  });

  test('while a write is pending, the newest frame waits and older ones are closed', async () => {
    const port = connected();
    target.isSlow = true;
    await send(port, [1000, 2000, 3000, 4000]);
    expect(target.pending.length).toBe(1);
    target.pending[0]!.resolve();
    await settled();
    target.pending[1]!.resolve();
    await settled();
    expect(target.times).toEqual([1000, 4000]);
    expect(target.pending.length).toBe(2);
  });

  test('one frame that was overtaken is not written', async () => {
    const port = connected();
    await send(port, [1000, 34_000, 33_000, 67_000]);
    expect(target.times).toEqual([1000, 34_000, 67_000]);
  });

  test('a source that begins again goes on, as a clip that loops', async () => {
    const port = connected();
    await send(port, [0, 33_000, 66_000, 0, 33_000, 66_000, 0, 33_000, 66_000, 99_000, 132_000, 165_000]);
    expect(target.times.length).toBeGreaterThan(7);
    expect(target.times).toEqual([...new Set(target.times)].toSorted((a, b) => a - b));
    const [before, last] = target.times.slice(-2);
    expect(last! - before!).toBe(33_000);
  });
});

describe('another one who writes', () => {
  test('is heard from now on, and the one before not any more', async () => {
    const first = connected();
    await send(first, [1_000_000]);
    const second = connected();
    expect(first.isClosed).toBe(true);
    await send(first, [1_010_000]);
    await send(second, [1_066_000]);
    expect(target.times).toEqual([1_000_000, 1_066_000]);
  });

  test('its times are kept where they go on, and shifted as one where they do not', async () => {
    await send(connected(), [1_000_000]);
    await send(connected(), [1_500_000, 1_533_000], 33);
    expect(target.times).toEqual([1_000_000, 1_500_000, 1_533_000]);
    await send(connected(), [7, 40_007, 80_007], 40);
    expect(target.times.slice(3)).toEqual([1_573_000, 1_613_000, 1_653_000]);
    expect(ended).not.toHaveBeenCalled();
  });

  test('its first frame is written also where it is a little older than the last one', async () => {
    await send(connected(), [1_000_000]);
    nowMs += 500;
    outlet.blacken();
    await send(connected(), [1_495_000, 1_528_000]);
    expect(target.times).toEqual([1_000_000, 1_500_000, 1_533_000, 1_566_000]);
  });
});

describe('black', () => {
  test('comes in the size of the last frame, at the time that it is', async () => {
    const port = connected();
    nowMs += 33;
    port.send(sentFrame(1_000_000, { width: 5, height: 3 }));
    nowMs += 250;
    outlet.blacken();
    await settled();
    const black = target.written.at(-1)!;
    expect([black.isBlack, black.displayWidth, black.displayHeight, black.timestamp]).toEqual([true, 5, 3, 1_250_000]); // prettier-ignore
  });

  test('comes before any frame, and in place of one that waits', async () => {
    outlet.blacken();
    await settled();
    const [black] = target.written;
    expect([black!.isBlack, black!.displayWidth, black!.displayHeight]).toEqual([true, 640, 480]);
    const port = connected();
    target.isSlow = true;
    await send(port, [1000, 2000]);
    outlet.blacken();
    for (const one of [0, 1]) {
      target.pending[one]!.resolve();
      await settled();
    }
    expect(target.written.map(({ isBlack }) => isBlack)).toEqual([true, false, true]);
  });
});

describe('frames that pass through', () => {
  function stream() {
    let controller: ReadableStreamDefaultController<VideoFrame> | undefined;
    const cancelled = vi.fn();
    const readable = new ReadableStream<VideoFrame>({ start: (given) => { controller = given; }, cancel: cancelled }, { highWaterMark: 0 }); // prettier-ignore
    const push = async (timestamp: number) => {
      nowMs += 33;
      controller!.enqueue(sentFrame(timestamp));
      await settled();
    };
    return { readable, cancelled, push, fail: () => controller!.error(new Error('unplugged')) };
  }

  test('are written until somebody connects', async () => {
    await send(connected(), [1_000_000]);
    const raw = stream();
    outlet.passThrough(raw.readable);
    await raw.push(1_033_000);
    await raw.push(1_066_000);
    expect(target.times).toEqual([1_000_000, 1_033_000, 1_066_000]);
    const port = connected();
    expect(raw.cancelled).toHaveBeenCalledTimes(1);
    await send(port, [1_099_000]);
    expect(target.times.at(-1)).toBe(1_099_000);
  });

  test('are written until null or others, and one that comes too late is closed', async () => {
    const [first, second] = [stream(), stream()];
    outlet.passThrough(first.readable);
    outlet.passThrough(second.readable);
    expect(first.cancelled).toHaveBeenCalledTimes(1);
    await second.push(5);
    outlet.passThrough(null);
    expect(second.cancelled).toHaveBeenCalledTimes(1);
    expect(target.times).toEqual([5]);
    // Read, and on its way when nobody wants it any more.
    const third = stream();
    outlet.passThrough(third.readable);
    const late = third.push(50_000);
    outlet.passThrough(null);
    await late;
    await settled();
    expect(target.times).toEqual([5]);
  });

  test('a stream that breaks ends nothing', async () => {
    const raw = stream();
    outlet.passThrough(raw.readable);
    await raw.push(5);
    raw.fail();
    await settled();
    await send(connected(), [40_000]);
    expect(target.times).toEqual([5, 40_000]);
    expect(ended).not.toHaveBeenCalled();
  });
});

/** Each is made when it is read. */
function twoFrames(): ReadableStream<VideoFrame> {
  const times = [9, 70];
  return new ReadableStream(
    {
      pull: (to) => {
        const time = times.shift();
        if (time === undefined) to.close();
        else to.enqueue(sentFrame(time));
      },
    },
    { highWaterMark: 0 },
  );
}

describe('the end', () => {
  test('a track that was stopped is told of once, and nothing is written any more', async () => {
    const port = connected();
    await send(port, [1000]);
    target.isStopped = true;
    target.isSlow = true;
    await send(port, [34_000, 67_000]);
    target.pending[0]!.resolve();
    await settled();
    expect(ended).toHaveBeenCalledTimes(1);
    expect(port.isClosed).toBe(true);
    outlet.blacken();
    const cancelled = vi.fn();
    outlet.passThrough(new ReadableStream({ cancel: cancelled }));
    expect(cancelled).toHaveBeenCalledTimes(1);
    await send(connected(), [100_000]);
    expect(target.pending.length).toBe(1);
    expect(ended).toHaveBeenCalledTimes(1);
  });

  test('close ends the track once, closes what waits, and tells nobody', async () => {
    const port = connected();
    target.isSlow = true;
    await send(port, [1000, 2000]);
    await Promise.all([outlet.close(), outlet.close()]);
    expect(target.closings).toBe(1);
    target.isStopped = true;
    target.pending[0]!.resolve();
    await send(port, [3000]);
    expect([target.written.length, ended.mock.calls.length]).toEqual([0, 0]);
  });

  test('whatever happens, in whatever order, every frame is closed once and times go on', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('frame' as const), atUs: fc.integer({ min: 0, max: 3_000_000 }) }),
      fc.record({ kind: fc.constantFrom('connect', 'blacken', 'slow', 'fast', 'done', 'raw', 'no raw', 'stop', 'close') }), // prettier-ignore
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        begin();
        let port = connected();
        for (const one of steps) {
          nowMs += 20;
          if ('atUs' in one) port.send(sentFrame(one.atUs));
          else if (one.kind === 'connect') port = connected();
          else if (one.kind === 'blacken') outlet.blacken();
          else if (one.kind === 'raw') outlet.passThrough(twoFrames());
          else if (one.kind === 'no raw') outlet.passThrough(null);
          else if (one.kind === 'stop') target.isStopped = true;
          else if (one.kind === 'close') void outlet.close();
          else if (one.kind === 'done') target.pending.shift()?.resolve();
          else target.isSlow = one.kind === 'slow';
          await settled();
        }
        expect(target.times).toEqual([...new Set(target.times)].toSorted((a, b) => a - b));
        expect(ended.mock.calls.length).toBeLessThanOrEqual(1);
        target.isSlow = false;
        while (target.pending.length > 0) target.pending.shift()?.resolve();
        await outlet.close();
        await settled();
      }),
    );
  });
});

describe('the writable of a track', () => {
  test('closes a frame that it refuses, and ends once', async () => {
    const close = vi.fn();
    const to = streamTarget(
      new WritableStream<VideoFrame>({
        write: (frame) => {
          if (frame.timestamp === 2) throw new Error('stopped');
          frame.close();
        },
        close,
      }),
    );
    await to.write(sentFrame(1));
    await expect(to.write(sentFrame(2))).rejects.toThrow('stopped');
    await expect(to.write(sentFrame(3))).rejects.toThrow('stopped');
    await to.close();
    expect(close).not.toHaveBeenCalled();
    const other = streamTarget(new WritableStream<VideoFrame>({ close }));
    await other.close();
    await other.close();
    expect(close).toHaveBeenCalledTimes(1);
  });
});
