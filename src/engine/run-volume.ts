/** Volumes through conv3d graphs as a whole, in blocks of slices. For one slice after another see the source of kind 'volume'. */
import { checkVoxels, voxelTensor, type Voxels } from '../core/voxels.ts';
import type { Tensor } from '../core/tensor.ts';
import type { Graph } from '../graph/graph.ts';
import type { Engine } from './engine.ts';
import { runBlocks, type BlockOptions } from './run-blocks.ts';

export type VolumeRunOptions = BlockOptions;

/**
 * A volume through a graph over `[depth, height, width, 1]`: conv3d of any stride, pools, transposed ones, activations and
 * arithmetic. What a device can't hold at once is worked on in blocks of slices that overlap by what the graph sees, so the
 * result is that of the whole run, to float precision; the thread is given back in between.
 * @param voxels their range is 0 to 1 for the graph.
 * @throws TypeError | RangeError when the voxels don't fit the graph, one is not finite, or a node takes the depth as a whole
 *   (an instance normalisation, say): it is named.
 * @throws as `Engine.run`, and the reason of `options.signal`.
 * @example const smooth = await runVolume(createWorkerEngine(), gaussian3d, await readVolume(input.files));
 */
export async function runVolume(
  engine: Engine,
  graph: Graph,
  voxels: Voxels,
  options: VolumeRunOptions = {},
): Promise<Tensor> {
  return runBlocks(engine, graph, voxelTensor(checkVoxels('voxels', voxels)), options);
}
