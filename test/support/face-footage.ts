/** A face before a still background, 24 frames of 160 × 96: real footage for filters over time. Runs in Node. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';
import { tensor, type Tensor } from '../../src/core/tensor.ts';
import { rgbPicture } from './camera-picture.ts';
import { chromaSize } from './picture.ts';

const FILE = fileURLToPath(new URL('../fixtures/face-160x96.y4m.br', import.meta.url));
const [WIDTH, HEIGHT] = [160, 96];
const FRAME_MARK = 'FRAME\n'.length;

/** Between its frames. */
export const FACE_FRAME_US = 33_367;

/** R'G'B' in 0..1, `[96, 160, 3]`. */
export function faceFootage(): readonly Tensor[] {
  const file = brotliDecompressSync(readFileSync(FILE));
  const frames = file.subarray(file.indexOf('\n') + 1);
  const [luma, chroma] = [WIDTH * HEIGHT, chromaSize(WIDTH) * chromaSize(HEIGHT)];
  const bytes = FRAME_MARK + luma + 2 * chroma;
  return Array.from({ length: frames.length / bytes }, (_, i) => {
    const planes = frames.subarray(i * bytes + FRAME_MARK, (i + 1) * bytes);
    const picture = {
      width: WIDTH,
      height: HEIGHT,
      y: planes.subarray(0, luma),
      u: planes.subarray(luma, luma + chroma),
      v: planes.subarray(luma + chroma),
    };
    const { shape, data } = rgbPicture(picture, 'bilinear');
    return tensor(shape, data);
  });
}

/** Normal noise of this standard deviation, the same in every run, on values that stay whole levels of 0..255. */
export function withNoise(frames: readonly Tensor[], levels: number): readonly Tensor[] {
  const next = uniform(20_261_121);
  // Box & Muller 1958.
  const normal = () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const noisy = (value: number) =>
    Math.min(255, Math.max(0, Math.round(255 * value + levels * normal()))) / 255;
  return frames.map(({ shape, data }) => ({ shape, data: data.map(noisy) }));
}

/** Mulberry32: numbers in 0..1. */
function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
