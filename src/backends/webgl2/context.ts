/** The WebGL2 context: made once per backend, asked once what it can do. Runs in a worker or in a page. */
import { PipelineError } from '../../core/errors.ts';
import { isSoftwareRenderer } from '../../core/software-gl.ts';
import type { DeviceCapabilities } from '../../plan/plan.ts';

export type GlDevice = Readonly<{
  gl: WebGL2RenderingContext;
  capabilities: DeviceCapabilities;
  /** The device's own name, as far as the browser tells it. */
  renderer: string;
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
  const renderer = rendererOf(gl);
  return {
    gl,
    capabilities: readCapabilities(gl),
    renderer,
    isSoftware: isSoftwareGl(renderer),
    parallelCompile: gl.getExtension('KHR_parallel_shader_compile'),
  };
}

function readCapabilities(gl: WebGL2RenderingContext): DeviceCapabilities {
  const format = floatFormat(gl);
  return {
    floatFormat: format,
    maxTextureSize: gl.getParameter(gl.MAX_TEXTURE_SIZE) as number,
    maxUniformVectors: gl.getParameter(gl.MAX_FRAGMENT_UNIFORM_VECTORS) as number,
    maxTextureUnits: gl.getParameter(gl.MAX_TEXTURE_IMAGE_UNITS) as number,
    maxDrawBuffers: format === null ? 1 : mostDrawBuffers(gl, format),
    maxArrayLayers: gl.getParameter(gl.MAX_ARRAY_TEXTURE_LAYERS) as number,
  };
}

function floatFormat(gl: WebGL2RenderingContext): DeviceCapabilities['floatFormat'] {
  if (gl.getExtension('EXT_color_buffer_float') !== null) return 'rgba32f';
  return gl.getExtension('EXT_color_buffer_half_float') === null ? null : 'rgba16f';
}

/** GPUs of tiles hold so many bytes a pixel: of large formats fewer textures than the limits say. */
function mostDrawBuffers(gl: WebGL2RenderingContext, format: 'rgba16f' | 'rgba32f'): number {
  const limit = Math.min(
    gl.getParameter(gl.MAX_DRAW_BUFFERS) as number,
    gl.getParameter(gl.MAX_COLOR_ATTACHMENTS) as number,
  );
  const texture = gl.createTexture();
  const framebuffer = gl.createFramebuffer();
  gl.bindTexture(gl.TEXTURE_2D_ARRAY, texture);
  gl.texStorage3D(gl.TEXTURE_2D_ARRAY, 1, format === 'rgba32f' ? gl.RGBA32F : gl.RGBA16F, 1, 1, limit);
  gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
  let most = 0;
  while (most < limit) {
    gl.framebufferTextureLayer(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0 + most, texture, 0, most);
    if (gl.checkFramebufferStatus(gl.FRAMEBUFFER) !== gl.FRAMEBUFFER_COMPLETE) break;
    most++;
  }
  gl.deleteFramebuffer(framebuffer);
  gl.deleteTexture(texture);
  return most;
}

function rendererOf(gl: WebGL2RenderingContext): string {
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  return gl.getParameter(info === null ? gl.RENDERER : info.UNMASKED_RENDERER_WEBGL) as string;
}

function isSoftwareGl(renderer: string): boolean {
  if (isSoftwareRenderer(renderer)) return true;
  // The standard question: a context that refuses to be slow. It is let go at once.
  const probe = new OffscreenCanvas(1, 1).getContext('webgl2', { failIfMajorPerformanceCaveat: true });
  probe?.getExtension('WEBGL_lose_context')?.loseContext();
  return probe === null;
}
