/** Weights over frames that mean one frame. */

/** How old the frame is that weights read as it is; null where they are of several, or scale it. */
export function ageOf(weights: Float32Array): number | null {
  const place = weights.findIndex((weight) => weight !== 0);
  const isOne = weights[place] === 1 && weights.every((weight, age) => age === place || weight === 0);
  return isOne ? place : null;
}
