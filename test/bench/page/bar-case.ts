/** A case that has a bar: convolux and its peers on the same picture. */
import type { Bars, BenchSize, Peer } from '../ops-protocol.ts';
import type { Contender } from './contender.ts';

/** Of the frames that filters with a bar get. */
export const HD: BenchSize = { width: 1280, height: 720 };

/** A peer with its output as the luma of what is shown, 0..1, or as the values themselves. */
export type Rival = Readonly<{
  contender: Contender;
  /** What its arithmetic explains of a difference. */
  tolerance: number;
  /** Pixels along the edges that are not compared: it reads something else outside. */
  rimPx: number;
}>;

export type BarCase = Readonly<{
  name: string;
  size: BenchSize;
  bars: Bars;
  open(): Promise<Readonly<{ convolux: Contender; rivals: Readonly<Partial<Record<Peer, Rival>>> }>>;
}>;

/** The values without the rim. */
export function inside(values: Float32Array, { width, height }: BenchSize, rimPx: number): Float32Array {
  if (rimPx === 0) return values;
  return values.filter((_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return Math.min(x, y, width - 1 - x, height - 1 - y) >= rimPx;
  });
}
