/** Extra work on the GPU: as much as was asked for, in proportion to the pixels, and gone with the load. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openDevice, type GlDevice } from '../../src/backends/webgl2/context.ts';
import { ExtraLoad, LOAD_MS } from '../../src/backends/webgl2/extra-load.ts';
import { isSettled, Ledger } from '../../src/core/ledger.ts';
import type { FrameSize } from '../../src/plan/plan.ts';

const FULL: FrameSize = { width: 320, height: 240 };
const HALF: FrameSize = { width: 160, height: 120 };

let device: GlDevice;
let ledger: Ledger;

beforeEach(() => {
  device = openDevice(new OffscreenCanvas(1, 1));
  ledger = new Ledger();
});

afterEach(() => {
  vi.restoreAllMocks();
  expect(isSettled(ledger.balance())).toBe(true);
  device.gl.getExtension('WEBGL_lose_context')?.loseContext();
});

/**
 * A device whose time is reckoned, and that draws nothing: each pixel costs `onceMs`, and `turnMs` with each turn, and to
 * hear of it costs `askMs`.
 */
class ReckonedTime {
  nowMs = 0;
  draws = 0;
  readonly #viewport: Int32Array = new Int32Array(4);
  #turns = 0;

  constructor({ gl }: GlDevice, costs: Readonly<{ onceMs: number; turnMs: number; askMs: number }>) {
    const viewport = gl.viewport.bind(gl);
    vi.spyOn(gl, 'viewport').mockImplementation((x, y, width, height) => {
      this.#viewport.set([x, y, width, height]);
      viewport(x, y, width, height);
    });
    const uniform1i = gl.uniform1i.bind(gl);
    vi.spyOn(gl, 'uniform1i').mockImplementation((location, value) => {
      // The image's unit is 0, and is set before the turns.
      this.#turns = value;
      uniform1i(location, value);
    });
    vi.spyOn(gl, 'drawArrays').mockImplementation(() => {
      const pixels = this.#viewport[2]! * this.#viewport[3]!;
      this.draws++;
      this.nowMs += pixels * (costs.onceMs + costs.turnMs * this.#turns);
    });
    const readPixels = gl.readPixels.bind(gl) as (...values: unknown[]) => void;
    vi.spyOn(gl, 'readPixels').mockImplementation((...values: unknown[]) => {
      this.nowMs += costs.askMs;
      readPixels(...values);
    });
  }

  /** What `work` took. */
  of(work: () => void): number {
    const start = this.nowMs;
    work();
    return this.nowMs - start;
  }
}

/** Until the program is there, nothing is drawn. */
async function opened(load: ExtraLoad, ready: () => boolean): Promise<void> {
  await vi.waitFor(
    () => {
      load.burn(1, FULL, FULL);
      expect(ready()).toBe(true);
    },
    { timeout: 20_000, interval: 5 },
  );
}

for (const { speed, onceMs, turnMs, turns } of [
  { speed: 'a slow device', onceMs: 2e-6, turnMs: 9e-6, turns: 'a few' },
  { speed: 'a fast device', onceMs: 1e-8, turnMs: 3e-8, turns: 'many' },
  { speed: 'a device on which one turn is too much', onceMs: 1e-5, turnMs: 1e-4, turns: 'one' },
]) {
  test(`a load of 1 is 1/30 s at the full size, its cost goes with the area: ${speed}, ${turns} turns`, async () => {
    const time = new ReckonedTime(device, { onceMs, turnMs, askMs: 0.3 });
    const load = new ExtraLoad(device, ledger, () => time.nowMs);
    const calibrationMs = time.nowMs;
    await opened(load, () => time.draws > 0);
    expect(time.nowMs - calibrationMs, 'calibrating and the first load').toBeLessThan(100 + LOAD_MS);
    for (const amount of [0.1, 0.5, 1, 2.5, 8]) {
      const [full, half] = [FULL, HALF].map((size) => time.of(() => load.burn(amount, size, FULL)));
      // A row more or less, or a turn.
      expect(full! / (amount * LOAD_MS), `load ${amount}`).toBeCloseTo(1, 1);
      expect(half! / full!, `load ${amount}, a quarter of the area`).toBeCloseTo(0.25, 1);
    }
    load.dispose();
  });
}

test('nothing exists before there is a load, nor after', async () => {
  const load = new ExtraLoad(device, ledger);
  load.burn(0, FULL, FULL);
  expect(isSettled(ledger.balance())).toBe(true);
  await opened(load, () => ledger.balance().textures > 0);
  expect(ledger.balance()).toMatchObject({ programs: 1, textures: 2 });
  load.burn(1, HALF, FULL);
  expect(ledger.balance(), 'of another size').toMatchObject({ programs: 1, textures: 2 });
  load.burn(0, HALF, FULL);
  expect(isSettled(ledger.balance())).toBe(true);
  // And again, with what was learnt of the device.
  await opened(load, () => ledger.balance().textures > 0);
  load.dispose();
  load.dispose();
});

test('a load that ends while its program is compiled leaves nothing', async () => {
  const load = new ExtraLoad(device, ledger);
  load.burn(1, FULL, FULL);
  load.burn(0, FULL, FULL);
  load.burn(1, FULL, FULL);
  load.dispose();
  // Two programs were asked for, one after the other; both come to nothing.
  const linked = vi.spyOn(device.gl, 'deleteProgram');
  await vi.waitFor(() => expect(linked).toHaveBeenCalledTimes(2), { timeout: 20_000 });
});

test('another load, or another size, compiles nothing and calibrates nothing', async () => {
  const load = new ExtraLoad(device, ledger);
  const linked = vi.spyOn(device.gl, 'linkProgram');
  await opened(load, () => ledger.balance().textures > 0);
  const asked = vi.spyOn(device.gl, 'readPixels');
  for (const amount of [0.1, 3]) for (const size of [FULL, HALF]) load.burn(amount, size, FULL);
  expect(linked).toHaveBeenCalledTimes(1);
  expect(asked).not.toHaveBeenCalled();
  load.dispose();
});

test('each draw reads what the one before wrote, and writes something else', async () => {
  const load = new ExtraLoad(device, ledger);
  await opened(load, () => ledger.balance().textures > 0);
  const { gl } = device;
  const pictures = [0, 1, 2].map(() => {
    load.burn(1, HALF, FULL);
    const data = new Uint8Array(4 * 16 * 16);
    gl.readPixels(0, 0, 16, 16, gl.RGBA, gl.UNSIGNED_BYTE, data);
    return data.join(' ');
  });
  expect(new Set(pictures).size).toBe(3);
  expect(gl.getError()).toBe(gl.NO_ERROR);
  load.dispose();
});

test('a program that the driver refuses is told, until the load ends', async () => {
  const load = new ExtraLoad(device, ledger);
  const source = vi.spyOn(device.gl, 'shaderSource');
  const setSource = device.gl.shaderSource.bind(device.gl);
  source.mockImplementation((shader) => setSource(shader, '#version 300 es\nnonsense'));
  const refused = (): boolean => load.burn(1, FULL, FULL);
  await vi.waitFor(() => expect(refused).toThrow(expect.objectContaining({ code: 'shader-failed' })), {
    timeout: 20_000,
  });
  load.burn(0, FULL, FULL);
  source.mockRestore();
  await opened(load, () => ledger.balance().textures > 0);
  load.dispose();
});

test('on a lost context nothing happens', () => {
  const load = new ExtraLoad(device, ledger);
  device.gl.getExtension('WEBGL_lose_context')?.loseContext();
  load.burn(1, FULL, FULL);
  expect(isSettled(ledger.balance())).toBe(true);
});
