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
import { sizeAtScale } from '../../../src/core/frame-size.ts';
import type { Pixels } from '../../../src/core/pixels.ts';
import { sameForm, type FrameForm, type Plan } from '../../../src/plan/plan.ts';
import type { Prices } from '../../../src/plan/prices.ts';
import { DEVICE, formOf } from './device.ts';

export class FakePrepared implements PreparedGraph {
  readonly plan: Plan;
  disposals = 0;

  constructor(plan: Plan) {
    this.plan = plan;
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
  readonly deviceName = 'a fake device';
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
  #uploaded: FrameForm | null = null;

  readonly upload = vi.fn(
    async (_frame: FrameImage, { scale = 1 }: UploadOptions = {}): Promise<FrameForm> => {
      this.log.push('upload');
      // The same object again while the form stays, as backends give it.
      const form = scale === 1 ? this.form : { ...this.form, ...sizeAtScale(this.form, scale) };
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

  readonly execute = vi.fn((prepared: PreparedGraph): void => {
    const { label, plan } = this.#usable(prepared);
    if (plan.frame === null || this.#uploaded === null || !sameForm(plan.frame, this.#uploaded))
      throw new Error(`${label} was prepared for frames of another form`);
    this.log.push(`execute ${label}`);
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
    const prepared = new FakePrepared(plan);
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
