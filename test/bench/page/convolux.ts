/** convolux' side of the benchmark: one WebGL2 backend, plans over tensors and over frames. */
import { lumaWeights, type FrameColor } from '../../../src/core/frame-color.ts';
import { Ledger } from '../../../src/core/ledger.ts';
import type { Tensor } from '../../../src/core/tensor.ts';
import { WebGl2Backend } from '../../../src/backends/webgl2/webgl2-backend.ts';
import type { Graph } from '../../../src/graph/graph.ts';
import { lower } from '../../../src/plan/lower.ts';
import { makePlan } from '../../../src/plan/make-plan.ts';
import { simplify } from '../../../src/plan/simplify.ts';
import { planTensors } from '../../../src/plan/tensor-plan.ts';
import { checkNoGlError, readLastDrawn, type Contender } from './contender.ts';

/** Of the frames here. */
export const COLOR: FrameColor = { matrix: 'bt601', fullRange: false };

export type Tensors = Readonly<Record<string, Tensor>>;

const backend = new WebGl2Backend({ ledger: new Ledger() });

export async function convoluxTensors(graph: Graph, inputs: Tensors): Promise<Contender> {
  const shapes = Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, shape]));
  const program = simplify(lower(graph, shapes, { luma: lumaWeights(COLOR) }));
  const prepared = await backend.prepare(planTensors(program, backend.capabilities));
  backend.writeTensors(prepared, inputs);
  return checked({
    run: () => backend.execute(prepared),
    wait: () => backend.drain(prepared),
    output: () => backend.readTensor(prepared).data,
    dispose: () => prepared.dispose(),
  });
}

/**
 * The way of a live frame, without its upload. The output is what is shown: 8 bits, limited to 0..1.
 * @consumes frame
 */
export async function convoluxFrame(graph: Graph, frame: VideoFrame): Promise<Contender> {
  const form = await backend.upload(frame);
  frame.close();
  const prepared = await backend.prepare(makePlan(graph, form, backend.capabilities));
  return checked({
    run: () => backend.execute(prepared),
    wait: () => readLastDrawn(backend.device.gl, 'byte'),
    output: () => {
      const { data, layout, width, height, strideBytes } = backend.read(prepared);
      const channels = layout === 'grey' ? 1 : 3;
      const pixelBytes = layout === 'grey' ? 1 : 4;
      return Float32Array.from({ length: width * height * channels }, (_, i) => {
        const [pixel, channel] = [Math.floor(i / channels), i % channels];
        const row = Math.floor(pixel / width) * strideBytes;
        return data[row + (pixel % width) * pixelBytes + channel]! / 255;
      });
    },
    dispose: () => prepared.dispose(),
  });
}

/** One execution by way of trial: a refused read would have waited for nothing. */
function checked(contender: Contender): Contender {
  contender.run();
  contender.wait();
  checkNoGlError(backend.device.gl, 'convolux');
  return contender;
}

/** What draws, by its own name. */
export function rendererName(): string {
  const { gl } = backend.device;
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  return gl.getParameter(info === null ? gl.RENDERER : info.UNMASKED_RENDERER_WEBGL) as string;
}
