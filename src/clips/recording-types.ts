/** What recording is, as the page and the worker speak of it. */
import type { ClipContainer, ClipSink, ClipVideoCodec } from './clip-types.ts';

export type RecordingStats = Readonly<{
  /** Of what is recorded so far; pauses are no part of it. */
  durationS: number;
  /** Frames in the recording. */
  frames: number;
  /** Frames that the pipeline had to let go since recording began, or that the encoder left out; not those of pauses. */
  dropped: number;
  /** Written so far. */
  sizeBytes: number;
  /** Frames that wait for the encoder. */
  queued: number;
}>;

/** What the worker is asked to record. Streams are transferred. */
export type RecordingOptions = Readonly<{
  container: ClipContainer;
  /** Default the first that this browser encodes at the size of the picture. */
  codec?: ClipVideoCodec;
  /** Bits per second of the picture. Default by its size, of high quality. */
  bitrate?: number;
  /** null: without sound. */
  sound: RecordedSound | null;
  /** null: in memory. */
  sink: ClipSink | null;
  /** Whether a stream takes `{ type: 'write', position, data }`. */
  isPositional: boolean;
}>;

export type RecordedSound = Readonly<{
  readable: ReadableStream<AudioData>;
  /** What it is expected to be: silence is of it until some sound comes. */
  format: SoundFormat;
}>;

export type SoundFormat = Readonly<{ sampleRate: number; numberOfChannels: number }>;

export type RecordingCommand = 'pause' | 'resume' | 'stop';
