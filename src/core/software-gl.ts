/** Tells a GPU that is the CPU by its name: the cheap ways in and out are other ones there. */

/**
 * @param renderer what WEBGL_debug_renderer_info calls UNMASKED_RENDERER_WEBGL, or RENDERER.
 * `failIfMajorPerformanceCaveat` alone is not enough: browsers told to use SwiftShader take it for hardware.
 */
export function isSoftwareRenderer(renderer: string): boolean {
  return /swiftshader|llvmpipe|softpipe|software|basic render/i.test(renderer);
}
