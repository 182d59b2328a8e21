/** Sound that a container does not take as it is: decoded, laid end to end where its times say that it belongs, and encoded. */
import { AudioSample, AudioSampleSink, type AudioSampleSource, type InputAudioTrack } from 'mediabunny';
import { cut, framesOf, pieceOf, silence, type SoundPiece } from './sound-pieces.ts';

/** Times in files are rounded; an encoder only counts samples. What differs by more is a gap, or there twice. */
const TOLERANCE_S = 0.002;

/** What is moved of a track. */
export type AudioRun = Readonly<{
  startS: number;
  endS: number;
  /** Resolves when the picture is as far as `timestampS`, nearly: what is ahead of it waits in memory. */
  waitFor: (timestampS: number) => Promise<void>;
  signal: AbortSignal;
}>;

/** A piece of sound, and when it is heard. */
export type PlacedSound = Readonly<{ piece: SoundPiece; atS: number }>;

/** The part from `startS` to `endS`, without gaps: silence stands where nothing is. */
export async function* soundPieces(
  track: InputAudioTrack,
  { startS, endS }: Pick<AudioRun, 'startS' | 'endS'>,
): AsyncGenerator<PlacedSound> {
  // Where the next sample is to lie; unknown before the first one.
  let nextS = NaN;
  for await (const sample of new AudioSampleSink(track).samples(startS, endS)) {
    const givenS = sample.timestamp;
    const piece = pieceOf(sample);
    sample.close();
    const { sampleRate } = piece;
    const atS: number = Math.abs(givenS - nextS) <= TOLERANCE_S ? nextS : givenS;
    const fromS: number = Math.max(atS, startS, Number.isNaN(nextS) ? startS : nextS);
    const first = Math.round((fromS - atS) * sampleRate);
    const last = Math.min(framesOf(piece), Math.round((endS - atS) * sampleRate));
    if (first >= last) continue;
    if (fromS - nextS > TOLERANCE_S) yield { piece: silence(piece, fromS - nextS), atS: nextS };
    yield { piece: cut(piece, first, last), atS: fromS };
    nextS = atS + last / sampleRate;
  }
}

/** Resolves when the part from `startS` to `endS` is with the encoder. */
export async function transcodeSound(
  track: InputAudioTrack,
  source: AudioSampleSource,
  { startS, endS, waitFor, signal }: AudioRun,
): Promise<void> {
  for await (const { piece, atS } of soundPieces(track, { startS, endS })) {
    if (signal.aborted) return;
    await waitFor(atS);
    const sample = new AudioSample({ ...piece, format: 'f32', timestamp: atS - startS });
    try {
      await source.add(sample);
    } finally {
      sample.close();
    }
  }
}
