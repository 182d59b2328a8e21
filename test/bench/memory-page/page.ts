/**
 * The page that the memory benchmark drives: the engine of a live worker as it is, with frames from memory in place of a
 * camera. Its track has its outlet in a worker, as everywhere.
 */
import { Ledger } from '../../../src/core/ledger.ts';
import type { LiveEngine } from '../../../src/engine/live-engine.ts';
import { openWebGl2Engine } from '../../../src/engine/webgl2-engine.ts';
import { FrameLease } from '../../../src/frames/frame-lease.ts';
import { trackGenerator } from '../../../src/frames/page/insertable-streams.ts';
import { Sinks } from '../../../src/frames/worker/sinks.ts';
import { TrackSink } from '../../../src/frames/worker/track-sink.ts';
import { LiveClient } from '../../../workers/live/live.client.ts';
import { filters } from '../../../pipelines/index.ts';
import type { MemoryBenchPage } from '../memory-protocol.ts';

declare global {
  /** Set once everything has loaded. */
  var memoryBench: MemoryBenchPage | undefined;
}

const [WIDTH, HEIGHT] = [64, 48];
const PICTURES = 4;
const FRAME_US = 33_333;

const ledger = new Ledger();
const faults: string[] = [];
let engine: LiveEngine | null = null;
let sent = 0;
let shown = 0;

/** Different pictures, so that no result could be kept. */
const pictures = Array.from({ length: PICTURES }, (_, number) => {
  const bytes = new Uint8Array((WIDTH * HEIGHT * 3) / 2).map((_, i) => (i * (number + 3) * 7) % 256);
  return new VideoFrame(bytes, { format: 'I420', codedWidth: WIDTH, codedHeight: HEIGHT, timestamp: 0 });
});

/** Kept: what nobody has ends. */
const kept: unknown[] = [];

const ignore = (): void => undefined;

/** @returns the end that is written to. */
async function openOutlet(): Promise<MessagePort> {
  const Generator = trackGenerator();
  if (Generator === null) throw new Error('this browser has no MediaStreamTrackGenerator');
  const { port1, port2 } = new MessageChannel();
  const outlet = new LiveClient();
  const ended = (): void => {
    faults.push('the track ended');
  };
  const generator = new Generator({ kind: 'video' });
  kept.push(generator, outlet);
  await outlet.openOutlet(generator.writable, { ended });
  await outlet.connectOutlet(port2);
  return port1;
}

async function open(name: string): Promise<void> {
  const filter = filters.find((one) => one.name === name);
  if (filter === undefined)
    throw new Error(`--filter must be one of ${filters.map((one) => one.name).join(', ')}, got ${name}`);
  const sink = new TrackSink(await openOutlet());
  engine = openWebGl2Engine(filter.build(), {
    ledger,
    sinks: new Sinks({ video: sink }),
    // As a live worker has it on software GL.
    transport: { upload: 'planes', outputPath: 'pixels' },
    onDiagnostic: (error) => faults.push(error.message),
  });
}

async function run(frames: number): Promise<void> {
  for (let i = 0; i < frames; i++) {
    // A copy shares the picture's pixels; the lease closes it.
    const lease = new FrameLease(pictures[sent % PICTURES]!.clone(), sent * FRAME_US, ledger);
    sent++;
    await engine?.process(lease, { scale: 1, uploaded: ignore, computed: ignore });
    shown++;
    await engine?.improve();
  }
}

globalThis.memoryBench = {
  open,
  run,
  state: () => ({ shown, faults, open: ledger.balance() }),
};
