/** How the frames of a track get to a worker: by what this browser has. */
import { PipelineError } from '../core/errors.ts';
import { trackProcessor } from '../frames/page/insertable-streams.ts';
import { loadVideo } from '../frames/page/video-source.ts';
import { trackEnded } from '../frames/track-ended.ts';
import type { LiveSource } from '../../workers/live/live.client.ts';
import type { OpenSource, SourceEvents } from './source-port.ts';

/** 'video': a `<video>` that nobody sees. */
export type TrackDriver = 'processor' | 'worker-processor' | 'video';

export type TrackReading = Readonly<{
  /** Borrowed. */
  track: MediaStreamTrack;
  driver: TrackDriver;
  /**
   * Whether somebody else owns it: such a track is read itself where that can be, for turning it off and stopping it are its
   * owner's, and a clone would not hear of either.
   */
  isGiven: boolean;
  events: SourceEvents;
}>;

export type TrackReader = Pick<OpenSource, 'connect' | 'begin' | 'raw' | 'close'>;

/** How often a given track is looked at, where nothing tells what its owner did to it. */
const LOOK_MS = 100;

/** @throws PipelineError `camera-unsupported` */
export async function readTrack(reading: TrackReading): Promise<TrackReader> {
  switch (reading.driver) {
    case 'processor':
      return inWindow(reading);
    case 'worker-processor':
      return inWorker(reading);
    case 'video':
      return inVideo(reading);
  }
}

/** The window reads it, and its stream goes to the worker. */
function inWindow({ track, isGiven }: TrackReading): TrackReader {
  /** Each stream that moved to a worker holds its track until that is stopped. */
  const clones = new Set<MediaStreamTrack>();
  const stopClones = (): void => {
    for (const clone of clones) clone.stop();
    clones.clear();
  };
  const read = (): ReadableStream<VideoFrame> => {
    const Processor = trackProcessor();
    if (Processor === null)
      throw new PipelineError('camera-unsupported', 'This browser can not read camera frames.');
    if (isGiven) return new Processor({ track, maxBufferSize: 1 }).readable;
    const clone = track.clone();
    clones.add(clone);
    return new Processor({ track: clone, maxBufferSize: 1 }).readable;
  };
  return {
    connect: () => {
      stopClones();
      return { kind: 'readable', readable: read() };
    },
    begin: () => Promise.resolve(),
    raw: read,
    close: stopClones,
  };
}

/** The track itself moves to the worker; a clone does, so that the page hears of its end and can stop the camera. */
function inWorker({ track, isGiven, events }: TrackReading): TrackReader {
  return {
    // One that is turned off gives nothing: its clone in the worker would go on.
    connect: (): LiveSource => (track.enabled ? { kind: 'track', track: track.clone() } : { kind: 'push' }),
    begin: () => Promise.resolve(),
    raw: () => null,
    close: isGiven ? lookAfter(track, events) : () => undefined,
  };
}

async function inVideo({ track, isGiven, events }: TrackReading): Promise<TrackReader> {
  const { play, close } = await loadVideo({
    clip: new MediaStream([track]),
    push: events.push,
    hiddenPage: events.hiddenPage,
    onFault: events.onFault,
    onEnd: () => undefined,
  });
  const forget = isGiven ? lookAfter(track, events) : () => undefined;
  return {
    connect: () => ({ kind: 'push' }),
    begin: play,
    raw: () => null,
    close: () => {
      forget();
      close();
    },
  };
}

/** What its owner does to a track is told by nobody: that it was stopped, or turned off or on. @returns ends it. */
function lookAfter(track: MediaStreamTrack, { onEnd, onChange }: SourceEvents): () => void {
  let isOn = track.enabled;
  const looking = setInterval(() => {
    if (track.readyState === 'ended') {
      clearInterval(looking);
      onEnd(trackEnded());
    } else if (track.enabled !== isOn) {
      isOn = track.enabled;
      onChange();
    }
  }, LOOK_MS);
  return () => {
    clearInterval(looking);
  };
}
