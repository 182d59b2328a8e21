/** Programs: made once per source, and a clear word when the driver refuses one. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { blur, edge, sharpen } from '../../pipelines/index.ts';
import { openDevice, type GlDevice } from '../../src/backends/webgl2/context.ts';
import { ProgramCache } from '../../src/backends/webgl2/programs.ts';
import { WebGl2Backend } from '../../src/backends/webgl2/webgl2-backend.ts';
import { PipelineError } from '../../src/core/errors.ts';
import { Ledger } from '../../src/core/ledger.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { kinOf } from '../../src/plan/kin.ts';
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

test('a slider compiles nothing, a radius over its whole range included, once what it needs was warmed', async () => {
  const backend = new WebGl2Backend({ ledger: new Ledger() });
  const frame = frameOfPlanes(await realPlanes(64, 48), false);
  const form = await backend.upload(frame);
  frame.close();
  const planOf = (graph: Graph) => makePlan(graph, form, backend.capabilities);
  const prepare = async (graph: Graph) => {
    (await backend.prepare(planOf(graph))).dispose();
  };
  const sliders = [
    (share: number) => edge.build({ strength: 0.1 + 3.9 * share }),
    (share: number) => sharpen.build({ amount: 4 * share, sigma: 1 }),
    (share: number) => sharpen.build({ amount: 1, sigma: 0.3 + 2.7 * share }),
    (share: number) => blur.build({ sigma: Math.min(200, 0.3 * (200 / 0.3) ** share) }),
  ];
  for (const build of sliders) {
    await prepare(build(0.5));
    for (const kin of kinOf(build(0.5))) while (await backend.warm(planOf(kin)));
    const before = backend.compiledPrograms;
    const linked = vi.spyOn(WebGL2RenderingContext.prototype, 'linkProgram');
    for (let i = 0; i <= 50; i++) await prepare(build(i / 50));
    expect(linked).not.toHaveBeenCalled();
    expect(backend.compiledPrograms).toBe(before);
    linked.mockRestore();
  }
  backend.dispose();
});

test('programs that nobody uses are kept, and of many the oldest go', async () => {
  const source = (i: number) => `${GOOD}\n// ${i}`;
  const inUse = await programs.get(source(0));
  for (let i = 1; i <= 70; i++) programs.release(await programs.get(source(i)));
  expect(ledger.balance().programs).toBe(65);
  const linked = vi.spyOn(device.gl, 'linkProgram');
  expect(await programs.get(source(0))).toBe(inUse);
  programs.release(await programs.get(source(70)));
  expect(linked).not.toHaveBeenCalled();
  programs.release(await programs.get(source(1)));
  expect(linked).toHaveBeenCalledTimes(1);
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
