/** One side of a comparison: something that runs on WebGL2 again and again, its inputs already there. */

export type Contender = Readonly<{
  /** Starts one execution. */
  run(): void;
  /** Blocks until what was started is computed: reads one texel of the last output. */
  wait(): void;
  /** All values of the output. Not to be timed. */
  output(): Float32Array;
  dispose(): void;
}>;

/** Blocks until all is drawn: reads one texel of the framebuffer that was drawn into last. */
export function readLastDrawn(gl: WebGL2RenderingContext, type: 'float' | 'byte'): void {
  if (type === 'float') gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.FLOAT, FLOATS);
  else gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, BYTES);
}

const FLOATS = new Float32Array(4);
const BYTES = new Uint8Array(4);

/** @throws Error when WebGL has refused a command since the last call. */
export function checkNoGlError(gl: WebGL2RenderingContext, who: string): void {
  const error = gl.getError();
  if (error !== gl.NO_ERROR) throw new Error(`${who}: WebGL error 0x${error.toString(16)}`);
}
