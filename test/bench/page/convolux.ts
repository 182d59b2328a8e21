/** convolux' side of the benchmark: one WebGL2 backend, plans over tensors and over frames. */
import { lumaWeights } from '../../../src/core/frame-color.ts';
import { Ledger } from '../../../src/core/ledger.ts';
import { MOST_FRAMES } from '../../../src/core/memory-clock.ts';
import type { Tensor } from '../../../src/core/tensor.ts';
import type { PreparedGraph } from '../../../src/backends/port.ts';
import { WebGl2Backend } from '../../../src/backends/webgl2/webgl2-backend.ts';
import type { Graph } from '../../../src/graph/graph.ts';
import { lower } from '../../../src/plan/lower.ts';
import { makePlan } from '../../../src/plan/make-plan.ts';
import type { FrameForm } from '../../../src/plan/plan.ts';
import { simplify } from '../../../src/plan/simplify.ts';
import type { Techniques } from '../../../src/plan/techniques.ts';
import { planTensors } from '../../../src/plan/tensor-plan.ts';
import { checkNoGlError, lastDrawnReader, type Contender } from './contender.ts';
import { lumaOfPixels } from './luma-of.ts';
import { COLOR } from './picture.ts';

export type Tensors = Readonly<Record<string, Tensor>>;

const backend = new WebGl2Backend({ ledger: new Ledger() });

export async function convoluxTensors(graph: Graph, inputs: Tensors): Promise<Contender> {
  const shapes = Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, shape]));
  const program = simplify(lower(graph, shapes, { luma: lumaWeights(COLOR) }));
  const prepared = await backend.prepare(planTensors(program, backend.capabilities));
  // The programs that a running pipeline gets in its quiet moments.
  while (await backend.refine(prepared));
  backend.writeTensors(prepared, inputs);
  return checked(backend, {
    run: () => backend.execute(prepared),
    wait: () => backend.wait(),
    output: () => backend.readTensor(prepared).data,
    dispose: () => prepared.dispose(),
  });
}

/**
 * The way of a live frame, without its upload. The output is the luma of what is shown: 8 bits, limited to 0..1.
 * @consumes frame
 */
export async function convoluxFrame(graph: Graph, frame: VideoFrame): Promise<Contender> {
  const form = await backend.upload(frame);
  frame.close();
  return framePlan(backend, graph, form);
}

/** Several filters of one frame. @consumes frame */
export async function convoluxFilters(graphs: readonly Graph[], frame: VideoFrame): Promise<Contender[]> {
  const form = await backend.upload(frame);
  frame.close();
  const contenders: Contender[] = [];
  for (const graph of graphs) contenders.push(await framePlan(backend, graph, form));
  return contenders;
}

/** A frame of its own, kept beside others: on a backend of its own. @consumes frame */
export async function convoluxAlone(graph: Graph, frame: VideoFrame): Promise<Contender> {
  const own = new WebGl2Backend({ ledger: new Ledger() });
  const form = await own.upload(frame);
  frame.close();
  return { ...(await framePlan(own, graph, form)), dispose: () => own.dispose() };
}

/** Between the frames of a sequence: 30 a second. */
export const FRAME_US = 33_333;

export type FilterOverTime = Readonly<{
  graph: Graph;
  /** What the planner must do, or must not. Default: it decides. */
  techniques?: Techniques;
}>;

/**
 * Filters over time. Each gets the frames one after another, and its output is that after the last one. What is timed
 * then goes on with the last one again and again, all that is remembered being there.
 * @consumes frames
 */
export async function convoluxOverTime(
  filters: readonly FilterOverTime[],
  frames: readonly VideoFrame[],
): Promise<Contender[]> {
  const running: PreparedGraph[] = [];
  for (const [i, frame] of frames.entries()) {
    const form = await backend.upload(frame);
    frame.close();
    if (i === 0) {
      for (const { graph, techniques } of filters) running.push(await refined(backend, graph, form, techniques)); // prettier-ignore
    }
    for (const one of running) backend.execute(one, i * FRAME_US);
  }
  return running.map((one) => goingOn(one, frames.length));
}

/** @param frames that it has had. */
function goingOn(prepared: PreparedGraph, frames: number): Contender {
  const output = lumaOfPixels(backend.read(prepared));
  let frame = frames;
  const run = (): void => backend.execute(prepared, FRAME_US * frame++);
  for (let i = 0; i < MOST_FRAMES; i++) run();
  return checked(backend, {
    run,
    wait: lastDrawnReader(backend.device.gl),
    output: () => output,
    dispose: () => prepared.dispose(),
    memoryBytes: prepared.memoryBytes,
  });
}

/** With the programs that a running pipeline gets in its quiet moments. */
async function refined(
  on: WebGl2Backend,
  graph: Graph,
  form: FrameForm,
  techniques: Techniques = {},
): Promise<PreparedGraph> {
  const prepared = await on.prepare(makePlan(graph, form, on.capabilities, { techniques }));
  while (await on.refine(prepared));
  return prepared;
}

async function framePlan(on: WebGl2Backend, graph: Graph, form: FrameForm): Promise<Contender> {
  const prepared = await refined(on, graph, form);
  on.execute(prepared);
  // Where the last pass has drawn into.
  const readLast = lastDrawnReader(on.device.gl);
  return checked(on, {
    run: () => on.execute(prepared),
    wait: readLast,
    output: () => lumaOfPixels(on.read(prepared)),
    dispose: () => prepared.dispose(),
  });
}

/** One execution by way of trial: a refused read would have waited for nothing. */
function checked(on: WebGl2Backend, contender: Contender): Contender {
  contender.run();
  contender.wait();
  checkNoGlError(on.device.gl, 'convolux');
  return contender;
}

/** What draws, by its own name. */
export function rendererName(): string {
  const { gl } = backend.device;
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  return gl.getParameter(info === null ? gl.RENDERER : info.UNMASKED_RENDERER_WEBGL) as string;
}
