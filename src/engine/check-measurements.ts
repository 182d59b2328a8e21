/** What is read back with each frame holds up the thread: it has to be little. */
import { at } from '../core/assert.ts';
import { showShape, sizeOf, type Shape } from '../core/tensor.ts';
import type { Image, Plan } from '../plan/plan.ts';

/** Values of one measurement. */
const MOST_VALUES = 65_536;

/** @throws RangeError that names the measurement, how large it is and what is allowed. */
export function checkMeasurements({ images, measurements }: Plan): void {
  for (const [name, image] of Object.entries(measurements)) {
    const shape = shapeOf(at(images, image));
    const size = sizeOf(shape);
    if (size > MOST_VALUES) {
      throw new RangeError(
        `measurement '${name}' must have at most ${MOST_VALUES} values, got ${size} of shape ${showShape(shape)}: pool it first`,
      );
    }
  }
}

const shapeOf = ({ atlas, width, height, channels }: Image): Shape =>
  atlas?.shape ?? [height, width, channels];
