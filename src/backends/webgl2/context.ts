/** The WebGL2 context: made once per backend, asked once what it can do. Runs in a worker or in a page. */
import { PipelineError } from '../../core/errors.ts';
import { isSoftwareRenderer } from '../../core/software-gl.ts';
import type { DeviceCapabilities } from '../../plan/plan.ts';

export type GlDevice = Readonly<{
  gl: WebGL2RenderingContext;
  capabilities: DeviceCapabilities;
  /** Whether the GPU is the CPU (SwiftShader, llvmpipe): the cheap ways in and out are other ones then. */
  isSoftware: boolean;
  /** Lets compilation go on while frames run; null on software GL. */
  parallelCompile: { readonly COMPLETION_STATUS_KHR: number } | null;
}>;

const ATTRIBUTES: WebGLContextAttributes = {
  alpha: false,
  antialias: false,
  depth: false,
  stencil: false,
  premultipliedAlpha: true,
  preserveDrawingBuffer: false,
  powerPreference: 'high-performance',
};

/** @throws PipelineError `webgl2-missing` when there is no WebGL2. */
export function openDevice(canvas: OffscreenCanvas): GlDevice {
  const gl = canvas.getContext('webgl2', ATTRIBUTES);
  if (gl === null) {
    throw new PipelineError(
      'webgl2-missing',
      'This browser offers no WebGL 2 here, and the filters run on it. Turn on hardware acceleration in the ' +
        "browser's settings, or use a current Chrome, Edge, Firefox or Safari.",
    );
  }
  gl.disable(gl.DITHER);
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
  gl.pixelStorei(gl.PACK_ALIGNMENT, 1);
  return {
    gl,
    capabilities: readCapabilities(gl),
    isSoftware: isSoftwareGl(gl),
    parallelCompile: gl.getExtension('KHR_parallel_shader_compile'),
  };
}

function readCapabilities(gl: WebGL2RenderingContext): DeviceCapabilities {
  return {
    floatFormat: floatFormat(gl),
    maxTextureSize: gl.getParameter(gl.MAX_TEXTURE_SIZE) as number,
    maxUniformVectors: gl.getParameter(gl.MAX_FRAGMENT_UNIFORM_VECTORS) as number,
    maxTextureUnits: gl.getParameter(gl.MAX_TEXTURE_IMAGE_UNITS) as number,
  };
}

function floatFormat(gl: WebGL2RenderingContext): DeviceCapabilities['floatFormat'] {
  if (gl.getExtension('EXT_color_buffer_float') !== null) return 'rgba32f';
  return gl.getExtension('EXT_color_buffer_half_float') === null ? null : 'rgba16f';
}

function isSoftwareGl(gl: WebGL2RenderingContext): boolean {
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  const renderer = gl.getParameter(info === null ? gl.RENDERER : info.UNMASKED_RENDERER_WEBGL) as string;
  if (isSoftwareRenderer(renderer)) return true;
  // The standard question: a context that refuses to be slow. It is let go at once.
  const probe = new OffscreenCanvas(1, 1).getContext('webgl2', { failIfMajorPerformanceCaveat: true });
  probe?.getExtension('WEBGL_lose_context')?.loseContext();
  return probe === null;
}
