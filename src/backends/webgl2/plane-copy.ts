/**
 * A frame's planes as they came, in memory that is kept from frame to frame. Where U and V come interleaved (NV12, as
 * most webcams send), they are taken apart when one of them is asked for.
 */
import { assert } from '../../core/assert.ts';
import { planeLayout, type PlaneBytes, type PlaneLayout, type PlaneName, type PlaneSource } from './plane-bytes.ts'; // prettier-ignore
import { WordBytes } from './word-bytes.ts';

/** Formats that `copyTo` gives as planes of 4:2:0. */
export type PlanarFormat = 'I420' | 'I420A' | 'NV12';

export const isPlanar = (format: string | null): format is PlanarFormat =>
  format === 'I420' || format === 'I420A' || format === 'NV12';

type CopyLayout = Readonly<{
  format: PlanarFormat;
  width: number;
  height: number;
  planes: PlaneLayout['planes'];
  /** Where U and V come interleaved; null where they come apart. */
  pairs: PlaneBytes | null;
  sizeBytes: number;
  options: VideoFrameCopyToOptions;
}>;

export class PlaneCopy implements PlaneSource {
  readonly #memory = new WordBytes();
  #layout: CopyLayout | null = null;
  /** Whether U and V still lie interleaved. */
  #isPaired = false;

  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#memory.bytes;
  }

  get words(): Uint32Array<ArrayBuffer> {
    return this.#memory.words;
  }

  /**
   * Resolves when they are copied.
   * @borrows frame
   * @throws whatever `copyTo` rejects with.
   */
  take(frame: VideoFrame, format: PlanarFormat, width: number, height: number): Promise<unknown> {
    const last = this.#layout;
    if (last?.format !== format || last.width !== width || last.height !== height) {
      this.#layout = copyLayout(format, width, height);
      this.#memory.reserve(this.#layout.sizeBytes);
    }
    const layout = this.#known();
    this.#isPaired = layout.pairs !== null;
    return frame.copyTo(this.#memory.bytes, layout.options);
  }

  plane(name: PlaneName): PlaneBytes {
    const layout = this.#known();
    if (name !== 'y' && this.#isPaired) this.#separate(layout);
    return layout.planes[name];
  }

  #known(): CopyLayout {
    assert(this.#layout !== null, 'planes are read of a frame that was copied');
    return this.#layout;
  }

  /** Eight bytes of pairs at a time: V3 U3 V2 U2 | V1 U1 V0 U0 → U3 U2 U1 U0 and V3 V2 V1 V0. Rows are whole texels. */
  #separate({ planes: { u, v }, pairs }: CopyLayout): void {
    this.#isPaired = false;
    if (pairs === null) return;
    const words = this.#memory.words;
    const count = (u.stride * u.height) / 4;
    const [from, toU, toV] = [pairs.start / 4, u.start / 4, v.start / 4];
    for (let i = 0; i < count; i++) {
      const low = words[from + 2 * i] ?? 0;
      const high = words[from + 2 * i + 1] ?? 0;
      words[toU + i] =
        (low & 0xff) | ((low >>> 8) & 0xff00) | ((high & 0xff) << 16) | ((high & 0xff0000) << 8);
      words[toV + i] =
        ((low >>> 8) & 0xff) | ((low >>> 16) & 0xff00) | ((high & 0xff00) << 8) | (high & 0xff000000);
    }
  }
}

function copyLayout(format: PlanarFormat, width: number, height: number): CopyLayout {
  const { planes, sizeBytes: end } = planeLayout(width, height);
  const { y, u, v } = planes;
  const more: Readonly<Record<PlanarFormat, readonly PlaneBytes[]>> = {
    I420: [u, v],
    // Opacity is copied because it must be, and read by nobody.
    I420A: [u, v, { ...y, start: end }],
    NV12: [{ ...u, start: end, stride: 2 * u.stride }],
  };
  const copied = [y, ...more[format]];
  const last = copied.at(-1) ?? y;
  return {
    format,
    width,
    height,
    planes,
    pairs: format === 'NV12' ? last : null,
    sizeBytes: Math.max(end, last.start + last.stride * last.height),
    options: { layout: copied.map(({ start, stride }) => ({ offset: start, stride })) },
  };
}
