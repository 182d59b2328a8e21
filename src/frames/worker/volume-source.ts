/**
 * A volume as a source: its slices are frames, evenly spaced in time, so that whatever filters time filters its depth. Lives in
 * the worker; sends a slice only when the one before is done, because a filter over several needs each of them.
 *
 *   time →       z−2   z−1    z   z+1   z+2        to show slice z of a filter that sees 2 on both sides;
 *   lead-in       ·     ·     ·     ·   shown      slices beyond the ends are those at the ends
 *
 * Each time that it begins somewhere else (at the end of the volume, after a jump) time goes back, which begins a sequence.
 */
import type { Ledger } from '../../core/ledger.ts';
import { rangeOf, writeSlice, type Voxels } from '../../core/voxels.ts';
import type { InterleavedPixels } from '../../core/pixels.ts';
import { FrameLease } from '../frame-lease.ts';
import type { FrameObserver, FrameSource } from '../frame-source.ts';
import { PixelFrames } from './pixel-frames.ts';

export type VolumeOptions = Readonly<{
  voxels: Voxels;
  /** From one slice to the next, in the frames' own time and, while it plays, on the clock. */
  sliceMs: number;
  /** Shown first. */
  slice: number;
  isPlaying: boolean;
}>;

/** What a filter sees around the slice that it shows, in slices. */
export type SliceReach = Readonly<{ before: number; after: number }>;

export type VolumeState = Readonly<{
  /** Shown now. */
  slice: number;
  slices: number;
  isPlaying: boolean;
}>;

/** More than frames that come late can go back, and than any filter reaches. */
const SPAN_MARGIN_MS = 10_000;
/** After a frame was lost, and perhaps the device with it. */
const RETRY_MS = 250;

export class VolumeSource implements FrameSource {
  readonly #options: VolumeOptions;
  readonly #ledger: Ledger;
  readonly #onState: (state: VolumeState) => void;
  readonly #slices: number;
  readonly #range: readonly [number, number];
  readonly #pixels: InterleavedPixels;
  readonly #frames = new PixelFrames();
  readonly #spanMs: number;
  #observer: FrameObserver | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #reach: SliceReach = { before: 0, after: 0 };
  #isPlaying: boolean;
  /** The slice that is to be shown next, before anything else; null where that is none. */
  #goal: number | null;
  #shown: number;
  /** The slice that is sent next, of the sequence; none where a sequence is to begin. */
  #next: number | null = null;
  /** The first slice of the sequence. */
  #first = 0;
  #sequence = -1;
  /** Under way: what is shown then, and since when. */
  #sent: Readonly<{ shows: number; atMs: number }> | null = null;
  /** No slice is sent before the first of these, and while it plays none before the second. */
  #freeMs = 0;
  #dueMs = 0;
  #periodMs: number;

  constructor(options: VolumeOptions, ledger: Ledger, onState: (state: VolumeState) => void) {
    const { voxels, sliceMs, slice, isPlaying } = options;
    const [slices, height, width] = voxels.shape;
    this.#options = options;
    this.#ledger = ledger;
    this.#onState = onState;
    this.#slices = slices;
    this.#range = rangeOf(voxels);
    this.#pixels = {
      layout: 'grey',
      width,
      height,
      strideBytes: width,
      data: new Uint8Array(width * height),
    };
    this.#spanMs = 2 * slices * sliceMs + SPAN_MARGIN_MS;
    this.#isPlaying = isPlaying;
    this.#goal = slice;
    this.#shown = slice;
    this.#periodMs = sliceMs;
  }

  get sliceMs(): number {
    return this.#options.sliceMs;
  }

  start(observer: FrameObserver): () => void {
    this.#observer = observer;
    this.#wake();
    return () => {
      this.#observer = null;
      clearTimeout(this.#timer);
    };
  }

  play(): void {
    this.#isPlaying = true;
    this.#tell();
    this.#wake();
  }

  /** Stays at the slice that is shown, or at the one that is asked for. */
  pause(): void {
    this.#isPlaying = false;
    this.#tell();
    this.#wake();
  }

  goTo(slice: number): void {
    this.#goal = slice;
    this.#wake();
  }

  /** Another filter: what it shows of a slice is something else, and so is what it needs for that. */
  see(reach: SliceReach): void {
    this.#reach = reach;
    this.#restart();
  }

  /** No more than so many slices in a second while it plays; null for as many as `sliceMs` says. */
  limit(targetFps: number | null): void {
    this.#periodMs = Math.max(this.#options.sliceMs, targetFps === null ? 0 : 1000 / targetFps);
  }

  /** The slice that was sent is done. */
  done(isShown: boolean): void {
    const sent = this.#sent;
    if (sent === null) return;
    this.#sent = null;
    const nowMs = performance.now();
    // Half of the time stays free, so that the frame budget has nothing to give way for.
    this.#freeMs = nowMs + (nowMs - sent.atMs);
    if (isShown) {
      this.#shown = sent.shows;
      this.#tell();
    }
    this.#wake();
  }

  /** The slice that was sent came to nothing: what remembers slices lacks it. */
  lost(): void {
    this.#freeMs = performance.now() + RETRY_MS;
    this.#restart();
    this.#sent = null;
    this.#wake();
  }

  /** The slice that is under way, or was shown last, comes once more, unless another one is asked for. */
  #restart(): void {
    this.#goal ??= this.#sent?.shows ?? this.#shown;
    this.#next = null;
    this.#wake();
  }

  #tell(): void {
    this.#onState({ slice: this.#shown, slices: this.#slices, isPlaying: this.#isPlaying });
  }

  #wake(): void {
    clearTimeout(this.#timer);
    if (this.#observer === null || this.#sent !== null || !(this.#isPlaying || this.#goal !== null)) return;
    const atMs = this.#goal === null ? Math.max(this.#freeMs, this.#dueMs) : this.#freeMs;
    this.#timer = setTimeout(() => {
      this.#send();
    }, atMs - performance.now());
  }

  #send(): void {
    const index = this.#choose();
    const { after } = this.#reach;
    const isLeadIn = this.#goal !== null && index < this.#goal + after;
    if (!isLeadIn) this.#goal = null;
    const atMs = performance.now();
    this.#sent = { shows: index - after, atMs };
    this.#next = index + 1;
    if (!isLeadIn) this.#dueMs = atMs + this.#periodMs;
    this.#observer?.frame(this.#leaseOf(index, isLeadIn));
  }

  /** The slice that is sent now; a sequence begins with it where the one before does not lead there. */
  #choose(): number {
    const { before, after } = this.#reach;
    const next = this.#next;
    if (this.#goal === null && next !== null) {
      if (next - after < this.#slices) return next;
      // Behind the last slice comes the first one.
      this.#goal = 0;
    }
    const goal = this.#goal ?? this.#shown;
    const first = goal - before;
    // From where it is, if it came by all that is needed and is not farther away than that.
    if (next !== null && this.#first <= first && next >= first && next <= goal + after) return next;
    this.#sequence++;
    this.#first = first;
    return first;
  }

  #leaseOf(index: number, isLeadIn: boolean): FrameLease {
    const { voxels, sliceMs } = this.#options;
    const slice = Math.min(this.#slices - 1, Math.max(0, index));
    writeSlice(voxels, this.#range, slice, this.#pixels.data);
    const timestampUs = Math.round(1000 * (index * sliceMs - this.#sequence * this.#spanMs));
    const { width, height } = this.#pixels;
    const frame = this.#frames.frameOf(this.#pixels, { timestampUs, width, height });
    return new FrameLease(frame, timestampUs, this.#ledger, { isLeadIn });
  }
}
