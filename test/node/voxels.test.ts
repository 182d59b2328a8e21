/** Voxels: what is refused and how, what black and white are, and slices in 8 bits. The phantom's known densities. */
import { describe, expect, test } from 'vitest';
import { checkVoxels, rangeOf, voxelTensor, writeSlice, type Voxels } from '../../src/core/voxels.ts';
import { sheppLogan, sheppLoganAt } from '../../src/frames/shepp-logan.ts';

describe('voxels that are none', () => {
  const shape = [2, 2, 3] as const;
  test.each([
    [
      { shape, data: [1, 2] },
      'voxels.data must be a Uint8Array, Uint16Array, Int16Array or Float32Array, got [1, 2]',
    ],
    [undefined, 'voxels.data must be a Uint8Array'],
    [{ shape: [2, 6], data: new Uint8Array(12) }, 'voxels.shape must be [depth, height, width], got [2, 6]'],
    [{ shape: [2, 2, 0], data: new Uint8Array(0) }, 'voxels.shape[2] must be ≥ 1, got 0'],
    [{ shape: [2, 2, 1.5], data: new Uint8Array(6) }, 'voxels.shape[2] must be an integer, got 1.5'],
    [{ shape, data: new Uint16Array(11) }, 'voxels.data must hold 12 voxels for the shape [2, 2, 3], got 11'],
    [
      { shape, data: new Float32Array(12).fill(NaN, 10) },
      'voxels.data must be finite, got NaN at slice, row, column 1, 1, 1',
    ],
    [{ shape, data: new Float32Array(12).fill(-Infinity, 5) }, 'got -Infinity at slice, row, column 0, 1, 2'],
    [{ shape, data: new Uint8Array(12), range: [5, 5] }, 'voxels.range[1] must be > 5, got 5'],
    [
      { shape, data: new Uint8Array(12), range: [NaN, 5] },
      'voxels.range[0] must be a finite number, got NaN',
    ],
    [{ shape, data: new Uint8Array(12), range: 7 }, 'voxels.range must be [black, white], got 7'],
  ])('%#', (voxels, message) => {
    expect(() => checkVoxels('voxels', voxels)).toThrow(message);
  });
});

describe('black and white', () => {
  const of = (data: Voxels['data'], range?: Voxels['range']): Voxels => ({ data, shape: [1, 1, data.length], ...(range === undefined ? {} : { range }) }); // prettier-ignore

  test('are 0 and 255 of 8 bits, the ends of the values of all others, or what is said', () => {
    expect(rangeOf(of(Uint8Array.of(7, 9)))).toEqual([0, 255]);
    expect(rangeOf(of(Uint16Array.of(700, 40, 900)))).toEqual([40, 900]);
    expect(rangeOf(of(Int16Array.of(-1000, 400), [-160, 240]))).toEqual([-160, 240]);
    expect(rangeOf(of(Float32Array.of(3, 3)))).toEqual([3, 4]);
  });

  test('limit what is shown, and not what a graph gets', () => {
    const ct = of(Int16Array.of(-1000, -160, -60, 240, 3000), [-160, 240]);
    const bytes = new Uint8Array(5);
    writeSlice(ct, rangeOf(ct), 0, bytes);
    expect([...bytes]).toEqual([0, 0, 64, 255, 255]);
    expect(voxelTensor(ct)).toEqual({ shape: [1, 1, 5, 1], data: Float32Array.of(-2.1, 0, 0.25, 1, 7.9) });
  });

  test('8 bits stay what they are, slice by slice', () => {
    const data = Uint8Array.from({ length: 512 }, (_, i) => i % 256);
    const voxels: Voxels = { data, shape: [2, 16, 16] };
    const bytes = new Uint8Array(256);
    writeSlice(voxels, rangeOf(voxels), 1, bytes);
    expect([...bytes]).toEqual([...data.subarray(256)]);
  });
});

describe('the Shepp-Logan phantom', () => {
  test.each([
    ['outside of the head', [0.9, 0.9, 0], 0],
    ['in the skull', [0, 0.9, 0], 1],
    ['in the brain', [0, 0, 0], 0.2],
    ['in the right ventricle', [0.22, 0, 0], 0],
    ['in the left ventricle', [-0.22, 0, 0], 0],
    ['in the tumour above', [0, 0.35, -0.15], 0.3],
    ['in a small one beside the middle', [0, 0.1, 0.25], 0.3],
    ['in one of the three below', [-0.08, -0.605, 0], 0.3],
    // The ventricles lean: 0.2 up along its axis the right one is 0.06 to the right.
    [
      'in the ventricle where it leans to',
      [0.22 + 0.2 * Math.sin(Math.PI / 10), 0.2 * Math.cos(Math.PI / 10), 0],
      0,
    ],
    [
      'and not where it would without',
      [0.22 - 0.2 * Math.sin(Math.PI / 10), 0.2 * Math.cos(Math.PI / 10), 0],
      0.2,
    ],
    ['above the head', [0, 0, 0.82], 0],
  ] as const)('%s', (_name, [x, y, z], density) => {
    expect(sheppLoganAt(x, y, z)).toBeCloseTo(density, 10);
  });

  test('as voxels: rows from the top, slices along the body, one density at each centre', () => {
    const { data, shape, range } = sheppLogan([9, 17, 33]);
    expect([shape, range]).toEqual([[9, 17, 33], [0, 1]]); // prettier-ignore
    const at = (slice: number, row: number, column: number) => data[(slice * 17 + row) * 33 + column];
    expect(at(4, 8, 16)).toBeCloseTo(0.2, 6);
    expect(at(4, 0, 0)).toBe(0);
    expect(at(4, 5, 16)).toBeCloseTo(sheppLoganAt(0, 6 / 17, 0), 6);
    expect(at(5, 7, 16)).toBeCloseTo(sheppLoganAt(0, 2 / 17, 2 / 9), 6);
    expect(at(0, 8, 16)).toBe(0);
  });

  test('sizes that are none', () => {
    expect(() => sheppLogan([0, 8, 8])).toThrow('shape[0] must be 1 to 1024, got 0');
    expect(() => sheppLogan([8, 8, 1.5])).toThrow('shape[2] must be an integer, got 1.5');
  });
});
