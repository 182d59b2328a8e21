/** All functions that graphs are written with: one per op, each adds a node and answers its value. */
export * from './arithmetic.ts';
export * from './convolution.ts';
export * from './pointwise.ts';
export * from './shaping.ts';
export * from './time.ts';
