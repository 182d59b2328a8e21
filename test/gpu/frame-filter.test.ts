/** Live and offline: the same frames through either engine are the same bytes, for every built-in filter. */
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { filters } from '../../pipelines/index.ts';
import { WebGl2Backend } from '../../src/backends/webgl2/webgl2-backend.ts';
import { isSettled, Ledger } from '../../src/core/ledger.ts';
import { openFrameFilter, type FrameFilter } from '../../src/engine/frame-filter.ts';
import { LiveEngine } from '../../src/engine/live-engine.ts';
import { FrameLease } from '../../src/frames/frame-lease.ts';
import { ReceivingPort } from '../../src/frames/outlet-port.ts';
import { Sinks } from '../../src/frames/worker/sinks.ts';
import { TrackSink } from '../../src/frames/worker/track-sink.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { cameraTimes } from '../support/camera-sequences.ts';
import { frameOfPlanes, realPlanes, type Planes } from './real-frame.ts';

const [WIDTH, HEIGHT] = [96, 64];
const TIMES = cameraTimes(12);

let clip: readonly Planes[];
let ledger: Ledger;
beforeAll(async () => {
  const picture = await realPlanes(WIDTH + 4 * TIMES.length, HEIGHT);
  clip = TIMES.map((_, n) => part(picture, 4 * n));
});
afterEach(() => {
  expect(isSettled(ledger.balance())).toBe(true);
});

/** Panned by whole chroma samples. */
function part({ width, y, u, v }: Planes, left: number): Planes {
  const cut = (plane: Uint8Array, stride: number, from: number, columns: number) =>
    Uint8Array.from({ length: (columns * plane.length) / stride }, (_, i) => plane[Math.floor(i / columns) * stride + from + (i % columns)]!); // prettier-ignore
  const chroma = (plane: Uint8Array) => cut(plane, width / 2, left / 2, WIDTH / 2);
  return { width: WIDTH, height: HEIGHT, y: cut(y, width, left, WIDTH), u: chroma(u), v: chroma(v) };
}

const leaseOf = (n: number, timestampUs = TIMES[n]!) => new FrameLease(frameOfPlanes(clip[n]!, false), timestampUs, ledger); // prettier-ignore

type Shown = Readonly<{ format: string | null; width: number; height: number; bytes: Uint8Array }>;

/** @consumes frame */
async function shown(frame: VideoFrame): Promise<Shown> {
  const bytes = new Uint8Array(frame.allocationSize());
  await frame.copyTo(bytes);
  const { format, displayWidth: width, displayHeight: height } = frame;
  frame.close();
  return { format, width, height, bytes };
}

async function live(of: Graph): Promise<readonly Shown[]> {
  ledger = new Ledger();
  const out: Promise<Shown>[] = [];
  const { port1, port2 } = new MessageChannel();
  const outlet = new ReceivingPort(port2, (frame) => {
    out.push(shown(frame));
  });
  const engine = new LiveEngine(of, {
    openBackend: () => new WebGl2Backend({ ledger }),
    sinks: new Sinks({ video: new TrackSink(port1) }),
    transport: { upload: 'planes', outputPath: 'pixels' },
    onDiagnostic: (error) => {
      throw error;
    },
  });
  let sent = 0;
  for (const n of TIMES.keys()) {
    const run = { scale: 1, uploaded: () => undefined, computed: () => undefined };
    if ((await engine.process(leaseOf(n), run)).isShown) sent++;
  }
  await engine.dispose();
  await vi.waitFor(() => {
    expect(out.length).toBe(sent);
  });
  outlet.close();
  return Promise.all(out);
}

async function run(filter: FrameFilter, indices: Iterable<number>): Promise<readonly Shown[]> {
  const out: Shown[] = [];
  for (const n of indices) {
    const frame = await filter.run(leaseOf(n), true);
    if (frame !== null) out.push(await shown(frame));
  }
  return out;
}

async function offline(of: Graph): Promise<readonly Shown[]> {
  ledger = new Ledger();
  const filter = openFrameFilter(of, ledger);
  try {
    return await run(filter, TIMES.keys());
  } finally {
    filter.dispose();
  }
}

describe.each(filters)('$name', (filter) => {
  test('live and offline are the same, and so are two runs', async () => {
    const of = filter.build();
    const [a, b, again] = [await live(of), await offline(of), await offline(of)];
    expect(a.length).toBeGreaterThan(TIMES.length - 6);
    expect(b.length).toBe(a.length);
    expect(b).toEqual(a);
    expect(again).toEqual(b);
  });
});

describe('a filter over frames', () => {
  const trail = filters.find(({ name }) => name === 'trail')!.build();

  test('what is not shown is remembered all the same', async () => {
    const whole = await offline(trail);
    const filter = openFrameFilter(trail, ledger);
    for (let n = 0; n < 8; n++) expect(await filter.run(leaseOf(n), false)).toBeNull();
    expect(await run(filter, [8, 9])).toEqual(whole.slice(8, 10));
    filter.dispose();
  });

  test('begins anew on a new device, from the frames that it depends on', async () => {
    const whole = await offline(trail);
    const filter = openFrameFilter(trail, ledger);
    await run(filter, [0, 1, 2, 3]);
    await filter.rebuild();
    expect(await run(filter, TIMES.keys())).toEqual(whole);
    filter.dispose();
  });

  test('that is disposed takes no more: the frame is closed, and the fault says why', async () => {
    ledger = new Ledger();
    const filter = openFrameFilter(trail, ledger);
    await run(filter, [0]);
    filter.dispose();
    filter.dispose();
    await expect(filter.run(leaseOf(1), true)).rejects.toMatchObject({ code: 'aborted' });
  });
});
