/** Runs a graph on WebGL2 and compares with the reference, pixel by pixel, in levels of 8 bits. */
import { runReference } from '../../src/backends/reference/run-reference.ts';
import type { UploadPath } from '../../src/backends/webgl2/frame-upload.ts';
import { WebGl2Backend } from '../../src/backends/webgl2/webgl2-backend.ts';
import type { FrameColor } from '../../src/core/frame-color.ts';
import { isSettled, Ledger } from '../../src/core/ledger.ts';
import type { Pixels } from '../../src/core/pixels.ts';
import { tensor, type Tensor } from '../../src/core/tensor.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import type { Planes, Rgb } from './real-frame.ts';

const BT709: FrameColor = { matrix: 'bt709', fullRange: true };

export type Output = Readonly<{ width: number; height: number; channels: 1 | 3; data: Uint8Array }>;

/** @consumes frame */
export async function runWebGl2(graph: Graph, frame: VideoFrame, upload: UploadPath): Promise<Output> {
  const ledger = new Ledger();
  const backend = new WebGl2Backend({ ledger, upload });
  try {
    const form = await backend.upload(frame);
    const prepared = await backend.prepare(makePlan(graph, form, backend.capabilities));
    backend.execute(prepared);
    const output = tightly(backend.read(prepared));
    prepared.dispose();
    return output;
  } finally {
    frame.close();
    backend.dispose();
    if (!isSettled(ledger.balance())) throw new Error(`left open: ${JSON.stringify(ledger.balance())}`);
  }
}

function tightly({ layout, width, height, strideBytes, data }: Pixels): Output {
  const channels = layout === 'grey' ? 1 : 3;
  const pixelBytes = layout === 'grey' ? 1 : 4;
  const out = new Uint8Array(width * height * channels);
  for (let i = 0; i < out.length; i++) {
    const pixel = Math.floor(i / channels);
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    out[i] = data[y * strideBytes + x * pixelBytes + (i % channels)] ?? 0;
  }
  return { width, height, channels, data: out };
}

export function rgbTensor({ width, height, data }: Rgb): Tensor {
  return tensor(
    [height, width, 3],
    Float64Array.from(
      { length: width * height * 3 },
      (_, i) => (data[4 * Math.floor(i / 3) + (i % 3)] ?? 0) / 255,
    ),
  );
}

/** BT.601, chroma between its luma pixels and interpolated: written from the standard, apart from the product. */
export function planesTensor({ width, height, y, u, v }: Planes, fullRange: boolean): Tensor {
  const [chromaWidth, chromaHeight] = [Math.ceil(width / 2), Math.ceil(height / 2)];
  const clamp = (value: number, high: number) => Math.min(high, Math.max(0, value));
  const chromaAt = (plane: Uint8Array, px: number, py: number): number => {
    const [fx, fy] = [(px + 0.5) / 2 - 0.5, (py + 0.5) / 2 - 0.5];
    const [x0, y0] = [Math.floor(fx), Math.floor(fy)];
    let sum = 0;
    for (const [dx, wx] of [
      [0, 1 - (fx - x0)],
      [1, fx - x0],
    ] as const) {
      for (const [dy, wy] of [
        [0, 1 - (fy - y0)],
        [1, fy - y0],
      ] as const) {
        const index = clamp(y0 + dy, chromaHeight - 1) * chromaWidth + clamp(x0 + dx, chromaWidth - 1);
        sum += wx * wy * ((plane[index] ?? 0) - 128);
      }
    }
    return sum / (fullRange ? 255 : 224);
  };
  const data = new Float64Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    const [px, py] = [i % width, Math.floor(i / width)];
    const code = y[i] ?? 0;
    const luma = fullRange ? code / 255 : (code - 16) / 219;
    const [cb, cr] = [chromaAt(u, px, py), chromaAt(v, px, py)];
    data[3 * i] = clamp(luma + 1.402 * cr, 1);
    data[3 * i + 1] = clamp(luma - 0.344136 * cb - 0.714136 * cr, 1);
    data[3 * i + 2] = clamp(luma + 1.772 * cb, 1);
  }
  return tensor([height, width, 3], data);
}

/** The planes' luma as a grey picture, for graphs that look at luma only. */
export function lumaTensor({ width, height, y }: Planes, fullRange: boolean): Tensor {
  const luma = (code: number) => (fullRange ? code / 255 : Math.min(1, Math.max(0, (code - 16) / 219)));
  return tensor(
    [height, width, 3],
    Float64Array.from({ length: width * height * 3 }, (_, i) => luma(y[Math.floor(i / 3)] ?? 0)),
  );
}

/** The worst difference from the reference, in levels; Infinity when the sizes differ. */
export function worstLevel(output: Output, graph: Graph, frame: Tensor, color = BT709): number {
  const expected = runReference(graph, { frame }, { color });
  const [height, width, channels] = expected.shape;
  if (height !== output.height || width !== output.width || channels !== output.channels) return Infinity;
  let worst = 0;
  expected.data.forEach((value, i) => {
    const level = Math.round(255 * Math.min(1, Math.max(0, value)));
    worst = Math.max(worst, Math.abs(level - (output.data[i] ?? Number.NaN)));
  });
  return worst;
}
