/**
 * The sound of a recording: reads a microphone or a track, waits for the picture, and gives samples without a gap to the
 * encoder. Where its clock and the picture's come apart, or no sound came, it is put right. Owns its readable.
 */
import { AudioSample, type AudioSampleSource } from 'mediabunny';
import { CaptureClock } from '../frames/capture-clock.ts';
import type { FrameClock } from './frame-clock.ts';
import type { RecordingTimeline } from './recording-timeline.ts';
import type { RecordedSound, SoundFormat } from './recording-types.ts';
import {
  conform,
  cut,
  framesOf,
  lengthMsOf,
  pieceOf,
  silence,
  SoundAlignment,
  type SoundPiece,
} from './sound-pieces.ts';

/** Sound that the picture does not catch up with is no longer held back, and silence stands in for sound so late. */
const PATIENCE_MS = 1000;
/** Until the clock of the sound is known: its pieces come with some jitter. */
const SETTLING_MS = 900;

type Captured = Readonly<{ timestampUs: number; arrivedMs: number; piece: SoundPiece }>;

export class SoundTrack {
  readonly #reader: ReadableStreamDefaultReader<AudioData>;
  readonly #timeline: RecordingTimeline;
  readonly #frames: FrameClock;
  readonly #clock = new CaptureClock();
  readonly #alignment = new SoundAlignment();
  readonly #expected: SoundFormat;
  readonly #waiting: Captured[] = [];
  readonly #reading: Promise<void>;
  #firstMs = NaN;
  #format: SoundFormat | null = null;
  #source: AudioSampleSource | null = null;
  #onFault: (error: unknown) => void = () => undefined;
  /** Written so far. */
  #endS = 0;
  /** What is written is written in turn. */
  #line: Promise<void> = Promise.resolve();

  /** @consumes sound */
  constructor({ readable, format }: RecordedSound, timeline: RecordingTimeline, frames: FrameClock) {
    this.#reader = readable.getReader();
    this.#expected = format;
    this.#timeline = timeline;
    this.#frames = frames;
    this.#reading = this.#read().catch((error: unknown) => {
      this.#onFault(error);
    });
  }

  /** What it is written as: that of the first sound that came, or what is expected. */
  get format(): SoundFormat {
    return (this.#format ??= this.#waiting[0]?.piece ?? this.#expected);
  }

  get endS(): number {
    return this.#endS;
  }

  /** Begins to write; what came before is kept so far. */
  open(source: AudioSampleSource, onFault: (error: unknown) => void): void {
    this.#source = source;
    this.#onFault = onFault;
  }

  /** The picture is recorded up to there, by our clock and in the recording: so is the sound now. */
  follow(untilMs: number, untilS: number): void {
    this.#drain(untilMs);
    if (untilS - this.#endS > PATIENCE_MS / 1000 && this.#waiting.length === 0)
      this.#write(silence(this.format, untilS - this.#endS - PATIENCE_MS / 2000));
  }

  /** Writes what belongs to the recording and lets the source go. */
  async finish(): Promise<void> {
    await this.#release();
    this.#drain(Infinity);
    await this.#line;
  }

  /** Lets the source go and forgets what waits. Idempotent. */
  async cancel(): Promise<void> {
    this.#waiting.length = 0;
    await this.#release();
  }

  async #release(): Promise<void> {
    await this.#reader.cancel().catch(() => undefined);
    await this.#reading;
  }

  async #read(): Promise<void> {
    for (;;) {
      // A track that is taken away: what came of it stays, silence follows.
      const next = await this.#reader.read().catch(() => null);
      if (next === null || next.done) return;
      this.#take(next.value);
    }
  }

  /** @consumes data */
  #take(data: AudioData): void {
    const nowMs = performance.now();
    const captured = { timestampUs: data.timestamp, arrivedMs: nowMs, piece: pieceOf(data) };
    data.close();
    if (Number.isNaN(this.#firstMs)) this.#firstMs = nowMs;
    // Whole pieces are delivered: the end of one is what came just now.
    this.#clock.arrive(captured.timestampUs + 1000 * lengthMsOf(captured.piece), nowMs);
    this.#waiting.push(captured);
    if (this.#source !== null) this.#drain(nowMs - PATIENCE_MS);
    else if (!this.#timeline.hasBegun) this.#forget(nowMs - PATIENCE_MS);
  }

  /** When the first sample was captured, on the clock by which frames are placed. */
  #fromMs({ timestampUs, arrivedMs, piece }: Captured): number {
    const fromMs = timestampUs / 1000 + this.#clock.offsetMs - this.#frames.correctionMs;
    // Never after it was here: times that jump would have it wait for a picture that does not come, and silence with it.
    return Math.min(fromMs, arrivedMs - lengthMsOf(piece));
  }

  #forget(beforeMs: number): void {
    while (this.#waiting[0] !== undefined && this.#fromMs(this.#waiting[0]) < beforeMs) this.#waiting.shift();
  }

  #drain(untilMs: number): void {
    if (this.#source === null) return;
    const isSettled = performance.now() - this.#firstMs >= SETTLING_MS;
    if (!isSettled && untilMs !== Infinity) return;
    for (
      let next = this.#waiting[0];
      next !== undefined && this.#fromMs(next) < untilMs;
      next = this.#waiting[0]
    ) {
      this.#waiting.shift();
      this.#place(next);
    }
  }

  #place(captured: Captured): void {
    const fromMs = this.#fromMs(captured);
    const piece = conform(captured.piece, this.format);
    const perMs = piece.sampleRate / 1000;
    for (const { skipMs, atMs, lengthMs } of this.#timeline.parts(fromMs, fromMs + lengthMsOf(piece))) {
      const { silenceS, skipS } = this.#alignment.next(this.#endS, atMs / 1000);
      if (silenceS > 0) this.#write(silence(piece, silenceS));
      const from = Math.round(skipMs * perMs + skipS * piece.sampleRate);
      this.#write(cut(piece, from, Math.max(from, Math.round((skipMs + lengthMs) * perMs))));
    }
  }

  #write({ data, sampleRate, numberOfChannels }: SoundPiece): void {
    const source = this.#source;
    if (source === null || data.length === 0) return;
    const timestamp = this.#endS;
    this.#endS += framesOf({ data, sampleRate, numberOfChannels }) / sampleRate;
    this.#line = this.#line.then(async () => {
      const sample = new AudioSample({ data, format: 'f32', sampleRate, numberOfChannels, timestamp });
      try {
        await source.add(sample);
      } catch (error) {
        this.#onFault(error);
      } finally {
        sample.close();
      }
    });
  }
}
