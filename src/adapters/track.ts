/**
 * A camera's track in, a filtered one out: for whatever takes a `MediaStreamTrack`, such as a peer connection or the
 * client of a video service. In the page; a pipeline with its worker behind each track.
 */
import { openPipeline, type Pipeline, type PipelineOptions } from '../session/open-pipeline.ts';

/** As for `openPipeline`, but for what an adapter gives itself: the source is the track, the output is one. */
export type TrackOptions = Omit<PipelineOptions, 'source' | 'output'>;

export type ProcessedTrack = Readonly<{
  /** Stopping it ends the pipeline. */
  track: MediaStreamTrack;
  /** To switch filter, parameters and source, and to hear how it goes. */
  pipeline: Pipeline;
}>;

/**
 * Filters a video track. What was given stays its owner's: it is read, never stopped, and where it is muted or stopped the
 * filtered one is black or ends.
 * @throws TypeError | RangeError for wrong options, a track of sound, or one that has ended.
 * @throws PipelineError whatever keeps it from running.
 * @example const { track } = await processTrack(camera, { filter: blur, failurePolicy: 'black' });
 */
export async function processTrack(track: MediaStreamTrack, options: TrackOptions): Promise<ProcessedTrack> {
  const pipeline = openPipeline({ ...options, source: { kind: 'track', track } });
  try {
    const filtered = await pipeline.track;
    endWith(pipeline);
    return { track: filtered, pipeline };
  } catch (error) {
    await pipeline.stop();
    throw error;
  }
}

/**
 * The plain shape, track in and track out, for code that wants a function. Stopping the track that comes out ends all that
 * was started for it.
 * @throws what `processTrack` throws.
 * @example const filtered = convoluxTrack({ filter: blur }); sender.replaceTrack(await filtered(camera));
 */
export function convoluxTrack(options: TrackOptions): (track: MediaStreamTrack) => Promise<MediaStreamTrack> {
  return async (track) => (await processTrack(track, options)).track;
}

/** A pipeline waits for another source when its own has ended; here nobody would bring one. */
function endWith(pipeline: Pipeline): void {
  pipeline.state$.subscribe((state) => {
    if (state.status === 'interrupted' && state.error.code === 'track-ended') void pipeline.stop();
  });
}
