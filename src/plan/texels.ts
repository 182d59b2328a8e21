/** How many pixels a texel of each layout holds, and what planes of bytes are stored as: for plans and for backends. */
import type { FrameForm, FramePlane, Image, TexelFormat, TexelLayout } from './plan.ts';

/** Pixels in a texel. */
export const LANES: Readonly<Record<TexelLayout, number>> = {
  rgba: 1,
  packed4: 4,
  packed16: 16,
  single: 1,
  atlas: 1,
  blocks: 1,
};

export const BYTES_OF_TEXEL: Readonly<Record<TexelFormat, number>> = {
  r8: 1,
  rgba8: 4,
  rgba16f: 8,
  rgba32f: 16,
  rgba32ui: 16,
};

/** What planes of bytes are stored as. */
export const FORMAT_OF_PLANE: Readonly<Record<TexelLayout, TexelFormat>> = {
  rgba: 'rgba8',
  packed4: 'rgba8',
  packed16: 'rgba32ui',
  single: 'r8',
  atlas: 'rgba8',
  blocks: 'rgba8',
};

/** Texels in a row of so many pixels. */
export function texelWidth(width: number, layout: TexelLayout): number {
  return Math.ceil(width / LANES[layout]);
}

/** A plane of the frame as it is uploaded: Y and RGBA at full size, U and V at half. */
export function framePlaneImage(
  { width, height }: FrameForm,
  plane: FramePlane,
  layout: TexelLayout,
  expansion: Image['expansion'] = null,
): Image {
  const isChroma = plane === 'u' || plane === 'v';
  return {
    source: { kind: 'frame', plane },
    width: isChroma ? Math.ceil(width / 2) : width,
    height: isChroma ? Math.ceil(height / 2) : height,
    channels: plane === 'rgba' ? 3 : 1,
    layout,
    format: FORMAT_OF_PLANE[layout],
    interval: { low: 0, high: 1 },
    expansion,
    atlas: null,
  };
}
