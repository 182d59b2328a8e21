/** A device and frames as plans know them. */
import { makePlan, type PlanOptions } from '../../../src/plan/make-plan.ts';
import type { DeviceCapabilities, FrameForm, FrameLayout, Plan } from '../../../src/plan/plan.ts';
import type { Graph } from '../../../src/graph/graph.ts';

export const DEVICE: DeviceCapabilities = {
  floatFormat: 'rgba16f',
  maxTextureSize: 4096,
  maxUniformVectors: 224,
  maxTextureUnits: 16,
  maxDrawBuffers: 8,
  maxArrayLayers: 256,
};

/** One that renders 8 bits only. */
export const NO_FLOAT: DeviceCapabilities = { ...DEVICE, floatFormat: null };

export function formOf(width: number, height: number, layout: FrameLayout = 'rgba'): FrameForm {
  return { width, height, layout, color: { matrix: 'bt709', fullRange: false } };
}

export function planOf(graph: Graph, form: FrameForm, device = DEVICE, options: PlanOptions = {}): Plan {
  return makePlan(graph, form, device, options);
}
