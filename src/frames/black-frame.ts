import type { Size } from '../core/frame-size.ts';

/** Luma 0 in full range, and no colour. */
const BLACK: VideoColorSpaceInit = {
  matrix: 'smpte170m',
  primaries: 'bt709',
  transfer: 'iec61966-2-1',
  fullRange: true,
};
const NEUTRAL_CHROMA = 128;

/**
 * A picture of which nothing is seen. It has all its pixels: not everybody who reads a track enlarges a smaller one.
 * @returnsOwned
 */
export function blackFrame({ width, height }: Size, timestampUs: number): VideoFrame {
  const luma = width * height;
  const chroma = Math.ceil(width / 2) * Math.ceil(height / 2);
  const planes = new Uint8Array(luma + 2 * chroma).fill(NEUTRAL_CHROMA, luma);
  return new VideoFrame(planes, {
    format: 'I420',
    codedWidth: width,
    codedHeight: height,
    timestamp: timestampUs,
    colorSpace: BLACK,
  });
}
