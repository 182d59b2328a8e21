/**
 * WebGL2: each pass of a plan is one fragment shader over one triangle. Owns a context, its programs and its
 * textures; belongs to the thread that made it.
 */
import { assert, at } from '../../core/assert.ts';
import type { Ledger, LedgerToken } from '../../core/ledger.ts';
import type { Pixels } from '../../core/pixels.ts';
import type { Tensor } from '../../core/tensor.ts';
import { layersOf } from '../../plan/block-plan.ts';
import type { DeviceCapabilities, FrameForm, Plan } from '../../plan/plan.ts';
import { texelWidth } from '../../plan/texels.ts';
import type { Prices } from '../../plan/prices.ts';
import type { Backend, FrameImage, PreparedGraph } from '../port.ts';
import { bindUniforms, imageValues, setUniforms } from './bound-uniforms.ts';
import { compilePass, convertDraw, type CompiledPass, type Compiler, type Draw } from './compiled-pass.ts';
import { openDevice, type GlDevice } from './context.ts';
import { emitCompute } from './emit-compute.ts';
import { emitPresent } from './emit-present.ts';
import { FrameUpload, type UploadPath } from './frame-upload.ts';
import { measurePrices } from './measure-prices.ts';
import { contextLost, ProgramCache } from './programs.ts';
import { fromTexels, toTexels } from './tensor-texels.ts';
import { PixelReader, type Readable, type ReadablePlanes } from './pixel-reader.ts';
import { TexturePool } from './texture-pool.ts';
import type { Texture } from './textures.ts';

const FENCE_POLL_MS = 2;

export type WebGl2Options = Readonly<{
  /** Where `present` draws; without it nothing can be presented. */
  canvas?: OffscreenCanvas;
  ledger: Ledger;
  /** How frames are uploaded. Default: planes on software GL, `texImage2D` on a GPU. */
  upload?: UploadPath;
}>;

type Present = Readonly<{ draw: Draw; images: readonly number[] }>;

class WebGl2Graph implements PreparedGraph {
  readonly plan: Plan;
  readonly passes: readonly CompiledPass[];
  /** One per image of the plan; null where the frame's own planes are read. */
  readonly textures: readonly (Texture | null)[];
  /** What draws the output onto the canvas; null where nothing is shown. */
  readonly present: Present | null;
  /** The planes of an output that passes write, once they were read. */
  planes: ReadablePlanes | null = null;
  readonly #backend: WebGl2Backend;
  #disposed = false;

  constructor(
    plan: Plan,
    passes: readonly CompiledPass[],
    present: Present | null,
    textures: readonly (Texture | null)[],
    backend: WebGl2Backend,
  ) {
    this.plan = plan;
    this.passes = passes;
    this.present = present;
    this.textures = textures;
    this.#backend = backend;
  }

  get isDisposed(): boolean {
    return this.#disposed;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#backend.giveBack(this.passes, this.present?.draw ?? null, this.textures);
  }
}

export class WebGl2Backend implements Backend {
  readonly name = 'webgl2';
  readonly device: GlDevice;
  readonly #canvas: OffscreenCanvas;
  readonly #context: LedgerToken;
  readonly #programs: ProgramCache;
  readonly #compiler: Compiler;
  readonly #upload: FrameUpload;
  /** For reading the frame itself, when it is shown as it is. */
  #frameFramebuffer: WebGLFramebuffer | null = null;
  readonly #pool: TexturePool;
  readonly #pixels: PixelReader;
  readonly #isShown: boolean;
  #disposed = false;

  /** @throws PipelineError `webgl2-missing` */
  constructor({ canvas, ledger, upload }: WebGl2Options) {
    this.#canvas = canvas ?? new OffscreenCanvas(1, 1);
    this.#isShown = canvas !== undefined;
    this.device = openDevice(this.#canvas);
    this.#context = ledger.open('contexts');
    this.#programs = new ProgramCache(this.device, ledger);
    this.#compiler = { device: this.device, ledger, programs: this.#programs };
    this.#pool = new TexturePool(this.device.gl, ledger);
    this.#pixels = new PixelReader(this.device.gl);
    const path = upload ?? (this.device.isSoftware ? 'planes' : 'texture');
    this.#upload = new FrameUpload(this.device.gl, ledger, this.device.capabilities.maxTextureSize, path);
  }

  get capabilities(): DeviceCapabilities {
    return this.device.capabilities;
  }

  get deviceName(): string {
    return this.device.renderer;
  }

  get compiledPrograms(): number {
    return this.#programs.compiled;
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
    for (const pass of plan.passes) passes.push(...(await compilePass(plan, pass, this.#compiler)));
    const present = this.#isShown ? await this.#presentOf(plan) : null;
    return new WebGl2Graph(plan, passes, present, this.#allocate(plan), this);
  }

  async refine(prepared: PreparedGraph): Promise<boolean> {
    assert(prepared instanceof WebGl2Graph, 'a graph runs on the backend that prepared it');
    const pass = prepared.passes.find(({ bake }) => bake !== null);
    const bake = pass?.bake ?? null;
    if (pass === undefined || bake === null) return false;
    pass.bake = null;
    const draw = await bake();
    this.#programs.release((prepared.isDisposed ? draw : pass.draw).program);
    if (prepared.isDisposed) return false;
    pass.draw = draw;
    // Drivers finish a program with its first draw: one texel now, not a frame later.
    this.#draw(prepared, pass, 1);
    return prepared.passes.some((other) => other.bake !== null);
  }

  async warm(plan: Plan): Promise<boolean> {
    const pass = plan.passes.find(
      (one) => one.kind === 'compute' && !this.#programs.has(emitCompute(plan, one).source),
    );
    if (pass === undefined) return false;
    const compiled = await compilePass(plan, pass, this.#compiler);
    const graph = new WebGl2Graph(plan, compiled, null, this.#allocate(plan), this);
    if (!this.#disposed) for (const one of compiled) this.#draw(graph, one, 1);
    graph.dispose();
    return true;
  }

  /** Takes back what a graph held. */
  giveBack(
    passes: readonly CompiledPass[],
    present: Draw | null,
    textures: readonly (Texture | null)[],
  ): void {
    for (const { draw, tables } of passes) {
      this.#programs.release(draw.program);
      for (const table of tables) table.dispose();
    }
    if (present !== null) this.#programs.release(present.program);
    for (const texture of new Set(textures)) {
      if (texture === null) continue;
      // The pool ended with the backend.
      if (this.#disposed) texture.dispose();
      else this.#pool.give(texture);
    }
  }

  execute(prepared: PreparedGraph): void {
    assert(prepared instanceof WebGl2Graph, 'a graph runs on the backend that prepared it');
    for (const pass of prepared.passes) this.#draw(prepared, pass, Infinity);
  }

  present(prepared: PreparedGraph): void {
    assert(prepared instanceof WebGl2Graph, 'a graph runs on the backend that prepared it');
    const { present, plan } = prepared;
    assert(present !== null, 'a backend that shows was given a canvas');
    const { gl } = this.device;
    const { width, height } = at(plan.images, plan.output);
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    // Uploading binds textures: before any is bound for drawing.
    this.#bindAll(prepared, present.images);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.viewport(0, 0, width, height);
    gl.useProgram(present.draw.program.handle);
    setUniforms(gl, present.draw.uniforms);
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
    const { output, chroma, images, frame } = prepared.plan;
    if (chroma === null) return this.#checked(this.#pixels.read(this.#readable(prepared, output)));
    assert(frame !== null, 'planes come of a frame');
    // The frame as it came is in memory already.
    const planes = at(images, output).source.kind === 'frame' ? this.#upload.planes() : null;
    if (planes !== null) return planes;
    prepared.planes ??= [this.#readable(prepared, output), this.#readable(prepared, chroma.u), this.#readable(prepared, chroma.v)]; // prettier-ignore
    return this.#checked(this.#pixels.readPlanes(prepared.planes, frame.color));
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
    const { texture, framebuffer } = this.#readable(prepared, prepared.plan.output);
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    if (texture.format === 'rgba32ui')
      gl.readPixels(0, 0, 1, 1, gl.RGBA_INTEGER, gl.UNSIGNED_INT, new Uint32Array(4)); // prettier-ignore
    else if (texture.format === 'rgba8')
      gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, new Uint8Array(4)); // prettier-ignore
    else gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.FLOAT, new Float32Array(4));
  }

  calibrate(defaults: Prices): Promise<Prices | null> {
    return measurePrices(this.device, { ledger: this.#compiler.ledger, defaults });
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#programs.dispose();
    this.#upload.dispose();
    this.#pool.dispose();
    this.device.gl.deleteFramebuffer(this.#frameFramebuffer);
    // Given back now, not when the collector comes by: browsers allow few contexts.
    this.device.gl.getExtension('WEBGL_lose_context')?.loseContext();
    this.#context.release();
  }

  /** @param most texels that are drawn on a side. */
  #draw(prepared: WebGl2Graph, pass: CompiledPass, most: number): void {
    const { gl } = this.device;
    const target = prepared.textures[pass.output];
    assert(target !== null && target !== undefined, 'a pass writes into an image of its own');
    this.#bindAll(prepared, pass.images);
    for (let i = 0; i < pass.tables.length; i++) this.#bind(pass.images.length + i, at(pass.tables, i));
    const { layers } = pass;
    gl.bindFramebuffer(gl.FRAMEBUFFER, layers === null ? target.framebuffer : target.framebufferOf(layers));
    // The last column and row of layers are not drawn.
    const end = layers === null ? 0 : 1;
    gl.viewport(0, 0, Math.min(target.width - end, most), Math.min(target.height - end, most));
    gl.useProgram(pass.draw.program.handle);
    setUniforms(gl, pass.draw.uniforms);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  /** Images to their units; planes of the frame are uploaded when they are met for the first time. */
  #bindAll(prepared: WebGl2Graph, images: readonly number[]): void {
    // An upload binds to unit 0, so all of them come first.
    for (let slot = 0; slot < images.length; slot++) this.#texture(prepared, at(images, slot));
    for (let slot = 0; slot < images.length; slot++)
      this.#bind(slot, this.#texture(prepared, at(images, slot)));
  }

  async #presentOf(plan: Plan): Promise<Present> {
    const { output, chroma, images: all, frame } = plan;
    if (chroma === null || frame === null) {
      const program = await this.#programs.get(emitPresent(at(all, output)));
      return {
        draw: { program, uniforms: bindUniforms(program, imageValues(plan, [output])) },
        images: [output],
      };
    }
    const images = [output, chroma.u, chroma.v] as const;
    const draw = await convertDraw(plan, images, { color: frame.color, target: 'canvas' }, this.#programs);
    return { draw, images };
  }

  #allocate({ images, storage }: Plan): readonly (Texture | null)[] {
    const held = new Map<number, Texture>();
    return images.map(({ source, width, height, layout, format, atlas }, index) => {
      if (source.kind === 'frame') return null;
      const place = at(storage, index);
      const known = held.get(place);
      if (known !== undefined) return known;
      const texels = texelWidth(width, layout);
      const texture = this.#pool.take(texels, height, format, layersOf(atlas));
      held.set(place, texture);
      if (source.kind === 'constant' && atlas !== null)
        texture.write(toTexels(source.data, atlas, texels * height));
      return texture;
    });
  }

  #texture(prepared: WebGl2Graph, image: number): Texture {
    const own = prepared.textures[image];
    if (own !== null && own !== undefined) return own;
    const { source, layout } = at(prepared.plan.images, image);
    assert(source.kind === 'frame', 'an image without a texture is a plane of the frame');
    return this.#upload.texture(source.plane, layout);
  }

  #readable(prepared: WebGl2Graph, index: number): Readable {
    const image = at(prepared.plan.images, index);
    const texture = this.#texture(prepared, index);
    if (image.source.kind !== 'frame') return { image, texture, framebuffer: texture.framebuffer };
    // The frame's storage is replaced with each frame, so its attachment is renewed as well.
    const { gl } = this.device;
    this.#frameFramebuffer ??= gl.createFramebuffer();
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#frameFramebuffer);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture.handle, 0);
    return { image, texture, framebuffer: this.#frameFramebuffer };
  }

  #checked(pixels: Pixels): Pixels {
    if (this.device.gl.isContextLost()) throw contextLost();
    return pixels;
  }

  #bind(unit: number, texture: Texture): void {
    const { gl } = this.device;
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.bindTexture(texture.target, texture.handle);
  }
}
