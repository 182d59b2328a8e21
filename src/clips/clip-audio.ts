/** The sound of a clip: copied packet by packet where the container takes it, else decoded and encoded anew. */
import {
  AudioSampleSource,
  EncodedAudioPacketSource,
  EncodedPacketSink,
  Quality,
  type AudioCodec,
  type AudioSource,
  type InputAudioTrack,
  type Output,
  type OutputFormat,
} from 'mediabunny';
import { PipelineError } from '../core/errors.ts';
import { chooseAudioCodec, nameOf } from './choose-codec.ts';
import type { Clip, ClipContainer } from './clip-types.ts';
import { transcodeSound, type AudioRun } from './transcode-sound.ts';

/** What becomes of one track. */
export type AudioPlan = Readonly<{
  track: InputAudioTrack;
  from: string;
  codec: AudioCodec;
  how: 'copied' | 'transcoded';
  /** As it is encoded, where it is. */
  format: Readonly<{ numberOfChannels: number; sampleRate: number }>;
}>;

/** AAC and Opus are decoded rightly from a packet or some before the one that is heard. */
const PREROLL_S = 0.08;
const STEREO = { numberOfChannels: 2, sampleRate: 48_000 };

/**
 * @throws PipelineError `codec-unsupported`, before any work is done, naming what could be chosen.
 */
export async function planAudio(
  tracks: readonly InputAudioTrack[],
  container: ClipContainer,
  format: OutputFormat,
): Promise<readonly AudioPlan[]> {
  const plans: AudioPlan[] = [];
  for (const track of tracks) plans.push(await planTrack(track, container, format));
  return plans;
}

async function planTrack(
  track: InputAudioTrack,
  container: ClipContainer,
  format: OutputFormat,
): Promise<AudioPlan> {
  const codec = await track.getCodec();
  const from = codec ?? String((await track.getInternalCodecId()) ?? 'an unknown codec');
  const given = {
    numberOfChannels: await track.getNumberOfChannels(),
    sampleRate: await track.getSampleRate(),
  };
  if (codec !== null && format.getSupportedAudioCodecs().includes(codec))
    return { track, from, codec, how: 'copied', format: given };
  if (!(await track.canDecode()))
    throw new PipelineError(
      'codec-unsupported',
      `${nameOf(container)} does not hold the sound of this clip (${from}), and this browser can not decode it. Choose the other container, or no sound (audio: 'none').`,
      { context: { codec: from, container } },
    );
  // Encoders are for 48 kHz, Opus' own rate: what they resample themselves comes out late. What one does not take as it is,
  // it takes as most sound is.
  for (const one of [{ ...given, sampleRate: STEREO.sampleRate }, STEREO]) {
    const chosen = await chooseAudioCodec(container, one).catch(() => null);
    if (chosen !== null) return { track, from, codec: chosen, how: 'transcoded', format: one };
  }
  return { track, from, codec: await chooseAudioCodec(container, STEREO), how: 'transcoded', format: STEREO };
}

/** Adds the track to an output that has not started. @returns what moves its sound over, once that has. */
export async function addAudio(plan: AudioPlan, output: Output): Promise<(run: AudioRun) => Promise<void>> {
  const { track } = plan;
  const name = await track.getName();
  const metadata = { languageCode: await track.getLanguageCode(), ...(name === null ? {} : { name }) };
  if (plan.how === 'copied') {
    const takesNegative = output.format.negativeTimestampSupport === 'full';
    const source = new EncodedAudioPacketSource(plan.codec);
    output.addAudioTrack(source, metadata);
    return (run) => closing(source, () => copyPackets(track, source, run, takesNegative));
  }
  const source = new AudioSampleSource({
    codec: plan.codec,
    quality: new Quality({ bitrate: 64_000 * plan.format.numberOfChannels }),
    transform: plan.format,
  });
  output.addAudioTrack(source, metadata);
  return (run) => closing(source, () => transcodeSound(track, source, run));
}

/** The other tracks wait for one that may still have something to say. */
async function closing(source: AudioSource, work: () => Promise<void>): Promise<void> {
  await work();
  source.close();
}

async function copyPackets(
  track: InputAudioTrack,
  source: EncodedAudioPacketSource,
  { startS, endS, waitFor, signal }: AudioRun,
  takesNegative: boolean,
): Promise<void> {
  const sink = new EncodedPacketSink(track);
  const decoderConfig = await track.getDecoderConfig();
  const meta = decoderConfig === null ? undefined : { decoderConfig };
  const first = (await sink.getPacket(startS - PREROLL_S)) ?? (await sink.getFirstPacket());
  if (first === null) return;
  for await (const packet of sink.packets(first)) {
    if (signal.aborted || packet.timestamp >= endS) return;
    // A packet can't be cut. What lies before the start is not heard, but what follows is decoded from it; a container that
    // has no time before 0 begins with the first that is wholly behind it.
    if (packet.timestamp < startS && !takesNegative) continue;
    await waitFor(packet.timestamp);
    await source.add(packet.clone({ timestamp: packet.timestamp - startS }), meta);
  }
}

export const audioOf = (plans: readonly AudioPlan[]): Clip['audio'] => plans.map(({ codec, how }) => ({ codec, how })); // prettier-ignore

/** What a user should know of the sound. */
export function audioNotes(plans: readonly AudioPlan[], container: ClipContainer): readonly string[] {
  return plans
    .filter(({ how }) => how === 'transcoded')
    .map(({ from, codec }) => `${nameOf(container)} does not hold ${from}, so the sound was encoded anew, as ${codec}.`); // prettier-ignore
}
