/** TensorFlow.js' side of the benchmark, on its webgl backend with the settings that it has by itself. */
import * as tf from '@tensorflow/tfjs-core';
import { MathBackendWebGL, type GPGPUContext } from '@tensorflow/tfjs-backend-webgl';
import type { Tensor } from '../../../src/core/tensor.ts';
import { checkNoGlError, readLastDrawn, type Contender } from './contender.ts';
import type { Tensors } from './convolux.ts';

/** Tensors of the graph on TensorFlow.js' side. `constant` answers the same tensor for the same weights. */
export type TfjsInputs = Readonly<{
  input(name: string): tf.Tensor3D;
  constant(weights: Tensor): tf.Tensor;
}>;

export type TfjsFunction = (inputs: TfjsInputs) => tf.Tensor;

/** @throws Error when there is no WebGL2 for it: on the CPU it would be another contender. */
export async function openTfjs(): Promise<string> {
  // It refuses software WebGL otherwise.
  tf.env().set('SOFTWARE_WEBGL_ENABLED', true);
  const isReady = await tf.setBackend('webgl');
  await tf.ready();
  if (!isReady || tf.env().getNumber('WEBGL_VERSION') !== 2)
    throw new Error('TensorFlow.js found no WebGL 2');
  return tf.version_core;
}

export function tfjs(compute: TfjsFunction, tensors: Tensors): Contender {
  const kept = new Map<Tensor, tf.Tensor>();
  const keep = (tensor: Tensor): tf.Tensor => {
    const known = kept.get(tensor) ?? tf.keep(tf.tensor(tensor.data, [...tensor.shape]));
    kept.set(tensor, known);
    return known;
  };
  const inputs: TfjsInputs = {
    input: (name) => keep(tensors[name]!) as tf.Tensor3D,
    constant: keep,
  };
  const { gl } = gpgpu();
  let last: tf.Tensor | null = null;
  const contender: Contender = {
    run: () => {
      // Its texture is taken again by the next execution.
      last?.dispose();
      last = tf.tidy(() => compute(inputs));
    },
    // Its framebuffer stays bound to the texture of the last program. To slice an element off would cost one more.
    wait: () => readLastDrawn(gl, 'float'),
    output: () => (last?.dataSync() as Float32Array | undefined) ?? new Float32Array(0),
    dispose: () => {
      last?.dispose();
      for (const tensor of kept.values()) tensor.dispose();
    },
  };
  contender.run();
  contender.wait();
  checkNoGlError(gl, 'TensorFlow.js');
  return contender;
}

function gpgpu(): Readonly<{ gl: WebGL2RenderingContext }> {
  const backend = tf.backend();
  if (!(backend instanceof MathBackendWebGL)) throw new Error('TensorFlow.js does not run on WebGL');
  const context: GPGPUContext = backend.gpgpu;
  return { gl: context.gl as WebGL2RenderingContext };
}
