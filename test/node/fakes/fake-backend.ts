/** A backend that computes nothing and writes down what it is asked for, in order. */
import { vi } from 'vitest';
import type {
  Backend,
  FrameImage,
  GpuTiming,
  PreparedGraph,
  UploadOptions,
  UploadPath,
} from '../../../src/backends/port.ts';
import { MemoryClock, type MemoryMoment } from '../../../src/core/memory-clock.ts';
import type { Tensor } from '../../../src/core/tensor.ts';
import { sizeAtScale } from '../../../src/core/frame-size.ts';
import type { Pixels } from '../../../src/core/pixels.ts';
import { sameForm, type FrameForm, type Plan, type PlanMemory } from '../../../src/plan/plan.ts';
import type { Prices } from '../../../src/plan/prices.ts';
import { DEVICE, formOf } from './device.ts';

export class FakePrepared implements PreparedGraph {
  readonly plan: Plan;
  disposals = 0;
  readonly clocks: readonly MemoryClock[];
  /** What each memory knew of the frame that was executed last. */
  moments: readonly MemoryMoment[] = [];
  executedUs = NaN;

  constructor(plan: Plan) {
    this.plan = plan;
    this.clocks = plan.memories.map((memory) => new MemoryClock(memory));
  }

  get isWarm(): boolean {
    return this.plan.memories.every(
      ({ warmUp }, memory) => warmUp !== 'none' || this.moments[memory]?.isFull === true,
    );
  }

  /** A thousand for each frame. */
  get memoryBytes(): number {
    return this.plan.memories.reduce((sum, { frames }) => sum + 1000 * frames, 0);
  }

  dispose(): void {
    this.disposals++;
  }

  /** What its first pass does: enough to tell a test's graphs apart. */
  get label(): string {
    return this.plan.passes[0]?.label ?? 'none';
  }
}

export class FakeBackend implements Backend {
  readonly name = 'fake';
  deviceName = 'a fake device';
  readonly capabilities = DEVICE;
  readonly uploadPath = 'nowhere';
  readonly isSoftware = true;
  isLost = false;
  readonly canvas = {} as OffscreenCanvas;
  /** What the next frames are. */
  form: FrameForm = formOf(8, 6);
  readonly log: string[] = [];
  /** All graphs that were prepared, in order. */
  readonly prepared: FakePrepared[] = [];
  disposals = 0;
  /** What the plans of the next graphs remember and measure, beside what theirs do. */
  memories: readonly PlanMemory[] = [];
  measured: readonly string[] = [];
  #uploaded: FrameForm | null = null;

  readonly upload = vi.fn(
    async (_frame: FrameImage, { scale = 1, full = this.form }: UploadOptions = {}): Promise<FrameForm> => {
      this.log.push('upload');
      // The same object again while the form stays, as backends give it.
      const form = { ...this.form, ...sizeAtScale(full, scale) };
      return (this.#uploaded =
        this.#uploaded !== null && sameForm(this.#uploaded, form) ? this.#uploaded : form);
    },
  );
  readonly uploadPaths = vi.fn((_frame: FrameImage): readonly UploadPath[] => ['planes']);

  readonly prepare = vi.fn(async (plan: Plan): Promise<PreparedGraph> => this.keep(plan));

  /** How often each is answered with more to do. */
  refinements = 0;
  warmings = 0;
  compiledPrograms = 0;

  readonly refine = vi.fn(async (prepared: PreparedGraph): Promise<boolean> => {
    this.log.push(`refine ${this.#usable(prepared).label}`);
    this.compiledPrograms++;
    return --this.refinements > 0;
  });

  readonly warmed: Plan[] = [];

  readonly warm = vi.fn(async (plan: Plan): Promise<boolean> => {
    this.warmed.push(plan);
    const isNew = this.warmings-- > 0;
    if (isNew) this.compiledPrograms++;
    return isNew;
  });

  readonly execute = vi.fn((prepared: PreparedGraph, atUs?: number): void => {
    const timestampUs = atUs ?? 0;
    const usable = this.#usable(prepared);
    const { label, plan, clocks } = usable;
    if (plan.frame === null || this.#uploaded === null || !sameForm(plan.frame, this.#uploaded))
      throw new Error(`${label} was prepared for frames of another form`);
    usable.executedUs = timestampUs;
    usable.moments = clocks.map((clock) => clock.next(timestampUs));
    this.log.push(`execute ${label}`);
  });

  readonly carry = vi.fn((from: PreparedGraph, to: PreparedGraph): void => {
    const [old, young] = [this.#usable(from), this.#usable(to)];
    young.plan.memories.forEach(({ name }, memory) => {
      const found = old.plan.memories.findIndex((one) => one.name === name);
      if (found >= 0) young.clocks[memory]!.follow(old.clocks[found]!);
    });
    this.log.push(`carry ${old.label} to ${young.label}`);
  });

  readonly forget = vi.fn((prepared: PreparedGraph): void => {
    for (const clock of this.#usable(prepared).clocks) clock.forget();
    this.log.push(`forget ${this.#usable(prepared).label}`);
  });

  /** The time of the frame that was executed last, under each name. */
  readonly readMeasurements = vi.fn((prepared: PreparedGraph): Readonly<Record<string, Tensor>> => {
    const { plan, executedUs, label } = this.#usable(prepared);
    this.log.push(`measure ${label}`);
    const value = { shape: [1], data: Float32Array.of(executedUs) };
    return Object.fromEntries(Object.keys(plan.measurements).map((name) => [name, value]));
  });

  readonly prime = vi.fn((prepared: PreparedGraph): void => {
    this.log.push(`prime ${this.#usable(prepared).label}`);
  });

  readonly present = vi.fn((prepared: PreparedGraph): void => {
    this.log.push(`present ${this.#usable(prepared).label}`);
  });

  readonly burn = vi.fn((load: number): boolean => {
    if (load > 0) this.log.push(`burn ${load}`);
    return false;
  });

  readonly finished = vi.fn(async (_expectedMs?: number): Promise<GpuTiming> => {
    this.log.push('finished');
    return { gpuMs: null, pollMs: 2 };
  });

  readonly readCanvas = vi.fn((): Uint8Array => new Uint8Array(4));

  readonly wait = vi.fn((): void => {});

  readonly read = vi.fn((prepared: PreparedGraph): Pixels => {
    this.log.push(`read ${this.#usable(prepared).label}`);
    return { layout: 'grey', width: 1, height: 1, strideBytes: 4, data: new Uint8Array(4) };
  });

  readonly calibrate = vi.fn(async (_defaults: Prices): Promise<Prices | null> => null);

  keep(plan: Plan): FakePrepared {
    const measurements = Object.fromEntries(this.measured.map((name) => [name, plan.output]));
    const prepared = new FakePrepared({
      ...plan,
      memories: [...plan.memories, ...this.memories],
      measurements: { ...plan.measurements, ...measurements },
    });
    this.prepared.push(prepared);
    this.log.push(`prepared ${prepared.label}`);
    return prepared;
  }

  dispose(): void {
    this.disposals++;
  }

  #usable(prepared: PreparedGraph): FakePrepared {
    if (!(prepared instanceof FakePrepared)) throw new Error('prepared elsewhere');
    if (prepared.disposals > 0) throw new Error(`${prepared.label} was disposed of`);
    return prepared;
  }

  /** The prepared graphs that nobody gave back. */
  get alive(): string[] {
    return this.prepared.filter(({ disposals }) => disposals === 0).map(({ label }) => label);
  }
}
