/** Outlets in workers of their own, and the tracks that they write to, which outlive whoever computes. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { trackGenerator, trackProcessor } from '../../src/frames/page/insertable-streams.ts';
import { SendingPort } from '../../src/frames/outlet-port.ts';
import { LiveClient } from '../../workers/live/live.client.ts';
import { brightFrame, DARKEN, seenIn, type Seen } from './watched-pipeline.ts';

let clients: LiveClient[];
beforeEach(() => {
  clients = [];
});
afterEach(() => {
  for (const client of clients) client.terminate();
});

function client(createWorker?: () => Worker): LiveClient {
  const opened = new LiveClient(createWorker);
  clients.push(opened);
  return opened;
}

type Told = ReturnType<typeof vi.fn<() => void>>;

/** A worker that computes a test pattern, by itself; what it tells is only counted. */
async function computes(outlet: MessagePort | null, { told = vi.fn<() => void>(), lock = '', on = client() }: Readonly<{ told?: Told; lock?: string; on?: LiveClient }> = {}): Promise<LiveClient> {
  const source = { kind: 'pattern', width: 64, height: 48, frameRate: 30 } as const;
  await on.open(source, outlet === null ? {} : { outlet }, DARKEN, {
    budget: { targetFps: null, degradationPreference: 'balanced', load: 0 },
    whenHidden: 'continue',
    transport: {},
    failurePolicy: 'black',
    lock,
  }, { stats: told, measurements: told, volume: told, diagnostic: told, ended: told });
  return on;
} // prettier-ignore

const fakeGenerator = () => new Worker(new URL('./fake-generator.worker.ts', import.meta.url), { type: 'module' }); // prettier-ignore

/** A way into the outlet. */
async function connect(outlet: LiveClient): Promise<SendingPort> {
  const { port1, port2 } = new MessageChannel();
  await outlet.connectOutlet(port2);
  return new SendingPort(port1);
}

describe('a track of the worker', () => {
  /** What the specification's track tells of itself; here a port. */
  type Told = Readonly<{ timestamp: number; width: number; height: number }> | 'closed';

  async function open() {
    const outlet = client(fakeGenerator);
    expect(await outlet.hasTrackGenerator()).toBe(true);
    const ended = vi.fn();
    const track = (await outlet.openOutlet(null, { ended })) as unknown as MessagePort;
    const told: Told[] = [];
    track.onmessage = ({ data }: MessageEvent<Told>) => {
      told.push(data);
    };
    const toldWhen = (count: number) =>
      vi.waitFor(() => {
        expect(told.length).toBe(count);
      });
    return { outlet, ended, track, told, toldWhen };
  }

  test('is made there, written to, and ended with the outlet', async () => {
    const { outlet, told, toldWhen, ended } = await open();
    const port = await connect(outlet);
    port.send(brightFrame(0, 1_000_000));
    port.send(brightFrame(1, 1_040_000));
    await toldWhen(2);
    await outlet.blacken();
    await toldWhen(3);
    expect(told.slice(0, 2)).toEqual([{ timestamp: 1_000_000, width: 64, height: 48 }, { timestamp: 1_040_000, width: 64, height: 48 }]); // prettier-ignore
    expect(told[2]).toMatchObject({ width: 64, height: 48 });
    await Promise.all([outlet.closeOutlet(), outlet.closeOutlet()]);
    await toldWhen(4);
    expect(told[3]).toBe('closed');
    expect(ended).not.toHaveBeenCalled();
  });

  test('that was stopped is told of once', async () => {
    const { outlet, ended, track, toldWhen } = await open();
    const port = await connect(outlet);
    port.send(brightFrame(0, 1_000_000));
    await toldWhen(1);
    track.postMessage('stop');
    for (let n = 1; n < 6; n++) port.send(brightFrame(n, 1_000_000 + 40_000 * n));
    await vi.waitFor(() => {
      expect(ended).toHaveBeenCalled();
    });
    await outlet.blacken();
    await outlet.closeOutlet();
    expect(ended).toHaveBeenCalledTimes(1);
  });

  test('is not to be had where the browser has none', async () => {
    const outlet = client();
    expect(await outlet.hasTrackGenerator()).toBe(false);
    await expect(outlet.openOutlet(null, { ended: () => undefined })).rejects.toThrow('VideoTrackGenerator');
  });
});

describe('a track of the page', () => {
  async function open() {
    const Generator = trackGenerator()!;
    const track = new Generator({ kind: 'video' });
    const Processor = trackProcessor()!;
    const reader = new Processor({ track, maxBufferSize: 50 }).readable.getReader();
    const outlet = client();
    const ended = vi.fn();
    expect(await outlet.openOutlet(track.writable, { ended })).toBeNull();
    const next = async (): Promise<Readonly<{ seen: Seen; timestamp: number }>> => {
      const { value } = await reader.read();
      const rgba = new Uint8Array(value!.allocationSize({ format: 'RGBA' }));
      await value!.copyTo(rgba, { format: 'RGBA' });
      const { timestamp } = value!;
      value!.close();
      return { seen: seenIn(rgba), timestamp };
    };
    return { outlet, ended, track, next };
  }

  test('gets what is sent, black, and what passes through', async () => {
    const { outlet, next } = await open();
    const port = await connect(outlet);
    port.send(brightFrame(0, 1_000_000));
    expect(await next()).toEqual({ seen: 'raw', timestamp: 1_000_000 });
    await outlet.blacken();
    const black = await next();
    expect(black.seen).toBe('black');
    expect(black.timestamp).toBeGreaterThan(1_000_000);
    const raw = new ReadableStream<VideoFrame>({
      start: (controller) => {
        controller.enqueue(brightFrame(1, 9));
      },
    });
    await outlet.passThrough(raw);
    const passed = await next();
    expect(passed.seen).toBe('raw');
    expect(passed.timestamp).toBeGreaterThan(black.timestamp);
    await outlet.passThrough(null);
  });

  test('outlives a worker that is killed, whose end its lock tells; another one goes on', async () => {
    const { outlet, next, track, ended } = await open();
    const frames = async (lock: string) => {
      const { port1, port2 } = new MessageChannel();
      await outlet.connectOutlet(port2);
      return computes(port1, { lock });
    };
    const first = await frames('convolux test, first');
    const seen = [await next(), await next(), await next()];
    const locks = async () => (await navigator.locks.query()).held?.map(({ name }) => name);
    expect(await locks()).toContain('convolux test, first');
    let isFree = false;
    const freed = navigator.locks.request('convolux test, first', () => {
      isFree = true;
    });
    seen.push(await next());
    expect(isFree).toBe(false);
    first.terminate();
    await freed;
    await frames('convolux test, second');
    for (let n = 0; n < 5; n++) seen.push(await next());
    const times = seen.map(({ timestamp }) => timestamp);
    expect(times).toEqual([...new Set(times)].toSorted((a, b) => a - b));
    expect([track.readyState, ended.mock.calls.length]).toEqual(['live', 0]);
  });

  test('that was stopped is told of once; without anything to write, nobody knows', async () => {
    const { outlet, ended, track } = await open();
    const port = await connect(outlet);
    track.stop();
    for (let n = 0; n < 5; n++) port.send(brightFrame(n, 40_000 * n));
    await vi.waitFor(() => {
      expect(ended).toHaveBeenCalled();
    });
    await outlet.closeOutlet();
    expect(ended).toHaveBeenCalledTimes(1);
  });

  test('frames on their way from worker to worker are no messages of the page', async () => {
    const received = vi.fn();
    const { addEventListener } = EventTarget.prototype;
    vi.spyOn(EventTarget.prototype, 'addEventListener').mockImplementation(function (this: EventTarget, ...given) {
      if (given[0] === 'message') addEventListener.call(this, 'message', received);
      addEventListener.apply(this, given);
    }); // prettier-ignore
    const { outlet, next } = await open();
    const { port1, port2 } = new MessageChannel();
    await outlet.connectOutlet(port2);
    const told = vi.fn<() => void>();
    await computes(port1, { told });
    expect(received).toHaveBeenCalled();
    await next();
    received.mockClear();
    told.mockClear();
    for (let n = 0; n < 30; n++) await next();
    // The figures, four times a second.
    expect(received.mock.calls.length).toBeLessThanOrEqual(told.mock.calls.length + 1);
    expect(told.mock.calls.length).toBeLessThan(15);
    vi.restoreAllMocks();
  });
});

describe('a worker', () => {
  test('is a pipeline or an outlet, never both, and once', async () => {
    const outlet = client(fakeGenerator);
    await outlet.openOutlet(null, { ended: () => undefined });
    await expect(outlet.openOutlet(null, { ended: () => undefined })).rejects.toThrow('invariant broken');
    await expect(computes(null, { on: outlet })).rejects.toThrow('invariant broken');
    const pipeline = await computes(null, { on: client(fakeGenerator) });
    await expect(pipeline.openOutlet(null, { ended: () => undefined })).rejects.toThrow('invariant broken');
    await expect(pipeline.blacken()).rejects.toThrow('invariant broken');
    await pipeline.closeOutlet();
  });
});
