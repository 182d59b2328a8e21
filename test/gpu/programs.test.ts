/** Programs: made once per source, and a clear word when the driver refuses one. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { blur, edge } from '../../pipelines/index.ts';
import { openDevice, type GlDevice } from '../../src/backends/webgl2/context.ts';
import { ProgramCache } from '../../src/backends/webgl2/programs.ts';
import { WebGl2Backend } from '../../src/backends/webgl2/webgl2-backend.ts';
import { PipelineError } from '../../src/core/errors.ts';
import { Ledger } from '../../src/core/ledger.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { frameOfPlanes, realPlanes } from './real-frame.ts';

const GOOD = '#version 300 es\nprecision highp float;\nout vec4 color;\nvoid main() { color = vec4(1.0); }';
const BAD = '#version 300 es\nprecision highp float;\nout vec4 color;\nvoid main() {\n  color = nonsense;\n}';

let device: GlDevice;
let ledger: Ledger;
let programs: ProgramCache;

beforeEach(() => {
  device = openDevice(new OffscreenCanvas(1, 1));
  ledger = new Ledger();
  programs = new ProgramCache(device, ledger);
});

afterEach(() => {
  vi.restoreAllMocks();
  programs.dispose();
  expect(ledger.balance().programs).toBe(0);
  device.gl.getExtension('WEBGL_lose_context')?.loseContext();
});

test('a shader that does not compile is an error that quotes its line, and leaves nothing behind', async () => {
  const error = await programs.get(BAD).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(PipelineError);
  expect(error).toMatchObject({ code: 'shader-failed', context: { line: 5, text: 'color = nonsense;' } });
  expect((error as PipelineError).message).toMatch(/nonsense/);
  expect(ledger.balance().programs).toBe(0);
});

test('the same source is compiled once, asked for one after the other or at once', async () => {
  const linked = vi.spyOn(device.gl, 'linkProgram');
  const first = await programs.get(GOOD);
  expect(await programs.get(GOOD)).toBe(first);
  expect(linked).toHaveBeenCalledTimes(1);
  const [a, b] = await Promise.all([programs.get(`${GOOD}\n`), programs.get(`${GOOD}\n`)]);
  expect(a).toBe(b);
  expect(ledger.balance().programs).toBe(2);
});

test('a slider compiles nothing: strength never, a radius only when the number of taps changes', async () => {
  const backend = new WebGl2Backend({ ledger: new Ledger() });
  const frame = frameOfPlanes(await realPlanes(64, 48), false);
  const form = await backend.upload(frame);
  frame.close();
  const prepare = async (graph: ReturnType<typeof edge.build>) => {
    (await backend.prepare(makePlan(graph, form, backend.capabilities))).dispose();
  };
  await prepare(edge.build({ strength: 1 }));
  await prepare(blur.build({ sigma: 1.7 }));
  const linked = vi.spyOn(WebGL2RenderingContext.prototype, 'linkProgram');
  await prepare(edge.build({ strength: 3 }));
  await prepare(blur.build({ sigma: 2 }));
  await prepare(edge.build());
  expect(linked).not.toHaveBeenCalled();
  await prepare(blur.build({ sigma: 2.5 }));
  expect(linked).toHaveBeenCalled();
  backend.dispose();
});

test('without WebGL2 the error says so', () => {
  vi.spyOn(OffscreenCanvas.prototype, 'getContext').mockReturnValue(null);
  const newBackend = () => new WebGl2Backend({ ledger: new Ledger() });
  expect(newBackend).toThrow(expect.objectContaining({ code: 'webgl2-missing' }) as Error);
});

test('a lost context is told apart from a bad shader, by every call', async () => {
  const backend = new WebGl2Backend({ ledger: new Ledger() });
  const frame = frameOfPlanes(await realPlanes(16, 16), false);
  const form = await backend.upload(frame);
  const plan = makePlan(edge.build(), form, backend.capabilities);
  backend.device.gl.getExtension('WEBGL_lose_context')?.loseContext();
  const lost = { code: 'context-lost', recoverable: true };
  await expect(backend.upload(frame)).rejects.toMatchObject(lost);
  await expect(backend.prepare(plan)).rejects.toMatchObject(lost);
  await expect(backend.finished()).rejects.toMatchObject(lost);
  frame.close();
  backend.dispose();
});
