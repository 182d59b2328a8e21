/** Every pixel format that a frame can have, on every path that it can take, against the same colours in float64. */
import { describe, expect, test } from 'vitest';
import type { UploadPath } from '../../src/backends/port.ts';
import type { FrameColor } from '../../src/core/frame-color.ts';
import { isSettled } from '../../src/core/ledger.ts';
import type { FrameForm } from '../../src/plan/plan.ts';
import { calmPlanes, rgbOf, wildPlanes, type FramePlanes } from '../support/frame-planes.ts';
import { inFormat, PLANAR_FORMATS, rgbInFormat, rgbNoise, RGB_FORMATS } from './frame-in-format.ts';
import { Uploaded, worstColor, worstSample } from './uploaded.ts';

const SIZES = [[64, 48], [637, 359], [35, 15], [3, 5], [2, 1], [1, 1]] as const; // prettier-ignore
const BT601: FrameColor = { matrix: 'bt601', fullRange: false };
const COLORS: readonly FrameColor[] = [BT601, { matrix: 'bt709', fullRange: true }];

type Check = (uploaded: Uploaded, form: FrameForm) => Promise<void>;

/** Uploads a frame of each size by `path` and lets `check` look at it. */
async function eachSize(
  path: UploadPath,
  frameOf: (width: number, height: number) => VideoFrame,
  check: Check,
): Promise<void> {
  const uploaded = new Uploaded(path);
  for (const [width, height] of SIZES) {
    const form = await uploaded.take(frameOf(width, height));
    expect(uploaded.upload.path).toBe(path);
    expect(form).toMatchObject({ width, height, layout: path === 'planes' ? 'planar420' : 'rgba' });
    await check(uploaded, form);
  }
  uploaded.dispose();
  expect(isSettled(uploaded.ledger.balance())).toBe(true);
}

/** All of one hue, so that it is of no matter how a browser interpolates chroma. */
function oneHue(width: number, height: number, color: FrameColor): FramePlanes {
  const planes = calmPlanes(width, height, color);
  return { ...planes, u: planes.u.fill(120), v: planes.v.fill(140) };
}

const rgbLevels = (planes: FramePlanes) => rgbOf(planes).data.map((value) => 255 * value);

describe.each(['I420', 'I420A', 'NV12'] as const)('%s', (format) => {
  test('by planes: sample by sample, in textures and in memory', async () => {
    const planesOf = (width: number, height: number) => wildPlanes(width, height, BT601);
    const frameOf = (width: number, height: number) => inFormat(planesOf(width, height), format);
    await eachSize('planes', frameOf, async (uploaded, form) => {
      const { width, height } = form;
      const planes = planesOf(width, height);
      for (const layout of ['packed16', 'packed4', 'single'] as const)
        for (const plane of ['y', 'u', 'v'] as const)
          expect(worstSample(await uploaded.read(form, plane, layout), planes[plane])).toBe(0);
      const pixels = uploaded.upload.planes();
      if (pixels === null) throw new Error('what came as planes is there as planes');
      const { data, strideBytes, uOffset, vOffset, chromaStrideBytes } = pixels;
      const [lastX, lastY] = [Math.ceil(width / 2) - 1, Math.ceil(height / 2) - 1];
      expect(data[strideBytes * (height - 1) + width - 1]).toBe(planes.y.at(-1));
      expect(data[uOffset + chromaStrideBytes * lastY + lastX]).toBe(planes.u.at(-1));
      expect(data[vOffset + chromaStrideBytes * lastY + lastX]).toBe(planes.v.at(-1));
    });
  });

  test('its planes are there in memory before any texture is', async () => {
    const planes = wildPlanes(35, 15, BT601);
    const uploaded = new Uploaded('planes');
    for (let frame = 0; frame < 2; frame++) {
      await uploaded.take(inFormat(planes, format));
      const { data, uOffset, vOffset } = uploaded.upload.planes() ?? { data: [], uOffset: 0, vOffset: 0 };
      expect([data[0], data[uOffset + 17], data[vOffset + 17]]).toEqual([planes.y[0], planes.u[17], planes.v[17]]); // prettier-ignore
    }
    uploaded.dispose();
  });
});

describe.each(PLANAR_FORMATS)('%s', (format) => {
  const isSmall = format === 'I420' || format === 'I420A' || format === 'NV12';

  test.each(['planes', 'rgbx', 'texture'] as const)('its paths, %s preferred', (preferred) => {
    const uploaded = new Uploaded(preferred);
    const frame = inFormat(oneHue(2, 2, BT601), format);
    const paths = uploaded.upload.pathsOf(frame);
    frame.close();
    uploaded.dispose();
    expect(paths[0]).toBe(preferred === 'planes' && !isSmall ? 'rgbx' : preferred);
    expect([...paths].sort()).toEqual(isSmall ? ['planes', 'rgbx', 'texture'] : ['rgbx', 'texture']);
  });

  test.each(['rgbx', 'texture'] as const)('by %s', async (path) => {
    // Deeper samples are rounded to eight bits before they become colours.
    const levels = format.includes('P1') ? 1.5 : 1;
    for (const color of COLORS) {
      const planesOf = (width: number, height: number) => oneHue(width, height, color);
      const frameOf = (width: number, height: number) => inFormat(planesOf(width, height), format);
      await eachSize(path, frameOf, async (uploaded, form) => {
        const output = await uploaded.read(form, 'rgba', 'rgba');
        expect(worstColor(output, rgbLevels(planesOf(form.width, form.height)))).toBeLessThanOrEqual(levels);
      });
    }
  });
});

describe.each(RGB_FORMATS)('%s', (format) => {
  test.each(['rgbx', 'texture'] as const)('by %s: byte by byte', async (path) => {
    const frameOf = (width: number, height: number) => rgbInFormat(rgbNoise(width, height), format, { width, height }); // prettier-ignore
    await eachSize(path, frameOf, async (uploaded, form) => {
      const output = await uploaded.read(form, 'rgba', 'rgba');
      expect(worstColor(output, rgbNoise(form.width, form.height))).toBe(0);
    });
  });

  test('by rgbx the fourth byte changes nothing', async () => {
    const uploaded = new Uploaded('rgbx');
    const rgb = rgbNoise(35, 15);
    for (const unused of [0, 1, 254]) {
      const form = await uploaded.take(rgbInFormat(rgb, format, { width: 35, height: 15 }, { unused }));
      expect(worstColor(await uploaded.read(form, 'rgba', 'rgba'), rgb)).toBe(0);
    }
    uploaded.dispose();
  });

  test('asked for as planes, it comes as colours', async () => {
    const uploaded = new Uploaded('texture');
    await uploaded.take(rgbInFormat(rgbNoise(2, 2), format, { width: 2, height: 2 }), { path: 'planes' });
    expect(uploaded.upload.path).toBe('rgbx');
    uploaded.dispose();
  });
});

test('formats that take turns find their own planes', async () => {
  const uploaded = new Uploaded('planes');
  for (const format of ['I420', 'NV12', 'I420A', 'NV12', 'I420'] as const) {
    const planes = wildPlanes(35, 15, BT601);
    planes.y.set([format.length]);
    const form = await uploaded.take(inFormat(planes, format));
    expect(uploaded.upload.planes()?.data[0], format).toBe(format.length);
    for (const plane of ['v', 'u', 'y'] as const)
      expect(worstSample(await uploaded.read(form, plane, 'packed16'), planes[plane]), format).toBe(0);
  }
  uploaded.dispose();
});
