/** Runs a graph on WebGL2 and compares with the reference, pixel by pixel, in levels of 8 bits. */
import { runReference } from '../../src/backends/reference/run-reference.ts';
import type { UploadPath } from '../../src/backends/port.ts';
import { WebGl2Backend } from '../../src/backends/webgl2/webgl2-backend.ts';
import type { FrameColor } from '../../src/core/frame-color.ts';
import { isSettled, Ledger } from '../../src/core/ledger.ts';
import type { Pixels } from '../../src/core/pixels.ts';
import { tensor, type Tensor } from '../../src/core/tensor.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import type { Techniques } from '../../src/plan/techniques.ts';
import { filterPlanes, greyOf, rgbOf, type FramePlanes } from '../support/frame-planes.ts';
import type { Planes, Rgb } from './real-frame.ts';

const BT709: FrameColor = { matrix: 'bt709', fullRange: true };

/** A picture of one channel or three, or its planes. */
export type Output = InterleavedOutput | PlanarOutput;
export type InterleavedOutput = Readonly<{
  width: number;
  height: number;
  channels: 1 | 3;
  data: Uint8Array;
}>;
export type PlanarOutput = FramePlanes & Readonly<{ channels: 'planes' }>;

/** @consumes frame */
export async function runWebGl2(
  graph: Graph,
  frame: VideoFrame,
  upload: UploadPath,
  techniques: Techniques = {},
): Promise<Output> {
  const ledger = new Ledger();
  const backend = new WebGl2Backend({ ledger, upload });
  try {
    const form = await backend.upload(frame);
    const prepared = await backend.prepare(makePlan(graph, form, backend.capabilities, { techniques }));
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

/** Without what lies between rows and between planes. */
export function tightly(pixels: Pixels): Output {
  const { width, height, strideBytes, data } = pixels;
  const plane = (w: number, h: number, stride: number, offset: number) =>
    Uint8Array.from({ length: w * h }, (_, i) => data[offset + Math.floor(i / w) * stride + (i % w)] ?? 0);
  if (pixels.layout === 'i420') {
    const { chromaStrideBytes, uOffset, vOffset, color } = pixels;
    const [columns, rows] = [Math.ceil(width / 2), Math.ceil(height / 2)];
    return {
      channels: 'planes',
      width,
      height,
      y: plane(width, height, strideBytes, 0),
      u: plane(columns, rows, chromaStrideBytes, uOffset),
      v: plane(columns, rows, chromaStrideBytes, vOffset),
      color,
    };
  }
  const channels = pixels.layout === 'grey' ? 1 : 3;
  const pixelBytes = pixels.layout === 'grey' ? 1 : 4;
  const out = new Uint8Array(width * height * channels);
  for (let i = 0; i < out.length; i++) {
    const pixel = Math.floor(i / channels);
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    out[i] = data[y * strideBytes + x * pixelBytes + (i % channels)] ?? 0;
  }
  return { width, height, channels, data: out };
}

/** A camera's frame of these planes. */
export function frameOf({ width, height, y, u, v, color }: FramePlanes): VideoFrame {
  const bytes = new Uint8Array(y.length + u.length + v.length);
  bytes.set(y);
  bytes.set(u, y.length);
  bytes.set(v, y.length + u.length);
  const tags = color.matrix === 'bt601' ? 'smpte170m' : 'bt709';
  return new VideoFrame(bytes, {
    format: 'I420',
    codedWidth: width,
    codedHeight: height,
    timestamp: 0,
    colorSpace: { matrix: tags, primaries: tags, transfer: tags, fullRange: color.fullRange },
  });
}

/** The farthest that `output` is from the filtered frame, in levels and before those are rounded. */
export function worstOfPlanes(
  output: Output,
  graph: Graph,
  planes: FramePlanes,
  frame = rgbOf(planes),
): number {
  if (output.channels !== 'planes') return distance(output, graph, frame, planes.color, (level) => level);
  const expected = filterPlanes(graph, planes);
  const worst = (['y', 'u', 'v'] as const).map((plane) => {
    if (output[plane].length !== expected[plane].length) return Infinity;
    return expected[plane].reduce(
      (most, code, i) => Math.max(most, Math.abs(code - (output[plane][i] ?? Number.NaN))),
      0,
    );
  });
  return Math.max(...worst);
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

const withBt601 = (planes: Planes, fullRange: boolean): FramePlanes => ({
  ...planes,
  color: { matrix: 'bt601', fullRange },
});

/** BT.601, chroma between its luma pixels and interpolated. */
export const planesTensor = (planes: Planes, fullRange: boolean): Tensor =>
  rgbOf(withBt601(planes, fullRange));

/** The planes' luma as a grey picture, for graphs that look at luma only. */
export const lumaTensor = (planes: Planes, fullRange: boolean): Tensor =>
  greyOf(withBt601(planes, fullRange));

/** The worst difference from the reference, in levels; Infinity when the sizes differ. */
export function worstLevel(output: Output, graph: Graph, frame: Tensor, color = BT709): number {
  return output.channels === 'planes' ? Infinity : distance(output, graph, frame, color, Math.round);
}

function distance(
  output: InterleavedOutput,
  graph: Graph,
  frame: Tensor,
  color: FrameColor,
  round: (level: number) => number,
): number {
  const expected = runReference(graph, { frame }, { color });
  const [height, width, channels] = expected.shape;
  if (height !== output.height || width !== output.width || channels !== output.channels) return Infinity;
  return expected.data.reduce((worst, value, i) => {
    const level = round(255 * Math.min(1, Math.max(0, value)));
    return Math.max(worst, Math.abs(level - (output.data[i] ?? Number.NaN)));
  }, 0);
}
