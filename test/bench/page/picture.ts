/** A real picture (CC0) as a camera sends it, and the R'G'B' that these planes mean. */
import {
  chromaExpansion,
  chromaFactors,
  lumaExpansion,
  lumaWeights,
  type FrameColor,
} from '../../../src/core/frame-color.ts';
import type { Tensor } from '../../../src/core/tensor.ts';
import pictureUrl from '../../fixtures/flower-640x360.jpg?url';
import type { BenchSize } from '../ops-protocol.ts';

export type Picture = Readonly<{
  /** I420, its colour `COLOR`. */
  frame: VideoFrame;
  /** The codes of its luma. */
  y: Uint8Array;
  /** `[height, width, 3]` in 0..1 */
  rgb(): Tensor;
}>;

export const COLOR: FrameColor = { matrix: 'bt601', fullRange: false };

/** Pale enough that no colour between two pixels is past 0..1: what is cut off there has another luma than its plane. */
const PALE = { offset: 64, scale: 0.5 };

/** How far edges move from picture to picture in a sequence. */
const ZOOM_PX = 3;

type Plane = Readonly<{ width: number; height: number; codes: Uint8Array }>;

/** @returnsOwned the frame. */
export const cameraPicture = (size: BenchSize): Promise<Picture> => zoomedPicture(size, 0);

/** What a camera sees that moves on: pictures that follow each other. @returnsOwned their frames. */
export async function cameraSequence(size: BenchSize, frames: number): Promise<readonly Picture[]> {
  const pictures: Picture[] = [];
  for (let i = 0; i < frames; i++) pictures.push(await zoomedPicture(size, ZOOM_PX * i));
  return pictures;
}

async function zoomedPicture({ width, height }: BenchSize, marginPx: number): Promise<Picture> {
  const pixels = await drawn(width, height, marginPx);
  const chromaSize = { width: width / 2, height: height / 2 };
  const y = planeOf({ width, height }, (x, row) => 16 + (219 / 255) * lumaOf(pixels, width * row + x));
  // Cb and Cr of every second pixel: what lies between is interpolated, on both sides.
  const chroma = (channel: 0 | 2) =>
    planeOf(chromaSize, (x, row) => {
      const pixel = width * 2 * row + 2 * x;
      const difference = pixels[4 * pixel + channel]! - lumaOf(pixels, pixel);
      const largest = 2 * (1 - lumaWeights(COLOR)[channel]);
      return 128 + ((224 / 255) * difference) / largest;
    });
  const [u, v] = [chroma(2), chroma(0)];
  return { frame: frameOf(y, u, v), y: y.codes, rgb: () => rgbOf(y, u, v) };
}

/** @param marginPx how far the picture reaches past each edge. */
async function drawn(width: number, height: number, marginPx: number): Promise<Uint8ClampedArray> {
  const bitmap = await createImageBitmap(await (await fetch(pictureUrl)).blob());
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('no 2D canvas');
  context.drawImage(bitmap, -marginPx, -marginPx, width + 2 * marginPx, height + 2 * marginPx);
  bitmap.close();
  return context.getImageData(0, 0, width, height).data.map((value) => PALE.offset + PALE.scale * value);
}

function lumaOf(pixels: Uint8ClampedArray, pixel: number): number {
  const [red, green, blue] = lumaWeights(COLOR);
  return red * pixels[4 * pixel]! + green * pixels[4 * pixel + 1]! + blue * pixels[4 * pixel + 2]!;
}

function planeOf({ width, height }: BenchSize, codeAt: (x: number, y: number) => number): Plane {
  const codes = new Uint8Array(width * height);
  codes.forEach((_, i) => {
    codes[i] = Math.round(Math.min(255, Math.max(0, codeAt(i % width, Math.floor(i / width)))));
  });
  return { width, height, codes };
}

function frameOf(y: Plane, u: Plane, v: Plane): VideoFrame {
  const bytes = new Uint8Array(y.codes.length + u.codes.length + v.codes.length);
  bytes.set(y.codes);
  bytes.set(u.codes, y.codes.length);
  bytes.set(v.codes, y.codes.length + u.codes.length);
  return new VideoFrame(bytes, {
    format: 'I420',
    codedWidth: y.width,
    codedHeight: y.height,
    timestamp: 0,
    colorSpace: { matrix: 'smpte170m', primaries: 'smpte170m', transfer: 'smpte170m', fullRange: false },
  });
}

function rgbOf(y: Plane, u: Plane, v: Plane): Tensor {
  const [luma, chroma] = [lumaExpansion(COLOR), chromaExpansion(COLOR)];
  const { crToRed, cbToGreen, crToGreen, cbToBlue } = chromaFactors(COLOR);
  const data = new Float32Array(3 * y.codes.length);
  const limited = (value: number) => Math.min(1, Math.max(0, value));
  y.codes.forEach((code, i) => {
    const [x, row] = [i % y.width, Math.floor(i / y.width)];
    const brightness = (code / 255) * luma.scale + luma.offset;
    const cb = between(u, x, row) * chroma.scale + chroma.offset;
    const cr = between(v, x, row) * chroma.scale + chroma.offset;
    data[3 * i] = limited(brightness + crToRed * cr);
    data[3 * i + 1] = limited(brightness + cbToGreen * cb + crToGreen * cr);
    data[3 * i + 2] = limited(brightness + cbToBlue * cb);
  });
  return { shape: [y.height, y.width, 3], data };
}

/** Chroma lies between its four luma pixels: pixel x reads at (x + ½) / 2 − ½. */
function between({ width, height, codes }: Plane, x: number, y: number): number {
  const [sx, sy] = [(x + 0.5) / 2 - 0.5, (y + 0.5) / 2 - 0.5];
  const [left, top] = [Math.floor(sx), Math.floor(sy)];
  const [right, down] = [sx - left, sy - top];
  const code = (row: number, column: number) => {
    const [r, c] = [Math.min(height - 1, Math.max(0, row)), Math.min(width - 1, Math.max(0, column))];
    return codes[r * width + c]! / 255;
  };
  const upper = code(top, left) * (1 - right) + code(top, left + 1) * right;
  const lower = code(top + 1, left) * (1 - right) + code(top + 1, left + 1) * right;
  return upper * (1 - down) + lower * down;
}
