/**
 * A track made in the worker, as the specification has it: frames are written here, and the track is transferred to the
 * page. https://w3c.github.io/mediacapture-transform/#video-track-generator
 */
import type { StoppableTrack } from './track-source.ts';

/** The part of a VideoTrackGenerator that is used here. */
export type TrackGenerator = Readonly<{ writable: WritableStream<VideoFrame>; track: StoppableTrack }>;

type GeneratorConstructor = new () => TrackGenerator;

/** Looked up with each use: tests put a fake there, and not every worker has one. No standard library has its type. */
function generatorConstructor(): GeneratorConstructor | undefined {
  return (globalThis as Readonly<{ VideoTrackGenerator?: GeneratorConstructor }>).VideoTrackGenerator;
}

/** Whether this thread can make a track. */
export function hasTrackGenerator(): boolean {
  return generatorConstructor() !== undefined;
}

/** @throws TypeError where there is none. */
export function openTrackGenerator(): TrackGenerator {
  const Generator = generatorConstructor();
  if (Generator === undefined) throw new TypeError('this worker has no VideoTrackGenerator');
  return new Generator();
}
