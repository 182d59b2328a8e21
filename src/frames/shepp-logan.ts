/**
 * The Shepp-Logan head phantom in three dimensions: ten ellipsoids whose densities add up. Centres, semi-axes and angles in
 * the plane after L. Shepp, B. Logan, "The Fourier reconstruction of a head section", IEEE Trans. Nucl. Sci. 21 (1974); the
 * densities with more contrast after P. Toft, "The Radon transform" (1996), table B.1; the third axis as in M. Schabel's
 * phantom3d (2005, MATLAB Central 9416). Runs on any thread.
 */
import { at } from '../core/assert.ts';
import { checkInteger } from '../core/check.ts';
import type { Voxels } from '../core/voxels.ts';

/** Density, semi-axes, centre in −1..1, and the turn about the long axis of the body in degrees. */
type Ellipsoid = readonly [density: number, a: number, b: number, c: number, x: number, y: number, z: number, turn: number]; // prettier-ignore

const ELLIPSOIDS: readonly Ellipsoid[] = [
  [1, 0.69, 0.92, 0.81, 0, 0, 0, 0],
  [-0.8, 0.6624, 0.874, 0.78, 0, -0.0184, 0, 0],
  [-0.2, 0.11, 0.31, 0.22, 0.22, 0, 0, -18],
  [-0.2, 0.16, 0.41, 0.28, -0.22, 0, 0, 18],
  [0.1, 0.21, 0.25, 0.41, 0, 0.35, -0.15, 0],
  [0.1, 0.046, 0.046, 0.05, 0, 0.1, 0.25, 0],
  [0.1, 0.046, 0.046, 0.05, 0, -0.1, 0.25, 0],
  [0.1, 0.046, 0.023, 0.05, -0.08, -0.605, 0, 0],
  [0.1, 0.023, 0.023, 0.02, 0, -0.606, 0, 0],
  [0.1, 0.023, 0.046, 0.02, 0.06, -0.605, 0, 0],
];

const TURNS = ELLIPSOIDS.map(([, , , , , , , turn]) => {
  const angle = (turn * Math.PI) / 180;
  return { cos: Math.cos(angle), sin: Math.sin(angle) };
});

/** The density at a place; x to the right, y up, z along the body, each in −1..1. */
export function sheppLoganAt(x: number, y: number, z: number): number {
  let density = 0;
  for (let e = 0; e < ELLIPSOIDS.length; e++) {
    const [own, a, b, c, x0, y0, z0] = at(ELLIPSOIDS, e);
    const { cos, sin } = at(TURNS, e);
    const dx = x - x0;
    const dy = y - y0;
    const along = (dx * cos + dy * sin) / a;
    const across = (dy * cos - dx * sin) / b;
    const deep = (z - z0) / c;
    if (along * along + across * across + deep * deep <= 1) density += own;
  }
  return density;
}

const LARGEST = 1024;

/**
 * The phantom as a volume, one density per voxel, taken at its centre: 0 outside of the head, 1 in its skull.
 * @param shape `[depth, height, width]`, each 1 to 1024. Default 64×128×128.
 */
export function sheppLogan(
  shape: Voxels['shape'] = [64, 128, 128],
): Voxels & Readonly<{ data: Float32Array }> {
  const [depth, height, width] = shape;
  shape.forEach((side, axis) => checkInteger(`shape[${axis}]`, side, { min: 1, max: LARGEST }));
  const centre = (index: number, count: number): number => (2 * index + 1) / count - 1;
  const data = new Float32Array(depth * height * width);
  let i = 0;
  for (let z = 0; z < depth; z++) {
    for (let row = 0; row < height; row++) {
      const y = -centre(row, height);
      for (let column = 0; column < width; column++) {
        data[i++] = sheppLoganAt(centre(column, width), y, centre(z, depth));
      }
    }
  }
  return { data, shape: [depth, height, width], range: [0, 1] };
}
