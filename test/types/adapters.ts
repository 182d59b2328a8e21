/** The adapters fit the packages that they are for, and what would not fit is refused. Compiled with the tests, never run. */
import { blur, edge } from 'convolux/pipelines';
import { convoluxProcessor, type ConvoluxProcessor } from 'convolux/adapters/livekit';
import { convoluxTrack, processTrack, type ProcessedTrack } from 'convolux/adapters/track';
import type {
  LocalAudioTrack,
  LocalParticipant,
  LocalVideoTrack,
  Track,
  TrackProcessor,
  VideoProcessorOptions,
} from 'livekit-client';

export const processor = convoluxProcessor({ filter: edge, failurePolicy: 'black' });
export const asLiveKitHasIt: TrackProcessor<Track.Kind.Video, VideoProcessorOptions> = processor;

export async function inLiveKit(track: LocalVideoTrack, participant: LocalParticipant): Promise<void> {
  await track.setProcessor(convoluxProcessor({ filter: edge }));
  await track.setProcessor(processor, true);
  await participant.createTracks({ video: { processor } });
  const own = track.getProcessor() as ConvoluxProcessor | undefined;
  await own?.setFilter(blur, { sigma: 4 });
  await own?.pipeline?.stats();
}

export async function notInLiveKit(track: LocalAudioTrack): Promise<void> {
  // @ts-expect-error: sound is nothing to filter here
  await track.setProcessor(processor);
  // @ts-expect-error: the source is LiveKit's track
  convoluxProcessor({ filter: edge, source: { kind: 'camera' } });
  // @ts-expect-error: the output is the processed track
  convoluxProcessor({ filter: edge, output: document.createElement('video') });
  // @ts-expect-error: without a filter there is nothing to do
  convoluxProcessor({});
}

export async function elsewhere(camera: MediaStreamTrack, sender: RTCRtpSender): Promise<ProcessedTrack> {
  const filtered: (track: MediaStreamTrack) => Promise<MediaStreamTrack> = convoluxTrack({ filter: blur });
  await sender.replaceTrack(await filtered(camera));
  return processTrack(camera, { filter: blur, params: { sigma: 4 }, targetFps: 30 });
}
