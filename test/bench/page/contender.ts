/** One side of a comparison: something that runs on WebGL2 again and again, its inputs already there. */

export type Contender = Readonly<{
  /** Starts one execution. */
  run(): void;
  /** Blocks until what was started is computed: reads one texel of the last output. */
  wait(): void;
  /** All values of the output. Not to be timed. */
  output(): Float32Array;
  /** How often it is measured at most, where it takes seconds. Absent for as often as the others. */
  samples?: number;
  /** What it remembers from frame to frame takes so much. Absent where frames are computed each by itself. */
  memoryBytes?: number;
  dispose(): void;
}>;

/** Blocks until all is drawn: reads one texel of the framebuffer that was drawn into last, whose format is known. */
export function readLastDrawn(gl: WebGL2RenderingContext, type: LastDrawn): void {
  const { format, component, texel } = LAST_DRAWN[type];
  gl.readPixels(0, 0, 1, 1, gl[format], gl[component], texel);
}

/** The same for the framebuffer that is bound now, of whichever format, also when another one is bound later. */
export function lastDrawnReader(gl: WebGL2RenderingContext): () => void {
  const framebuffer = gl.getParameter(gl.FRAMEBUFFER_BINDING) as WebGLFramebuffer | null;
  const components = gl.getFramebufferAttachmentParameter(
    gl.FRAMEBUFFER,
    gl.COLOR_ATTACHMENT0,
    gl.FRAMEBUFFER_ATTACHMENT_COMPONENT_TYPE,
  ) as number;
  const type =
    components === gl.UNSIGNED_INT ? 'integer' : components === gl.UNSIGNED_NORMALIZED ? 'byte' : 'float';
  return () => {
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    readLastDrawn(gl, type);
  };
}

type LastDrawn = 'float' | 'byte' | 'integer';

const LAST_DRAWN = {
  float: { format: 'RGBA', component: 'FLOAT', texel: new Float32Array(4) },
  byte: { format: 'RGBA', component: 'UNSIGNED_BYTE', texel: new Uint8Array(4) },
  integer: { format: 'RGBA_INTEGER', component: 'UNSIGNED_INT', texel: new Uint32Array(4) },
} as const;

/** @throws Error when WebGL has refused a command since the last call. */
export function checkNoGlError(gl: WebGL2RenderingContext, who: string): void {
  const error = gl.getError();
  if (error !== gl.NO_ERROR) throw new Error(`${who}: WebGL error 0x${error.toString(16)}`);
}
