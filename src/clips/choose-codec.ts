/** Which codecs a clip is written with: what is asked for where this browser and the container can, else the first that can. */
import { canEncodeAudio, canEncodeVideo, type AudioCodec } from 'mediabunny';
import { PipelineError } from '../core/errors.ts';
import type { ClipContainer, ClipVideoCodec } from './clip-types.ts';

/** The one that plays in most places first. */
const VIDEO: Readonly<Record<ClipContainer, readonly ClipVideoCodec[]>> = {
  mp4: ['avc', 'vp9', 'av1', 'hevc'],
  webm: ['vp9', 'vp8', 'av1'],
};
const AUDIO: Readonly<Record<ClipContainer, readonly AudioCodec[]>> = {
  mp4: ['aac', 'opus'],
  webm: ['opus'],
};

export type VideoCodecWish = Readonly<{
  container: ClipContainer;
  /** Default the first that can. */
  codec?: ClipVideoCodec | undefined;
  width: number;
  height: number;
  bitrate?: number | undefined;
}>;

/** @throws PipelineError `codec-unsupported`, which names what could be chosen. */
export async function chooseVideoCodec(wish: VideoCodecWish): Promise<ClipVideoCodec> {
  const { container, codec, width, height } = wish;
  const candidates = VIDEO[container];
  if (codec === undefined) {
    for (const one of candidates) if (await isEncodable(one, wish)) return one;
    throw unsupported(
      `This browser can not encode a picture of ${width} × ${height} for ${nameOf(container)}. Choose a smaller size, or another browser.`,
    );
  }
  if (candidates.includes(codec) && (await isEncodable(codec, wish))) return codec;
  const possible: ClipVideoCodec[] = [];
  for (const one of candidates) if (await isEncodable(one, wish)) possible.push(one);
  const why = candidates.includes(codec)
    ? `This browser can not encode ${codec} at ${width} × ${height}${isOddH264(codec, wish) ? ': H.264 takes even sizes only' : ''}.`
    : `${nameOf(container)} does not hold ${codec}.`;
  throw unsupported(`${why} Possible here: ${possible.join(', ') || 'none'}.`, { codec, container });
}

/**
 * What sound is encoded with, where it can't be copied.
 * @throws PipelineError `codec-unsupported`
 */
export async function chooseAudioCodec(
  container: ClipContainer,
  format: Readonly<{ numberOfChannels: number; sampleRate: number }>,
): Promise<AudioCodec> {
  for (const one of AUDIO[container])
    if (await canEncodeAudio(one, { ...format, bitrate: 128_000 })) return one;
  throw unsupported(
    `This browser can not encode sound for ${nameOf(container)}: neither of ${AUDIO[container].join(', ')}. Choose “no sound” (audio: 'none').`,
    { container },
  );
}

export const nameOf = (container: ClipContainer): string => (container === 'mp4' ? 'MP4' : 'WebM');

const isOddH264 = (codec: ClipVideoCodec, { width, height }: VideoCodecWish): boolean =>
  codec === 'avc' && (width % 2 !== 0 || height % 2 !== 0);

async function isEncodable(codec: ClipVideoCodec, wish: VideoCodecWish): Promise<boolean> {
  const { width, height, bitrate } = wish;
  if (isOddH264(codec, wish)) return false;
  return canEncodeVideo(codec, { width, height, ...(bitrate === undefined ? {} : { bitrate }) });
}

function unsupported(message: string, context: Readonly<Record<string, string>> = {}): PipelineError {
  return new PipelineError('codec-unsupported', message, { context });
}
