/** Sequences of camera frames for what remembers them: noise that moves, at times that a camera might give. */
import type { FrameColor } from '../../src/core/frame-color.ts';
import { wildPlanes, type FramePlanes } from './frame-planes.ts';

/** Frame `n` of noise: each sample goes its own way from frame to frame. */
export function noiseFrame(width: number, height: number, color: FrameColor, n: number): FramePlanes {
  const planes = wildPlanes(width, height, color);
  const moved = (codes: Uint8Array, seed: number) => codes.map((code, i) => (code + n * (seed + ((i * 29) % 83))) % 256); // prettier-ignore
  return { ...planes, y: moved(planes.y, 11), u: moved(planes.u, 23), v: moved(planes.v, 41) };
}

const ms = (times: readonly number[]) => times.map((time) => 1000 * time);

/** In µs: uneven; a frame that comes twice; a seek back; a gap of more than a second. */
export const TROUBLED_TIMES: readonly number[] = ms([0, 33, 67, 133, 166, 166, 200, 300, 40, 73, 107, 140, 1500, 1533, 1566, 1600]); // prettier-ignore

/** In µs, of a camera of 30 frames a second that loses every seventh frame. */
export const cameraTimes = (count: number): readonly number[] =>
  Array.from({ length: count + Math.ceil(count / 6) }, (_, i) => i)
    .filter((i) => i % 7 !== 6)
    .slice(0, count)
    .map((i) => Math.round((i * 1e6) / 30));
