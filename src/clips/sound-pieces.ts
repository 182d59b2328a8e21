/** Pieces of sound, as numbers: cut, converted, and laid end to end where clocks say that they belong. Pure but for AudioData. */
import type { SoundFormat } from './recording-types.ts';

/** Samples of all channels in turn, 'f32'. */
export type SoundPiece = SoundFormat & Readonly<{ data: Float32Array<ArrayBuffer> }>;

/** Sound may lie elsewhere by so much before it is cut or silence put in: less is not noticed. */
const TOLERANCE_S = 0.01;
/** Share of a piece in the mean of what came lately: of 10 ms, in that of half a second. */
const SMOOTHING = 0.02;
/** Sound that is missing: no jitter. */
const GAP_S = 0.1;

/** Sound as a browser or a reader of files gives it. */
type SoundData = Readonly<{
  sampleRate: number;
  numberOfChannels: number;
  numberOfFrames: number;
  copyTo(to: Float32Array, options: Readonly<{ planeIndex: number; format: 'f32' }>): void;
}>;

/** @borrows data */
export function pieceOf(data: SoundData): SoundPiece {
  const { sampleRate, numberOfChannels, numberOfFrames } = data;
  const piece = new Float32Array(numberOfFrames * numberOfChannels);
  data.copyTo(piece, { planeIndex: 0, format: 'f32' });
  return { sampleRate, numberOfChannels, data: piece };
}

export const framesOf = ({ data, numberOfChannels }: SoundPiece): number => data.length / numberOfChannels;

export const lengthMsOf = (piece: SoundPiece): number => (1000 * framesOf(piece)) / piece.sampleRate;

/** From one sample to another, by their numbers. */
export function cut(piece: SoundPiece, from: number, to: number): SoundPiece {
  const { numberOfChannels } = piece;
  return { ...piece, data: piece.data.slice(from * numberOfChannels, to * numberOfChannels) };
}

export function silence({ sampleRate, numberOfChannels }: SoundFormat, lengthS: number): SoundPiece {
  const frames = Math.max(0, Math.round(lengthS * sampleRate));
  return { sampleRate, numberOfChannels, data: new Float32Array(frames * numberOfChannels) };
}

/**
 * The same sound in another format, for devices that change under way: channels that are missing repeat the last one, those
 * that are too many are left out, and samples between samples lie on the line between them.
 */
export function conform(piece: SoundPiece, { sampleRate, numberOfChannels }: SoundFormat): SoundPiece {
  if (piece.sampleRate === sampleRate && piece.numberOfChannels === numberOfChannels) return piece;
  const [from, step] = [framesOf(piece), piece.sampleRate / sampleRate];
  const frames = Math.round(from / step);
  const data = new Float32Array(frames * numberOfChannels);
  const read = (frame: number, channel: number): number =>
    piece.data[Math.min(frame, from - 1) * piece.numberOfChannels + channel] ?? 0;
  for (let i = 0; i < frames; i++) {
    const [whole, part] = [Math.floor(i * step), (i * step) % 1];
    for (let c = 0; c < numberOfChannels; c++) {
      const channel = Math.min(c, piece.numberOfChannels - 1);
      data[i * numberOfChannels + c] = (1 - part) * read(whole, channel) + part * read(whole + 1, channel);
    }
  }
  return { sampleRate, numberOfChannels, data };
}

/** Silence before a piece, and how much of its beginning is left out, in seconds. */
export type Correction = Readonly<{ silenceS: number; skipS: number }>;

const NONE: Correction = { silenceS: 0, skipS: 0 };

/**
 * Keeps sound where it belongs: samples follow one another, whatever single times say, until on average they lie elsewhere.
 */
export class SoundAlignment {
  #hasBegun = false;
  #meanS = 0;

  /** What has to be done with a piece that belongs at `atS` when sound ends at `endS` so far. */
  next(endS: number, atS: number): Correction {
    const lateS = atS - endS;
    const isAtOnce = !this.#hasBegun || Math.abs(lateS) > GAP_S;
    this.#hasBegun = true;
    this.#meanS += SMOOTHING * (lateS - this.#meanS);
    if (!isAtOnce && Math.abs(this.#meanS) <= TOLERANCE_S) return NONE;
    const wrongS = isAtOnce ? lateS : this.#meanS;
    this.#meanS = 0;
    return { silenceS: Math.max(0, wrongS), skipS: Math.max(0, -wrongS) };
  }
}
