/** Ways in and out, measured and looked at on real WebGL2: the cheapest right one wins, and a broken one never does. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { edge, none, sharpen } from '../../pipelines/index.ts';
import { WebGl2Backend } from '../../src/backends/webgl2/webgl2-backend.ts';
import type { PipelineError } from '../../src/core/errors.ts';
import { isSettled, Ledger } from '../../src/core/ledger.ts';
import { calibrateTransport, type TransportOptions } from '../../src/engine/transport.ts';
import { faultOfOutput, faultOfUpload } from '../../src/engine/transport-check.ts';
import { planOutputOf, type MeasuredWay } from '../../src/engine/transport-choice.ts';
import { CanvasSink } from '../../src/frames/worker/canvas-sink.ts';
import { ReceivingPort } from '../../src/frames/outlet-port.ts';
import { Sinks } from '../../src/frames/worker/sinks.ts';
import { TrackSink } from '../../src/frames/worker/track-sink.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { frameOfPlanes, frameOfRgb, realPicture, realPlanes } from './real-frame.ts';

let ledger: Ledger;
let backend: WebGl2Backend;
let written: VideoFrame[];
let sinks: Sinks;
let outlet: ReceivingPort;
const diagnostics: PipelineError[] = [];

beforeEach(() => {
  ledger = new Ledger();
  backend = new WebGl2Backend({ ledger });
  written = [];
  const { port1, port2 } = new MessageChannel();
  outlet = new ReceivingPort(port2, (frame) => {
    written.push(frame);
    frame.close();
  });
  sinks = new Sinks({ canvas: new CanvasSink(new OffscreenCanvas(1, 1)), video: new TrackSink(port1) });
  diagnostics.length = 0;
});

afterEach(async () => {
  vi.restoreAllMocks();
  await sinks.close();
  backend.dispose();
  expect(isSettled(ledger.balance())).toBe(true);
  // Nothing was shown: what was sent would have come by now.
  await nextMessage();
  expect(written).toEqual([]);
  outlet.close();
});

/** Messages come in the order in which they were sent. */
function nextMessage(): Promise<unknown> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port2.onmessage = resolve;
    port1.postMessage(null);
  });
}

async function calibrate(
  graph: Graph = edge.build(),
  options: Partial<TransportOptions> = {},
): ReturnType<typeof calibrateTransport> {
  const frame = options.frame ?? frameOfPlanes(await realPlanes(320, 240), false);
  try {
    return await calibrateTransport({
      backend,
      sinks,
      frame,
      plan: (form, output) => makePlan(graph, form, backend.capabilities, { output }),
      onDiagnostic: (error) => diagnostics.push(error),
      ...options,
    });
  } finally {
    frame.close();
  }
}

const named = (measured: readonly MeasuredWay[], path: string): MeasuredWay => {
  const found = measured.find((one) => one.path === path);
  if (found === undefined) throw new Error(`no ${path} among ${measured.map((one) => one.path).join(', ')}`);
  return found;
};

test('every way is measured, and a right one is chosen', async () => {
  const choice = await calibrate();
  expect(choice.measured.map(({ part, path }) => `${part} ${path}`).toSorted()).toEqual([
    'output canvas canvas',
    'output canvas pixels',
    'output video canvas',
    'output video pixels',
    'upload planes',
    'upload rgbx',
    'upload texture',
  ]);
  for (const { ms, fault } of choice.measured) {
    expect(fault).toBe('');
    expect(ms).toBeLessThan(Infinity);
  }
  expect(named(choice.measured, choice.upload).isCorrect).toBe(true);
  expect(named(choice.measured, `${choice.output} ${choice.outputPath}`).isCorrect).toBe(true);
  expect(choice.planOutput).toBe(planOutputOf(choice.output, choice.outputPath));
  expect(diagnostics).toEqual([]);
});

describe.each(['planes', 'rgbx', 'texture'] as const)('in by %s', (upload) => {
  test('is right', async () => {
    expect(await faultOfUpload(backend, upload)).toBe('');
  });

  test.each(['pixels', 'canvas'] as const)('and out by %s: right, of grey, of planes and of colours', async (path) => {
    const frame = frameOfPlanes(await realPlanes(64, 48), false);
    const form = await backend.upload(frame, { path: upload });
    frame.close();
    for (const sink of [sinks.canvas, sinks.video]) {
      for (const filter of [edge, sharpen, none]) {
        const plan = makePlan(filter.build(), form, backend.capabilities, { output: planOutputOf(sink!.kind, path) });
        expect(await faultOfOutput({ backend, upload, sink: sink!, path, plan }), filter.name).toBe('');
      }
    }
  });
}); // prettier-ignore

test('what is forced is taken as it is, and the rest is measured', async () => {
  const all = await calibrate(edge.build(), { forced: { upload: 'texture' } });
  expect(all.upload).toBe('texture');
  expect(all.measured.map(({ part }) => part)).toEqual(['output', 'output', 'output', 'output']);
  const ways = await calibrate(edge.build(), { forced: { outputPath: 'canvas' } });
  expect(ways.outputPath).toBe('canvas');
  expect(ways.measured.map(({ path }) => path).filter((path) => path.includes(' '))).toEqual(['video canvas', 'canvas canvas']);
}); // prettier-ignore

describe('a broken way loses', () => {
  test('in: planes with the wrong matrix', async () => {
    const { upload } = backend;
    vi.spyOn(backend, 'upload').mockImplementation(async (frame, options) => {
      const form = await upload.call(backend, frame, options);
      return options?.path === 'planes' ? { ...form, color: { matrix: 'bt709', fullRange: false } } : form;
    });
    const { upload: chosen, measured } = await calibrate();
    expect(chosen).not.toBe('planes');
    expect(named(measured, 'planes')).toMatchObject({ isCorrect: false });
    expect(named(measured, 'planes').fault).toContain('bt601');
    expect(named(measured, chosen).isCorrect).toBe(true);
    expect(diagnostics).toEqual([]);
  });

  test('in: planes in the wrong range', async () => {
    const { upload } = backend;
    vi.spyOn(backend, 'upload').mockImplementation(async (frame, options) => {
      const form = await upload.call(backend, frame, options);
      return options?.path === 'planes' ? { ...form, color: { ...form.color, fullRange: true } } : form;
    });
    expect((await calibrate()).upload).not.toBe('planes');
  });

  test('in: one that throws, with its reason', async () => {
    const { upload } = backend;
    vi.spyOn(backend, 'upload').mockImplementation((frame, options) =>
      options?.path === 'planes' ? Promise.reject(new TypeError('no copies today')) : upload.call(backend, frame, options),
    ); // prettier-ignore
    const { upload: chosen, measured } = await calibrate();
    expect(chosen).not.toBe('planes');
    expect(named(measured, 'planes')).toMatchObject({
      ms: Infinity,
      isCorrect: false,
      fault: 'no copies today',
    });
  });

  test.each(['flipped', 'black'])('out: a picture that is %s', async (how) => {
    const { copyTo } = VideoFrame.prototype;
    // What a video would show, by its own word: upside down, or nothing.
    vi.spyOn(VideoFrame.prototype, 'copyTo').mockImplementation(async function wrong(this: VideoFrame, bytes, options) {
      const layout = await copyTo.call(this, bytes, options);
      if (options?.format !== 'RGBA') return layout;
      const view = bytes as Uint8Array;
      if (how === 'black') view.fill(0);
      else for (let y = 0, row = 4 * 64; y < 24; y++) {
        const upper = view.slice(y * row, (y + 1) * row);
        view.copyWithin(y * row, (47 - y) * row, (48 - y) * row);
        view.set(upper, (47 - y) * row);
      }
      return layout;
    }); // prettier-ignore
    const choice = await calibrate();
    expect(choice.output).toBe('canvas');
    for (const one of choice.measured.filter(({ path }) => path.startsWith('video')))
      expect(one.isCorrect).not.toBe(true);
    expect(diagnostics).toEqual([]);
  });

  test('out: one that throws, with its reason', async () => {
    const { video } = sinks;
    if (video === undefined) throw new Error('there is a video');
    vi.spyOn(video, 'rehearse').mockRejectedValue(new TypeError('no frames today'));
    const choice = await calibrate();
    expect(choice.output).toBe('canvas');
    expect(named(choice.measured, 'video pixels')).toMatchObject({ ms: Infinity, fault: 'no frames today' });
  });

  test('where all are wrong the usual ones are taken, and that is said', async () => {
    vi.spyOn(backend, 'readCanvas').mockImplementation(() => new Uint8Array(4 * 64 * 48));
    const choice = await calibrate();
    expect(choice.upload).toBe('planes');
    expect(diagnostics).toMatchObject([
      { code: 'frame-failed', recoverable: true, context: { way: 'planes' } },
    ]);
  });
});

test('after a lost context a fresh backend is measured again, and the way out may be another one', async () => {
  const first = await calibrate(edge.build(), { forced: { outputPath: 'canvas' } });
  expect(first.outputPath).toBe('canvas');
  backend.device.gl.getExtension('WEBGL_lose_context')?.loseContext();
  await expect(calibrate()).rejects.toMatchObject({ code: 'context-lost' });
  backend.dispose();
  backend = new WebGl2Backend({ ledger });
  await sinks.keepOnly(first.output);
  const second = await calibrate(edge.build(), { forced: { outputPath: 'pixels' } });
  expect(second).toMatchObject({ output: first.output, outputPath: 'pixels' });
  expect(second.measured.every(({ fault }) => fault === '')).toBe(true);
});

test('frames that can come in one way only are not held up by others', async () => {
  const { upload, measured } = await calibrate(none.build(), {
    frame: frameOfRgb(await realPicture(64, 48)),
  });
  expect(upload).not.toBe('planes');
  expect(measured.some(({ path }) => path === 'planes')).toBe(false);
});
