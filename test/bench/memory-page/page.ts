/**
 * The page that the memory benchmark drives: the engine of a live worker as it is, with frames from memory in place of a
 * camera, and a sink that closes what it gets in place of a track.
 */
import { Ledger } from '../../../src/core/ledger.ts';
import type { LiveEngine } from '../../../src/engine/live-engine.ts';
import { openWebGl2Engine } from '../../../src/engine/webgl2-engine.ts';
import { FrameLease } from '../../../src/frames/frame-lease.ts';
import { Sinks } from '../../../src/frames/worker/sinks.ts';
import { TrackSink } from '../../../src/frames/worker/track-sink.ts';
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

const ignore = (): void => undefined;

function open(name: string): void {
  const filter = filters.find((one) => one.name === name);
  if (filter === undefined)
    throw new Error(`--filter must be one of ${filters.map((one) => one.name).join(', ')}, got ${name}`);
  const sink = new TrackSink(new WritableStream({ write: (frame: VideoFrame) => frame.close() }));
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
