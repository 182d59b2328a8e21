/** A recording that the pipeline's worker makes, with the capture times of the frames. */
import type { RecordingEvents } from '../../workers/live/live.client.ts';
import type { RecordedSound, SoundFormat } from '../clips/recording-types.ts';
import { soundProcessor } from '../frames/page/insertable-streams.ts';
import { arrivedBy, isPositional, wayTo } from './clip-sink.ts';
import type { Pipeline } from './pipeline-types.ts';
import { endsOf } from './pipeline-ends.ts';
import type { RecordingDriver, RecordingDriverOptions } from './recording-driver.ts';

/** Pieces of sound come every 10 ms: the worker may be busy for a second. */
const SOUND_PIECES = 100;

/** @throws PipelineError `aborted` when the pipeline ended. */
export async function canRecordInWorker(
  pipeline: Pipeline,
  sound: MediaStreamTrack | null,
): Promise<boolean> {
  if (sound !== null && soundProcessor() === null) return false;
  return endsOf(pipeline).client().hasVideoEncoder();
}

/** @throws PipelineError `aborted` when the pipeline ended. */
export function recordInWorker(pipeline: Pipeline, options: RecordingDriverOptions): RecordingDriver {
  const { container, codec, bitrate, sound, sink, onBegun, onStats } = options;
  const client = endsOf(pipeline).client();
  // Kept: Comlink's end is collected with it.
  const events: RecordingEvents = { begun: onBegun, stats: onStats };
  const way = sink instanceof WritableStream ? wayTo(sink) : null;
  const recorded = client.record(
    {
      container,
      ...(codec === undefined ? {} : { codec }),
      ...(bitrate === undefined ? {} : { bitrate: Math.round(bitrate) }),
      sound: sound === null ? null : soundOf(sound),
      sink: way?.writable ?? (sink as FileSystemFileHandle | null),
      isPositional: isPositional(sink),
    },
    events,
  );
  return {
    command: (command) => {
      // A worker that dies meanwhile is told of by `ended`.
      client.commandRecording(command).catch(() => undefined);
    },
    ended: way === null ? recorded : arrivedBy(recorded, way),
  };
}

function soundOf(track: MediaStreamTrack): RecordedSound | null {
  const Processor = soundProcessor();
  if (Processor === null) return null;
  return {
    readable: new Processor({ track, maxBufferSize: SOUND_PIECES }).readable,
    format: formatOf(track),
  };
}

function formatOf(track: MediaStreamTrack): SoundFormat {
  const { sampleRate = 48_000, channelCount = 1 } = track.getSettings();
  return { sampleRate, numberOfChannels: channelCount };
}
