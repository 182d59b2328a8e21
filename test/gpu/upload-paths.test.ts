/** Each way in gives the same picture; sizes change under way; nothing is left behind. */
import { afterEach, expect, test, vi } from 'vitest';
import { blur, edge, none } from '../../pipelines/index.ts';
import { WebGl2Backend } from '../../src/backends/webgl2/webgl2-backend.ts';
import { isSettled, Ledger } from '../../src/core/ledger.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { lumaTensor, rgbTensor, runWebGl2, worstLevel } from './compare.ts';
import { frameOfPlanes, frameOfRgb, realPicture, realPlanes } from './real-frame.ts';

const BT601 = { matrix: 'bt601', fullRange: false } as const;

afterEach(() => {
  vi.restoreAllMocks();
});

test.each([true, false])('texture, rgbx and planes agree on luma, full range %s', async (fullRange) => {
  const picture = await realPlanes(320, 180);
  // Neutral chroma: colours outside R'G'B' would be cut off on two of the three paths.
  const planes = { ...picture, u: picture.u.fill(128), v: picture.v.fill(128) };
  const of = edge.build();
  for (const path of ['planes', 'rgbx', 'texture'] as const) {
    const output = await runWebGl2(of, frameOfPlanes(planes, fullRange), path);
    // Through R'G'B' of 8 bits luma is rounded once more, and Sobel weighs eight such roundings.
    const allowed = path === 'planes' ? 1 : 8;
    expect(worstLevel(output, of, lumaTensor(planes, fullRange), BT601), path).toBeLessThanOrEqual(allowed);
  }
});

test('an RGB frame is the same by texture and by rgbx', async () => {
  const picture = await realPicture(321, 179);
  for (const path of ['rgbx', 'texture', 'planes'] as const) {
    const output = await runWebGl2(none.build(), frameOfRgb(picture), path);
    expect(worstLevel(output, none.build(), rgbTensor(picture)), path).toBe(0);
  }
});

test('an ImageBitmap is a frame too', async () => {
  const picture = await realPicture(64, 48);
  const ledger = new Ledger();
  const backend = new WebGl2Backend({ ledger });
  const bitmap = await createImageBitmap(new ImageData(picture.data, 64, 48));
  const form = await backend.upload(bitmap);
  bitmap.close();
  expect(form).toMatchObject({ width: 64, height: 48, layout: 'rgba' });
  const prepared = await backend.prepare(makePlan(none.build(), form, backend.capabilities));
  backend.execute(prepared);
  expect([...backend.read(prepared).data.subarray(0, 3)]).toEqual([...picture.data.subarray(0, 3)]);
  prepared.dispose();
  backend.dispose();
});

test('presenting draws the picture upright, grey or in colour', async () => {
  const picture = await realPicture(50, 30);
  for (const filter of [none, edge]) {
    const backend = new WebGl2Backend({ ledger: new Ledger(), upload: 'rgbx' });
    const frame = frameOfRgb(picture);
    const form = await backend.upload(frame);
    frame.close();
    const plan = makePlan(filter.build(), form, backend.capabilities);
    const prepared = await backend.prepare(plan, { present: true });
    backend.execute(prepared);
    const expected = backend.read(prepared);
    backend.present(prepared);
    const seen = new OffscreenCanvas(50, 30).getContext('2d');
    seen?.drawImage(backend.canvas, 0, 0);
    const shown = seen?.getImageData(0, 0, 50, 30).data ?? new Uint8ClampedArray();
    for (const [x, y] of [
      [0, 0],
      [49, 0],
      [0, 29],
      [31, 7],
    ] as const) {
      const step = expected.layout === 'grey' ? 1 : 4;
      const value = expected.data[y * expected.strideBytes + x * step];
      expect(shown[4 * (y * 50 + x)], `${filter.name} ${x},${y}`).toBe(value);
    }
    await backend.finished();
    prepared.dispose();
    backend.dispose();
  }
});

test('a size that changes, filters that change: every texture and program made is deleted', async () => {
  const made = vi.spyOn(WebGL2RenderingContext.prototype, 'createTexture');
  const deleted = vi.spyOn(WebGL2RenderingContext.prototype, 'deleteTexture');
  const programs = vi.spyOn(WebGL2RenderingContext.prototype, 'createProgram');
  const deletedPrograms = vi.spyOn(WebGL2RenderingContext.prototype, 'deleteProgram');
  const ledger = new Ledger();
  const backend = new WebGl2Backend({ ledger });
  for (const filter of [edge, blur, none, edge]) {
    for (const [width, height] of [
      [64, 48],
      [30, 20],
      [64, 48],
    ] as const) {
      const frame = frameOfPlanes(await realPlanes(width, height), false);
      const form = await backend.upload(frame);
      frame.close();
      const prepared = await backend.prepare(makePlan(filter.build(), form, backend.capabilities));
      backend.execute(prepared);
      expect(backend.read(prepared)).toMatchObject({ width, height });
      prepared.dispose();
    }
  }
  backend.dispose();
  expect(isSettled(ledger.balance())).toBe(true);
  expect(made.mock.calls.length).toBeGreaterThan(0);
  expect(deleted).toHaveBeenCalledTimes(made.mock.calls.length);
  expect(deletedPrograms).toHaveBeenCalledTimes(programs.mock.calls.length);
});

test('a frame that no texture holds is refused with both numbers', async () => {
  const { getParameter } = WebGL2RenderingContext.prototype;
  const size = vi.spyOn(WebGL2RenderingContext.prototype, 'getParameter');
  size.mockImplementation(function limited(this: WebGL2RenderingContext, name: number) {
    const value: unknown = getParameter.call(this, name);
    return name === this.MAX_TEXTURE_SIZE ? 32 : value;
  });
  const backend = new WebGl2Backend({ ledger: new Ledger() });
  size.mockRestore();
  const frame = frameOfPlanes(await realPlanes(64, 16), false);
  await expect(backend.upload(frame)).rejects.toMatchObject({
    code: 'frame-too-large',
    context: { width: 64, height: 16, limit: 32 },
  });
  frame.close();
  backend.dispose();
});
