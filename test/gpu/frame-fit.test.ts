/**
 * Frames at the sizes of all levels, in every layout that a plan reads, turned, mirrored and cut: against the same in
 * float64.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { UploadPath } from '../../src/backends/port.ts';
import type { FrameColor } from '../../src/core/frame-color.ts';
import { fullSizeOf, sizeAtScale } from '../../src/core/frame-size.ts';
import { isSettled } from '../../src/core/ledger.ts';
import type { FrameForm } from '../../src/plan/plan.ts';
import { SCALES } from '../../src/schedule/budget.ts';
import { fitPlane, type WantedFit } from '../support/fit-plane.ts';
import { wildPlanes, type FramePlanes } from '../support/frame-planes.ts';
import { inFormat, rgbInFormat, rgbNoise, type FrameInit } from './frame-in-format.ts';
import { Uploaded, worstColor, worstSample } from './uploaded.ts';

const COLOR: FrameColor = { matrix: 'bt601', fullRange: false };
const SIZES = [[64, 48], [637, 359], [48, 34], [17, 33], [3, 5], [2, 1], [1, 1]] as const; // prettier-ignore
const TURNS = [0, 90, 180, 270].flatMap((rotation) => [false, true].map((flip) => ({ rotation, flip })));
const UPRIGHT = { rotation: 0, flip: false };
/** Half of it is rounding; samplers weigh neighbours in steps of 1/256 or finer. */
const LEVELS = 1;

/** Planes are made smaller in two ways. */
const FITS = ['drawn', 'in memory'] as const;

let uploaded: Uploaded;
let byFit: Readonly<Record<(typeof FITS)[number], Uploaded>>;
beforeAll(() => {
  uploaded = new Uploaded('planes', { fits: 'drawn' });
  byFit = { drawn: uploaded, 'in memory': new Uploaded('planes', { fits: 'in memory' }) };
});
afterAll(() => {
  for (const one of Object.values(byFit)) {
    one.dispose();
    expect(isSettled(one.ledger.balance())).toBe(true);
  }
});

/** What each plane that `from` holds is off, at the worst. */
async function worstOfPlanes(
  from: Uploaded,
  planes: FramePlanes,
  form: FrameForm,
  wanted: WantedFit,
  layout: 'single' | 'packed4' | 'packed16',
): Promise<number> {
  const [columns, rows] = [Math.ceil(planes.width / 2), Math.ceil(planes.height / 2)];
  const luma = fitPlane({ data: planes.y, columns: planes.width, rows: planes.height, share: 1 }, wanted);
  let worst = worstSample(await from.read(form, 'y', layout), luma);
  for (const plane of ['u', 'v'] as const) {
    const chroma = fitPlane({ data: planes[plane], columns, rows, share: 2 }, wanted);
    worst = Math.max(worst, worstSample(await from.read(form, plane, layout), chroma));
  }
  return worst;
}

/** R, G and B of each pixel, each fitted by itself. */
function fitColors(rgb: Uint8Array, wanted: WantedFit): Float64Array {
  const { width: columns, height: rows } = wanted;
  const channels = [0, 1, 2].map((channel) => rgb.filter((_, i) => i % 3 === channel));
  const fitted = channels.map((data) => fitPlane({ data, columns, rows, share: 1 }, wanted));
  return Float64Array.from({ length: 3 * (fitted[0]?.length ?? 0) }, (_, i) => fitted[i % 3]![Math.floor(i / 3)]!); // prettier-ignore
}

describe.each(SCALES)('at %f of the size', (scale) => {
  test.each(['single', 'packed4', 'packed16'] as const)('planes as %s', async (layout) => {
    for (const [width, height] of SIZES) {
      const planes = wildPlanes(width, height, COLOR);
      const size = sizeAtScale({ width, height }, scale);
      const wanted = { width, height, ...UPRIGHT, size };
      for (const fit of FITS) {
        const form = await byFit[fit].take(inFormat(planes, 'I420'), { scale });
        expect(form).toEqual({ ...size, layout: 'planar420', color: COLOR });
        const worst = await worstOfPlanes(byFit[fit], planes, form, wanted, layout);
        expect(worst, `${fit}, ${width}×${height}`).toBeLessThanOrEqual(LEVELS);
      }
    }
  });

  test.each(['rgbx', 'texture'] as const)('colours by %s', async (path) => {
    for (const [width, height] of SIZES) {
      const rgb = rgbNoise(width, height);
      const form = await uploaded.take(rgbInFormat(rgb, 'BGRX', { width, height }), { scale, path });
      const size = sizeAtScale({ width, height }, scale);
      expect(form).toMatchObject({ ...size, layout: 'rgba' });
      const expected = fitColors(rgb, { width, height, ...UPRIGHT, size });
      const worst = worstColor(await uploaded.read(form, 'rgba', 'rgba'), expected);
      expect(worst, `${width}×${height}`).toBeLessThanOrEqual(LEVELS);
    }
  });

  test.each(TURNS)('turned by $rotation°, mirrored: $flip', async (turn) => {
    for (const [width, height] of SIZES.slice(2)) {
      const planes = wildPlanes(width, height, COLOR);
      const rgb = rgbNoise(width, height);
      const upright = turn.rotation % 180 === 0 ? { width, height } : { width: height, height: width };
      const wanted = { width, height, ...turn, size: sizeAtScale(upright, scale) };
      for (const fit of FITS) {
        const form = await byFit[fit].take(inFormat(planes, 'NV12', turn), { scale, path: 'planes' });
        expect(form).toMatchObject(wanted.size);
        const worst = await worstOfPlanes(byFit[fit], planes, form, wanted, 'packed16');
        expect(worst, fit).toBeLessThanOrEqual(LEVELS);
      }
      for (const path of ['rgbx', 'texture'] as const) {
        const form = await uploaded.take(rgbInFormat(rgb, 'RGBX', { width, height }, turn), { scale, path });
        expect(form).toMatchObject(wanted.size);
        const output = await uploaded.read(form, 'rgba', 'rgba');
        expect(worstColor(output, fitColors(rgb, wanted)), path).toBeLessThanOrEqual(LEVELS);
      }
    }
  });
});

describe('a frame that is shown smaller than it comes', () => {
  /** 4:3 pixels a side, as cameras deliver that are asked for less. */
  const [width, height] = [64, 48];
  const rgb = rgbNoise(width, height);
  const planes = wildPlanes(width, height, COLOR);

  test.each(SCALES)('is computed in the size that it is shown in, at %f', async (scale) => {
    const display: FrameInit = { displayWidth: 48, displayHeight: 36 };
    const wanted = { width, height, ...UPRIGHT, size: sizeAtScale({ width: 48, height: 36 }, scale) };
    for (const fit of FITS) {
      const form = await byFit[fit].take(inFormat(planes, 'NV12', display), { scale });
      expect(form).toMatchObject(wanted.size);
      const worst = await worstOfPlanes(byFit[fit], planes, form, wanted, 'packed4');
      expect(worst, fit).toBeLessThanOrEqual(LEVELS);
    }
    for (const path of ['rgbx', 'texture'] as const) {
      const colors = await uploaded.take(rgbInFormat(rgb, 'RGBX', { width, height }, display), {
        scale,
        path,
      });
      expect(colors).toMatchObject(wanted.size);
      const output = await uploaded.read(colors, 'rgba', 'rgba');
      expect(worstColor(output, fitColors(rgb, wanted)), path).toBeLessThanOrEqual(LEVELS);
    }
  });

  test('turned, its display size is upright already', async () => {
    const turn = { rotation: 90, flip: false };
    // Frames are told the size before they are turned, and tell it afterwards.
    const frame = inFormat(planes, 'I420', { ...turn, displayWidth: 48, displayHeight: 36 });
    expect(fullSizeOf(frame)).toEqual({ width: 36, height: 48 });
    const form = await uploaded.take(frame);
    const wanted = { width, height, ...turn, size: { width: 36, height: 48 } };
    expect(await worstOfPlanes(uploaded, planes, form, wanted, 'single')).toBeLessThanOrEqual(LEVELS);
  });

  test('one that is shown larger keeps its own pixels', async () => {
    const form = await uploaded.take(inFormat(planes, 'I420', { displayWidth: 128, displayHeight: 36 }));
    expect(form).toMatchObject({ width: 64, height: 36 });
  });
});

describe('a frame of which only a part is visible', () => {
  const [width, height] = [40, 30];
  const planes = wildPlanes(width, height, COLOR);
  const rgb = rgbNoise(width, height);
  const part = (data: Uint8Array, columns: number, share: number, { x, y, w, h }: Readonly<{ x: number; y: number; w: number; h: number }>) =>
    Uint8Array.from({ length: Math.ceil(w / share) * Math.ceil(h / share) }, (_, i) => {
      const row = Math.floor(i / Math.ceil(w / share));
      return data[(y / share + row) * columns + x / share + (i % Math.ceil(w / share))]!;
    }); // prettier-ignore

  test.each(SCALES)('planes, at %f', async (scale) => {
    const cut = { x: 6, y: 4, w: 21, h: 17 };
    const visibleRect = { x: cut.x, y: cut.y, width: cut.w, height: cut.h };
    const seen: FramePlanes = {
      width: cut.w,
      height: cut.h,
      y: part(planes.y, width, 1, cut),
      u: part(planes.u, width / 2, 2, cut),
      v: part(planes.v, width / 2, 2, cut),
      color: COLOR,
    };
    const wanted = { width: cut.w, height: cut.h, ...UPRIGHT, size: sizeAtScale(visibleRect, scale) };
    for (const format of ['I420', 'NV12'] as const) {
      for (const fit of FITS) {
        const form = await byFit[fit].take(inFormat(planes, format, { visibleRect }), { scale });
        expect(form).toMatchObject(wanted.size);
        const worst = await worstOfPlanes(byFit[fit], seen, form, wanted, 'packed16');
        expect(worst, `${format} ${fit}`).toBeLessThanOrEqual(LEVELS);
      }
    }
  });

  test.each(['rgbx', 'texture'] satisfies UploadPath[])('colours from an odd corner, by %s', async (path) => {
    const visibleRect = { x: 5, y: 3, width: 21, height: 17 };
    const seen = Uint8Array.from({ length: 3 * 21 * 17 }, (_, i) => {
      const [x, y] = [Math.floor(i / 3) % 21, Math.floor(i / 3 / 21)];
      return rgb[3 * ((y + 3) * width + x + 5) + (i % 3)]!;
    });
    for (const scale of SCALES) {
      const frame = rgbInFormat(rgb, 'RGBX', { width, height }, { visibleRect });
      const form = await uploaded.take(frame, { scale, path });
      const wanted = { width: 21, height: 17, ...UPRIGHT, size: sizeAtScale(visibleRect, scale) };
      expect(form).toMatchObject(wanted.size);
      const output = await uploaded.read(form, 'rgba', 'rgba');
      expect(worstColor(output, fitColors(seen, wanted)), String(scale)).toBeLessThanOrEqual(LEVELS);
    }
  });
});
