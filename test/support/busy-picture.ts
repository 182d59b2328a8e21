/** A synthetic camera picture for tests of the test support. */
import { chromaSize, type I420Picture } from './picture.ts';

/** Busy footage: stripes of full contrast right up to the counter's border, where a filter mixes them into it. */
export function busyPicture(width: number, height: number): I420Picture {
  const plane = (w: number, h: number, step: number): Uint8Array =>
    Uint8Array.from({ length: w * h }, (_, index) =>
      Math.floor(index / step + index / w) % 2 === 0 ? 235 : 16,
    );
  const [chromaWidth, chromaHeight] = [chromaSize(width), chromaSize(height)];
  return {
    width,
    height,
    y: plane(width, height, 3),
    u: plane(chromaWidth, chromaHeight, 5),
    v: plane(chromaWidth, chromaHeight, 7),
  };
}
