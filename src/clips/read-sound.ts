/** A clip's sound as numbers, for graphs over signals. */
import { ALL_FORMATS, Input } from 'mediabunny';
import { PipelineError } from '../core/errors.ts';
import type { ClipInput, ClipRange, ClipSound } from './clip-types.ts';
import { asUnreadable, unreadable } from './clip-faults.ts';
import { blobOf, sourceOf } from './open-input.ts';
import { framesOf, type SoundPiece } from './sound-pieces.ts';
import { soundPieces } from './transcode-sound.ts';

/**
 * The main sound track, decoded: samples of each channel.
 * @throws PipelineError `clip-unreadable` where there is none | `codec-unsupported`
 */
export async function readSound(
  from: ClipInput,
  { startS = 0, endS = Infinity }: ClipRange,
): Promise<ClipSound> {
  const input = new Input({ source: sourceOf(from, await blobOf(from)), formats: ALL_FORMATS });
  try {
    if (!(await input.canRead())) throw unreadable('This is no file with sound that can be read.');
    const track = await input.getPrimaryAudioTrack();
    if (track === null) throw unreadable('There is no sound in this file.');
    const codec = (await track.getCodec()) ?? 'an unknown codec';
    if (!(await track.canDecode()))
      throw new PipelineError('codec-unsupported', `This browser can not decode the sound of this clip (${codec}).`, { context: { codec } }); // prettier-ignore
    const pieces: SoundPiece[] = [];
    for await (const { piece } of soundPieces(track, { startS, endS })) pieces.push(piece);
    return { sampleRate: await track.getSampleRate(), channels: channelsOf(pieces) };
  } catch (error) {
    throw asUnreadable(error);
  } finally {
    input.dispose();
  }
}

function channelsOf(pieces: readonly SoundPiece[]): readonly Float32Array[] {
  const count = pieces[0]?.numberOfChannels ?? 0;
  const length = pieces.reduce((sum, piece) => sum + framesOf(piece), 0);
  const channels = Array.from({ length: count }, () => new Float32Array(length));
  let at = 0;
  for (const piece of pieces) {
    const frames = framesOf(piece);
    channels.forEach((channel, c) => {
      for (let i = 0; i < frames; i++) channel[at + i] = piece.data[i * count + c] ?? 0;
    });
    at += frames;
  }
  return channels;
}
