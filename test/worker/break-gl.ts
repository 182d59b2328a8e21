/** A machine whose WebGL2 is missing, or refuses every shader: the worker's name says which. */
if (self.name === 'webgl2-missing') {
  OffscreenCanvas.prototype.getContext = () => null;
} else {
  const { shaderSource } = WebGL2RenderingContext.prototype;
  WebGL2RenderingContext.prototype.shaderSource = function broken(shader: WebGLShader, source: string) {
    shaderSource.call(this, shader, source.replace('outColor =', 'outColor = broken +'));
  };
}

export {};
