/**
 * graph → plan: lower, simplify, take planes, factor and choose algorithms, fuse, lay out, write. Each stage is a
 * function of data, in a file of its own.
 */
import { at } from '../core/assert.ts';
import { lumaWeights } from '../core/frame-color.ts';
import type { Graph } from '../graph/graph.ts';
import type { PrimitiveProgram } from '../primitives/primitive.ts';
import { chooseAlgorithms } from './choose.ts';
import { isOfImages, type ImageProgram } from './image-program.ts';
import { lower } from './lower.ts';
import { TYPICAL_DEVICE, type DeviceCapabilities, type FrameForm, type Plan } from './plan.ts';
import { overTime } from './over-time.ts';
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
  const images = imagesOf(program, frame, techniques);
  if (images === null) return planFrameTensors(program, frame, device, techniques);
  const measurements = Object.keys(program.measurements ?? {});
  const notes = new Set<string>();
  const note = (text: string) => notes.add(text);
  const chosen = chooseAlgorithms(images, { prices, techniques, frame, device, note });
  return (
    writePlan(chosen, { frame, device, prices, techniques, output, measurements, notes: [...notes] }) ??
    planFrameTensors(program, frame, device, techniques)
  );
}

/** The program as images, over the frame's planes where that can be; null where it is of other tensors. */
function imagesOf(
  { values, output, measurements }: PrimitiveProgram,
  frame: FrameForm,
  techniques: Techniques,
): ImageProgram | null {
  const measured = Object.values(measurements ?? {});
  const images = overTime({ values, outputs: [output], measured });
  if (!isOfImages(images)) return null;
  const planes = techniques.planes === false || measured.length > 0 ? null : planesOf({ values: images.values, output: at(images.outputs, 0) }, frame); // prettier-ignore
  return planes ?? withLumaPlane(images, frame);
}
