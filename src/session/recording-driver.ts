/** What records, whichever way: the port between a recording and what makes it. */
import type { Clip, ClipContainer, ClipSink, ClipVideoCodec } from '../clips/clip-types.ts';
import type { RecordingCommand, RecordingStats } from '../clips/recording-types.ts';

export type RecordingDriver = Readonly<{
  command: (command: RecordingCommand) => void;
  /** Settles when it is over, whether it was asked to stop or the pipeline ended. */
  ended: Promise<Clip>;
}>;

export type RecordingDriverOptions = Readonly<{
  container: ClipContainer;
  codec?: ClipVideoCodec;
  bitrate?: number;
  /** Borrowed; null: without sound. */
  sound: MediaStreamTrack | null;
  /** null: memory. */
  sink: ClipSink | null;
  /** The first frame came. */
  onBegun: () => void;
  onStats: (stats: RecordingStats) => void;
}>;
