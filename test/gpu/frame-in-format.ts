/** Frames of every pixel format, built from planes or colours that a test knows. */
import type { FramePlanes } from '../support/frame-planes.ts';

/** Those of newer browsers are not in TypeScript's own list. */
export type Format = VideoPixelFormat | 'I420P10' | 'I420P12' | 'I422P10' | 'I444P10';

export const RGB_FORMATS = ['RGBX', 'RGBA', 'BGRX', 'BGRA'] as const satisfies readonly Format[];

/** How much smaller chroma is on each axis, and how many bits a sample has. */
const PLANAR: Readonly<Partial<Record<Format, readonly [across: number, down: number, bits: number]>>> = {
  I420: [2, 2, 8],
  I420A: [2, 2, 8],
  NV12: [2, 2, 8],
  I422: [2, 1, 8],
  I444: [1, 1, 8],
  I420P10: [2, 2, 10],
  I420P12: [2, 2, 12],
  I422P10: [2, 1, 10],
  I444P10: [1, 1, 10],
};

export const PLANAR_FORMATS = Object.keys(PLANAR) as readonly Format[];

const colorSpace = ({ color }: FramePlanes): VideoColorSpaceInit => {
  const tags = color.matrix === 'bt601' ? 'smpte170m' : 'bt709';
  return { matrix: tags, primaries: tags, transfer: tags, fullRange: color.fullRange };
};

/** What a frame is told beside its pixels, newer members too. */
export type FrameInit = Readonly<{
  visibleRect?: DOMRectInit;
  displayWidth?: number;
  displayHeight?: number;
  rotation?: number;
  flip?: boolean;
}>;

/** Chroma of larger planes is that of 4:2:0, repeated. */
export function inFormat(planes: FramePlanes, format: Format, init: FrameInit = {}): VideoFrame {
  const { width, height, y, u, v } = planes;
  const [across, down, bits] = PLANAR[format] ?? [2, 2, 8];
  const [columns, rows] = [Math.ceil(width / across), Math.ceil(height / down)];
  const half = Math.ceil(width / 2);
  const chroma = (plane: Uint8Array) =>
    Array.from({ length: columns * rows }, (_, i) => {
      const [x, line] = [(across * (i % columns)) >> 1, (down * Math.floor(i / columns)) >> 1];
      return plane[line * half + x]!;
    });
  const [cb, cr] = [chroma(u), chroma(v)];
  const samples =
    format === 'NV12'
      ? [...y, ...cb.flatMap((one, i) => [one, cr[i]!])]
      : [...y, ...cb, ...cr, ...(format === 'I420A' ? new Uint8Array(width * height).fill(255) : [])];
  const data = bits === 8 ? Uint8Array.from(samples) : Uint16Array.from(samples, (one) => one << (bits - 8));
  return new VideoFrame(data, {
    ...init,
    format: format as VideoPixelFormat,
    codedWidth: width,
    codedHeight: height,
    timestamp: 0,
    colorSpace: colorSpace(planes),
  });
}

/** R, G and B of each pixel, the same in every run. */
export function rgbNoise(width: number, height: number): Uint8Array {
  let state = 7;
  return Uint8Array.from({ length: 3 * width * height }, () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state >> 23;
  });
}

/** @param unused the fourth byte of each pixel. */
export function rgbInFormat(
  rgb: Uint8Array,
  format: (typeof RGB_FORMATS)[number],
  size: Readonly<{ width: number; height: number }>,
  { unused = 255, ...init }: FrameInit & Readonly<{ unused?: number }> = {},
): VideoFrame {
  const order = format.startsWith('BGR') ? [2, 1, 0] : [0, 1, 2];
  const data = Uint8Array.from({ length: 4 * size.width * size.height }, (_, i) => {
    const channel = order[i % 4];
    return channel === undefined ? unused : rgb[3 * Math.floor(i / 4) + channel]!;
  });
  return new VideoFrame(data, {
    ...init,
    format,
    codedWidth: size.width,
    codedHeight: size.height,
    timestamp: 0,
    colorSpace: { matrix: 'rgb', primaries: 'bt709', transfer: 'iec61966-2-1', fullRange: true },
  });
}
