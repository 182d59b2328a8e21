/** What the planner may do, each of it by its name: left to the planner, forced, or forbidden. For tests and for study. */

export const TECHNIQUES = [
  /** A kernel of low rank as filters along the axes. */
  'separate',
  /** A kernel that is a column times a row as that, in the registers of one pass. */
  'product',
  /** A kernel over frames and space as mixes of frames and filters in space. */
  'factorTime',
  /** Of those, frames mixed first and filtered then; forbidden, each frame filtered first. */
  'framesFirst',
  /** A kernel over frames and space as sums that are carried on from frame to frame. */
  'accumulate',
  /** A mean over many frames as a sum that runs on. */
  'running',
  /** A wide Gaussian on a smaller image. */
  'pyramid',
  /** A colour filter on the planes of the frame. */
  'planes',
  /** 16 pixels in a texel where 8 bits are enough. */
  'packed16',
  /** Filters along one axis as loops of any length, in place of unrolled taps. */
  'lines',
  /** Pointwise work written into its neighbour. */
  'fuse',
  /** One texture for images that are never needed together. */
  'reuse',
  /** Filters over many channels with several pixels in a fragment. */
  'blocks',
  /** Weights written into programs once there is time. */
  'bake',
] as const;

export type Technique = (typeof TECHNIQUES)[number];

/** True forces a technique wherever it is right, false forbids it; the planner decides about the others. */
export type Techniques = Readonly<Partial<Record<Technique, boolean>>>;
