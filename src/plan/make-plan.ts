/**
 * graph → plan: lower, simplify, take planes, factor and choose algorithms, fuse, lay out, write. Each stage is a
 * function of data, in a file of its own.
 */
import { lumaWeights } from '../core/frame-color.ts';
import type { Graph } from '../graph/graph.ts';
import type { PrimitiveProgram } from '../primitives/primitive.ts';
import { chooseAlgorithms } from './choose.ts';
import { isOfImages, type ImageProgram } from './image-program.ts';
import { lower } from './lower.ts';
import { TYPICAL_DEVICE, type DeviceCapabilities, type FrameForm, type Plan } from './plan.ts';
import { planesOf, withLumaPlane } from './planes.ts';
import { DEFAULT_PRICES, type Prices } from './prices.ts';
import { simplify } from './simplify.ts';
import type { Techniques } from './techniques.ts';
import { planFrameTensors } from './tensor-plan.ts';
import { writePlan, type PlanTarget } from './write-plan.ts';

export type PlanOptions = Readonly<{
  /** What things cost on this device. Default those of a software renderer. */
  prices?: Prices;
  /** Techniques that are forced or forbidden. Default: the planner decides. */
  techniques?: Techniques;
  /**
   * Where the output goes: out as 'bytes' (the default), where planes stay planes; as 'colours', bytes of red, green and
   * blue; or onto the 'canvas'. In the latter two the chroma of planes is not rounded before it is multiplied in.
   */
  output?: PlanTarget;
}>;

/**
 * How `graph` is computed for frames of one form.
 * @param device default a typical one.
 * @throws RangeError when the frame, a size in the graph, or the weights are past what the device holds.
 * @throws PipelineError `float-missing` when values need float textures and the device renders none.
 */
export function makePlan(
  graph: Graph,
  frame: FrameForm,
  device: DeviceCapabilities = TYPICAL_DEVICE,
  { prices = DEFAULT_PRICES, techniques = {}, output = 'bytes' }: PlanOptions = {},
): Plan {
  if (Math.max(frame.width, frame.height) > device.maxTextureSize) {
    throw new RangeError(
      `the frame is ${frame.width}×${frame.height} px, and this device's textures have at most ` +
        `${device.maxTextureSize} px on a side: ask the camera for a smaller size`,
    );
  }
  const facts = { luma: lumaWeights(frame.color) };
  const program = simplify(lower(graph, { frame: [frame.height, frame.width, 3] }, facts));
  if (!isOfImages(program)) return planFrameTensors(program, frame, device, techniques);
  const chosen = chooseAlgorithms(imagesOf(program, frame, techniques), { prices, techniques, frame });
  return (
    writePlan(chosen, { frame, device, prices, techniques, output }) ??
    planFrameTensors(program, frame, device, techniques)
  );
}

/** The program over the frame's planes where that can be, else over what each value is. */
function imagesOf(program: PrimitiveProgram, frame: FrameForm, techniques: Techniques): ImageProgram {
  const planes = techniques.planes === false ? null : planesOf(program, frame);
  return planes ?? withLumaPlane({ values: program.values, outputs: [program.output] }, frame);
}
