/** Frames at the sizes of all levels through the whole backend: what is read, what is left behind, what is compiled. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { blur, edge, none, sharpen } from '../../pipelines/index.ts';
import type { UploadPath } from '../../src/backends/port.ts';
import { WebGl2Backend } from '../../src/backends/webgl2/webgl2-backend.ts';
import type { FrameColor } from '../../src/core/frame-color.ts';
import { sizeAtScale, type Size } from '../../src/core/frame-size.ts';
import { isSettled, Ledger } from '../../src/core/ledger.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { SCALES } from '../../src/schedule/budget.ts';
import { fitPlane } from '../support/fit-plane.ts';
import { calmPlanes, type FramePlanes } from '../support/frame-planes.ts';
import { frameOf, tightly, worstOfPlanes, type Output } from './compare.ts';
import { inFormat } from './frame-in-format.ts';
import { Uploaded, worstSample } from './uploaded.ts';

const COLOR: FrameColor = { matrix: 'bt709', fullRange: false };
const PATHS: readonly UploadPath[] = ['planes', 'rgbx', 'texture'];
/** There and back, not only from one level to the next. */
const JOURNEY = [1, 0.75, 0.5, 0.375, 0.25, 1, 0.25, 0.5, 1];

afterEach(() => {
  vi.restoreAllMocks();
});

/** Of one hue: what browsers make of chroma between its samples is theirs. */
function oneHue(width: number, height: number): FramePlanes {
  const planes = calmPlanes(width, height, COLOR);
  return { ...planes, u: planes.u.fill(120), v: planes.v.fill(140) };
}

/** The planes at another size, rounded as textures are. */
function planesAt(planes: FramePlanes, size: Size): FramePlanes {
  const { width, height } = planes;
  const wanted = { width, height, rotation: 0, flip: false, size };
  const [columns, rows] = [Math.ceil(width / 2), Math.ceil(height / 2)];
  const half = (data: Uint8Array) => Uint8Array.from(fitPlane({ data, columns, rows, share: 2 }, wanted), Math.round); // prettier-ignore
  const y = Uint8Array.from(fitPlane({ data: planes.y, columns: width, rows: height, share: 1 }, wanted), Math.round); // prettier-ignore
  return { ...size, y, u: half(planes.u), v: half(planes.v), color: planes.color };
}

async function run(backend: WebGl2Backend, one: Graph, frame: VideoFrame, scale: number): Promise<Output> {
  const form = await backend.upload(frame, { scale });
  frame.close();
  const prepared = await backend.prepare(makePlan(one, form, backend.capabilities));
  backend.execute(prepared);
  const output = tightly(backend.read(prepared));
  prepared.dispose();
  return output;
}

describe.each(PATHS)('by %s', (path) => {
  test('filters see the smaller frame', async () => {
    const ledger = new Ledger();
    const backend = new WebGl2Backend({ ledger, upload: path });
    const planes = path === 'planes' ? calmPlanes(83, 46, COLOR) : oneHue(83, 46);
    for (const scale of JOURNEY) {
      const smaller = planesAt(planes, sizeAtScale(planes, scale));
      for (const [name, one, levels] of [
        // Off by a level where a mean is rounded the other way; colours were rounded once more before. Sobel weighs
        // eight such levels.
        ['none', none.build(), path === 'planes' ? 1 : 3],
        ['blur', blur.build({ sigma: 2 }), path === 'planes' ? 1.5 : 3],
        ['edge', edge.build(), 8],
      ] as const) {
        const output = await run(backend, one, frameOf(planes), scale);
        expect(output).toMatchObject({ width: smaller.width, height: smaller.height });
        expect(worstOfPlanes(output, one, smaller), `${name} at ${scale}`).toBeLessThanOrEqual(levels);
      }
    }
    backend.dispose();
    expect(isSettled(ledger.balance())).toBe(true);
  });

  test.each(['drawn', 'in memory'] as const)('level after level, %s: each has its own textures, and leaves none behind', async (fits) => {
    const uploaded = new Uploaded(path, { fits });
    const planes = oneHue(64, 48);
    const images = path === 'planes' ? (['y', 'u', 'v'] as const) : (['rgba'] as const);
    for (const scale of JOURNEY) {
      const form = await uploaded.take(frameOf(planes), { scale });
      for (const plane of images) await uploaded.read(form, plane, path === 'planes' ? 'packed16' : 'rgba');
      // What is drawn is drawn from what came.
      const isDrawn = scale < 1 && (fits === 'drawn' || path !== 'planes');
      expect(uploaded.ledger.balance().textures, String(scale)).toBe(images.length * (isDrawn ? 2 : 1));
    }
    uploaded.dispose();
    expect(isSettled(uploaded.ledger.balance())).toBe(true);
  }); // prettier-ignore

  test('once it is warm, no level compiles anything', async () => {
    const ledger = new Ledger();
    const backend = new WebGl2Backend({ ledger, upload: path });
    const planes = oneHue(64, 48);
    const graphs = [none.build(), edge.build(), sharpen.build({ amount: 2, sigma: 1.5 })];
    for (const one of graphs) {
      await run(backend, one, frameOf(planes), 1);
      const frame = frameOf(planes);
      const form = await backend.upload(frame);
      frame.close();
      for (const scale of SCALES) {
        const plan = makePlan(one, { ...form, ...sizeAtScale(planes, scale) }, backend.capabilities);
        let before = backend.compiledPrograms;
        while (await backend.warm(plan)) expect(backend.compiledPrograms).toBe(++before);
        expect(backend.compiledPrograms).toBe(before);
      }
    }
    const compiled = backend.compiledPrograms;
    for (const scale of JOURNEY) for (const one of graphs) await run(backend, one, frameOf(planes), scale);
    expect(backend.compiledPrograms).toBe(compiled);
    backend.dispose();
    expect(isSettled(ledger.balance())).toBe(true);
  });

  test('at full size nothing is drawn, and nothing is compiled', async () => {
    const draws = vi.spyOn(WebGL2RenderingContext.prototype, 'drawArrays');
    const uploaded = new Uploaded(path);
    const form = await uploaded.take(frameOf(oneHue(64, 48)), { scale: 1 });
    await uploaded.read(form, path === 'planes' ? 'y' : 'rgba', path === 'planes' ? 'packed16' : 'rgba');
    expect(draws).not.toHaveBeenCalled();
    expect(uploaded.programs.compiled).toBe(0);
    uploaded.dispose();
  });
});

test('a plane goes up and is drawn when it is read, once a frame for each layout', async () => {
  const uploads = vi.spyOn(WebGL2RenderingContext.prototype, 'texSubImage2D');
  const draws = vi.spyOn(WebGL2RenderingContext.prototype, 'drawArrays');
  const uploaded = new Uploaded('planes');
  const form = await uploaded.take(frameOf(oneHue(64, 48)), { scale: 0.5 });
  expect([uploads.mock.calls.length, draws.mock.calls.length]).toEqual([0, 0]);
  await uploaded.read(form, 'y', 'packed16');
  await uploaded.read(form, 'y', 'packed16');
  expect([uploads.mock.calls.length, draws.mock.calls.length]).toEqual([1, 1]);
  await uploaded.read(form, 'y', 'packed4');
  expect([uploads.mock.calls.length, draws.mock.calls.length]).toEqual([1, 2]);
  await uploaded.read(form, 'u', 'single');
  expect([uploads.mock.calls.length, draws.mock.calls.length]).toEqual([2, 3]);
  expect(uploaded.upload.planes()).toBeNull();
  uploaded.dispose();
});

test('planes made smaller in memory are there without a texture, and nothing is drawn', async () => {
  const draws = vi.spyOn(WebGL2RenderingContext.prototype, 'drawArrays');
  const uploaded = new Uploaded('planes', { fits: 'in memory' });
  const planes = calmPlanes(64, 48, COLOR);
  for (const scale of [0.5, 0.75, 0.5]) {
    const { width, height } = await uploaded.take(frameOf(planes), { scale });
    const pixels = uploaded.upload.planes();
    if (pixels === null) throw new Error('they are in memory');
    const output = tightly(pixels);
    expect(output).toMatchObject({ width, height });
    expect(worstOfPlanes(output, none.build(), planesAt(planes, { width, height }))).toBeLessThanOrEqual(1);
  }
  expect(uploaded.ledger.balance().textures).toBe(0);
  expect(draws).not.toHaveBeenCalled();
  uploaded.dispose();
});

test.each([90, 180])('a frame that is turned by %i° is read upright, plane by plane', async (rotation) => {
  const ledger = new Ledger();
  const backend = new WebGl2Backend({ ledger, upload: 'planes' });
  const planes = calmPlanes(83, 46, COLOR);
  for (const scale of [1, 0.5]) {
    const size = sizeAtScale(rotation === 90 ? { width: 46, height: 83 } : planes, scale);
    const output = await run(backend, none.build(), inFormat(planes, 'I420', { rotation }), scale);
    if (output.channels !== 'planes') throw new Error('the frame itself is in planes');
    const wanted = { width: 83, height: 46, rotation, flip: false, size };
    const chroma = { columns: 42, rows: 23, share: 2 } as const;
    expect(worstSample(output.y, fitPlane({ data: planes.y, columns: 83, rows: 46, share: 1 }, wanted))).toBeLessThanOrEqual(1);
    expect(worstSample(output.u, fitPlane({ data: planes.u, ...chroma }, wanted))).toBeLessThanOrEqual(1);
    expect(worstSample(output.v, fitPlane({ data: planes.v, ...chroma }, wanted))).toBeLessThanOrEqual(1);
  }
  backend.dispose();
  expect(isSettled(ledger.balance())).toBe(true);
}); // prettier-ignore

test.each(['drawn', 'in memory'] as const)('the mean stays, at every level: %s', async (fits) => {
  const uploaded = new Uploaded('planes', { fits });
  const flat = { ...oneHue(320, 180), y: new Uint8Array(320 * 180).fill(77) };
  const noisy = oneHue(320, 180);
  const mean = (samples: Uint8Array) => samples.reduce((sum, one) => sum + one, 0) / samples.length;
  for (const scale of SCALES) {
    const form = await uploaded.take(frameOf(flat), { scale });
    const even = await uploaded.read(form, 'y', 'packed16');
    expect(worstSample(even, new Uint8Array(even.length).fill(77))).toBe(0);
    await uploaded.take(frameOf(noisy), { scale });
    // Of 14,400 and more samples, spread over 108 codes.
    expect(Math.abs(mean(await uploaded.read(form, 'y', 'packed16')) - mean(noisy.y))).toBeLessThan(0.5);
  }
  uploaded.dispose();
});
