/**
 * WebGL2: each pass of a plan is one fragment shader over one triangle. Owns a context, its programs and its
 * textures; belongs to the thread that made it.
 */
import { assert, at } from '../../core/assert.ts';
import type { Ledger, LedgerToken } from '../../core/ledger.ts';
import type { Pixels } from '../../core/pixels.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { DeviceCapabilities, FrameForm, Image, Plan } from '../../plan/plan.ts';
import type { Backend, FrameImage, PreparedGraph } from '../port.ts';
import { compilePass, disposePass, setUniforms, type CompiledPass } from './compiled-pass.ts';
import { openDevice, type GlDevice } from './context.ts';
import { emitPresent } from './emit-present.ts';
import { FrameUpload, type UploadPath } from './frame-upload.ts';
import { contextLost, ProgramCache, type Program } from './programs.ts';
import { fromTexels, toTexels } from './tensor-texels.ts';
import { Texture } from './textures.ts';

const FENCE_POLL_MS = 2;

export type WebGl2Options = Readonly<{
  /** Where `present` draws. Default a canvas that nobody sees. */
  canvas?: OffscreenCanvas;
  ledger: Ledger;
  /** How frames are uploaded. Default: planes on software GL, `texImage2D` on a GPU. */
  upload?: UploadPath;
}>;

class WebGl2Graph implements PreparedGraph {
  readonly plan: Plan;
  readonly passes: readonly CompiledPass[];
  readonly present: Program;
  /** One per image of the plan; null where the frame's own planes are read. */
  readonly textures: readonly (Texture | null)[];
  #disposed = false;

  constructor(
    plan: Plan,
    passes: readonly CompiledPass[],
    present: Program,
    textures: readonly (Texture | null)[],
  ) {
    this.plan = plan;
    this.passes = passes;
    this.present = present;
    this.textures = textures;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.textures.forEach((texture) => texture?.dispose());
    this.passes.forEach(disposePass);
  }
}

export class WebGl2Backend implements Backend {
  readonly name = 'webgl2';
  readonly device: GlDevice;
  readonly #canvas: OffscreenCanvas;
  readonly #ledger: Ledger;
  readonly #context: LedgerToken;
  readonly #programs: ProgramCache;
  readonly #upload: FrameUpload;
  /** For reading the frame itself, when it is shown as it is. */
  #frameFramebuffer: WebGLFramebuffer | null = null;
  #pixels = new Uint8Array(0);
  #disposed = false;

  /** @throws PipelineError `webgl2-missing` */
  constructor({ canvas, ledger, upload }: WebGl2Options) {
    this.#canvas = canvas ?? new OffscreenCanvas(1, 1);
    this.device = openDevice(this.#canvas);
    this.#ledger = ledger;
    this.#context = ledger.open('contexts');
    this.#programs = new ProgramCache(this.device, ledger);
    const path = upload ?? (this.device.isSoftware ? 'planes' : 'texture');
    this.#upload = new FrameUpload(this.device.gl, ledger, this.device.capabilities.maxTextureSize, path);
  }

  get capabilities(): DeviceCapabilities {
    return this.device.capabilities;
  }

  get uploadPath(): string {
    return this.#upload.path;
  }

  async upload(frame: FrameImage): Promise<FrameForm> {
    if (this.device.gl.isContextLost()) throw contextLost();
    return this.#upload.take(frame);
  }

  async prepare(plan: Plan): Promise<PreparedGraph> {
    if (this.device.gl.isContextLost()) throw contextLost();
    const passes: CompiledPass[] = [];
    const compiler = { device: this.device, ledger: this.#ledger, programs: this.#programs };
    for (const pass of plan.passes) passes.push(await compilePass(plan, pass, compiler));
    const present = await this.#programs.get(emitPresent(at(plan.images, plan.output)));
    const textures = plan.images.map((image) =>
      image.source.kind === 'frame' ? null : this.#allocate(image),
    );
    return new WebGl2Graph(plan, passes, present, textures);
  }

  execute(prepared: PreparedGraph): void {
    assert(prepared instanceof WebGl2Graph, 'a graph runs on the backend that prepared it');
    const { gl } = this.device;
    for (const pass of prepared.passes) {
      const target = prepared.textures[pass.output];
      assert(target !== null && target !== undefined, 'a pass writes into an image of its own');
      gl.bindFramebuffer(gl.FRAMEBUFFER, target.framebuffer);
      gl.viewport(0, 0, target.width, target.height);
      gl.useProgram(pass.program.handle);
      pass.images.forEach((image, slot) => {
        this.#bind(slot, this.#texture(prepared, image));
      });
      pass.tables.forEach(({ texture }, i) => {
        this.#bind(pass.images.length + i, texture);
      });
      setUniforms(gl, prepared.plan, pass);
      gl.drawArrays(gl.TRIANGLES, 0, 3);
    }
  }

  present(prepared: PreparedGraph): void {
    assert(prepared instanceof WebGl2Graph, 'a graph runs on the backend that prepared it');
    const { gl } = this.device;
    const { output, images } = prepared.plan;
    const { width, height } = at(images, output);
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.viewport(0, 0, width, height);
    gl.useProgram(prepared.present.handle);
    this.#bind(0, this.#texture(prepared, output));
    gl.uniform1i(prepared.present.uniform('uImage0'), 0);
    gl.uniform2i(prepared.present.uniform('uPixels0'), width, height);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  async finished(): Promise<void> {
    const { gl } = this.device;
    const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    if (fence === null) throw contextLost();
    gl.flush();
    // A fence's status is renewed only after a return to the event loop, so it is polled with a timer.
    do {
      await new Promise((resolve) => setTimeout(resolve, FENCE_POLL_MS));
    } while (!gl.isContextLost() && gl.getSyncParameter(fence, gl.SYNC_STATUS) !== gl.SIGNALED);
    gl.deleteSync(fence);
    if (gl.isContextLost()) throw contextLost();
  }

  read(prepared: PreparedGraph): Pixels {
    assert(prepared instanceof WebGl2Graph, 'a graph runs on the backend that prepared it');
    const { gl } = this.device;
    const { output, images } = prepared.plan;
    const { width, height, layout } = at(images, output);
    const texture = this.#texture(prepared, output);
    const strideBytes = 4 * texture.width;
    const length = strideBytes * texture.height;
    if (this.#pixels.length !== length) this.#pixels = new Uint8Array(length);
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#framebufferOf(prepared, texture));
    gl.readPixels(0, 0, texture.width, texture.height, gl.RGBA, gl.UNSIGNED_BYTE, this.#pixels);
    if (gl.isContextLost()) throw contextLost();
    return { layout: layout === 'packed4' ? 'grey' : 'rgbx', width, height, strideBytes, data: this.#pixels };
  }

  /** Gives the plan's tensor inputs their values, by name. */
  writeTensors(prepared: PreparedGraph, inputs: Readonly<Record<string, Tensor>>): void {
    assert(prepared instanceof WebGl2Graph, 'a graph runs on the backend that prepared it');
    prepared.plan.images.forEach(({ source, atlas, width, height }, image) => {
      if (source.kind !== 'tensor' || atlas === null) return;
      const tensor = inputs[source.name];
      assert(tensor !== undefined, 'inputs were checked against the graph');
      prepared.textures[image]?.write(toTexels(tensor.data, atlas, width * height));
    });
  }

  /** The output of a plan over tensors; waits for the GPU. */
  readTensor(prepared: PreparedGraph): Tensor {
    assert(prepared instanceof WebGl2Graph, 'a graph runs on the backend that prepared it');
    const { gl } = this.device;
    const texture = this.#texture(prepared, prepared.plan.output);
    const { atlas } = at(prepared.plan.images, prepared.plan.output);
    assert(atlas !== null, 'the output of a tensor plan is a tensor');
    const values = new Float32Array(4 * texture.width * texture.height);
    gl.bindFramebuffer(gl.FRAMEBUFFER, texture.framebuffer);
    gl.readPixels(0, 0, texture.width, texture.height, gl.RGBA, gl.FLOAT, values);
    if (gl.isContextLost()) throw contextLost();
    return fromTexels(values, atlas);
  }

  /** Blocks until the output is computed: one texel of it is read. For measurements. */
  drain(prepared: PreparedGraph): void {
    assert(prepared instanceof WebGl2Graph, 'a graph runs on the backend that prepared it');
    const { gl } = this.device;
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#texture(prepared, prepared.plan.output).framebuffer);
    gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.FLOAT, new Float32Array(4));
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#programs.dispose();
    this.#upload.dispose();
    this.device.gl.deleteFramebuffer(this.#frameFramebuffer);
    // Given back now, not when the collector comes by: browsers allow few contexts.
    this.device.gl.getExtension('WEBGL_lose_context')?.loseContext();
    this.#context.release();
  }

  #allocate({ source, width, height, layout, format, atlas }: Image): Texture {
    const texels = layout === 'packed4' ? Math.ceil(width / 4) : width;
    const texture = new Texture(this.device.gl, this.#ledger, texels, height, format);
    if (source.kind === 'constant' && atlas !== null)
      texture.write(toTexels(source.data, atlas, texels * height));
    return texture;
  }

  #texture(prepared: WebGl2Graph, image: number): Texture {
    const own = prepared.textures[image];
    if (own !== null && own !== undefined) return own;
    const { source } = at(prepared.plan.images, image);
    assert(source.kind === 'frame', 'an image without a texture is a plane of the frame');
    const plane = this.#upload.plane(source.plane);
    assert(plane !== undefined, 'a frame was uploaded before the graph runs');
    return plane;
  }

  #framebufferOf(prepared: WebGl2Graph, texture: Texture): WebGLFramebuffer {
    const { source } = at(prepared.plan.images, prepared.plan.output);
    if (source.kind !== 'frame') return texture.framebuffer;
    // The frame's storage is replaced with each frame, so its attachment is renewed as well.
    const { gl } = this.device;
    this.#frameFramebuffer ??= gl.createFramebuffer();
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#frameFramebuffer);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture.handle, 0);
    return this.#frameFramebuffer;
  }

  #bind(unit: number, texture: Texture): void {
    const { gl } = this.device;
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.bindTexture(gl.TEXTURE_2D, texture.handle);
  }
}
