/** What a compute pass writes into packed16, or reads from it and packs otherwise. */
export { emitPacked16Cubic } from './emit-packed16-cubic.ts';
export { emitPacked16Line } from './emit-packed16-line.ts';
export { emitPacked16Taps } from './emit-packed16-taps.ts';
export { PACK16 } from './packed16-texels.ts';
