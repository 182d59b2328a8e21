/**
 * WebGL2: each pass of a plan is one fragment shader over one triangle. Owns a context, its programs and its
 * textures; belongs to the thread that made it.
 */
import { assert, at } from '../../core/assert.ts';
import type { Ledger, LedgerToken } from '../../core/ledger.ts';
import type { Pixels } from '../../core/pixels.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { DeviceCapabilities, FrameForm, FrameSize, Plan } from '../../plan/plan.ts';
import type { Prices } from '../../plan/prices.ts';
import type {
  Backend,
  FrameImage,
  GpuTiming,
  PreparedGraph,
  PrepareOptions,
  UploadOptions,
  UploadPath,
} from '../port.ts';
import { bindUniforms, imageValues, setUniforms } from './bound-uniforms.ts';
import { compilePass, convertDraw, type CompiledPass, type Compiler } from './compiled-pass.ts';
import { MemoryCarrier } from './memory-carrier.ts';
import { allocate, writeTensors } from './plan-textures.ts';
import { readImage } from './read-image.ts';
import { openDevice, type GlDevice } from './context.ts';
import { emitCompute } from './emit-compute.ts';
import { emitPresent } from './emit-present.ts';
import { ExtraLoad } from './extra-load.ts';
import { GpuWait } from './gpu-wait.ts';
import { FrameUpload, READ_LAYOUT } from './frame-upload.ts';
import { measurePrices } from './measure-prices.ts';
import { contextLost, ProgramCache } from './programs.ts';
import { PixelReader, readCanvas, type Readable } from './pixel-reader.ts';
import { TexturePool } from './texture-pool.ts';
import type { Texture } from './textures.ts';
import { WebGl2Graph, type Present } from './webgl2-graph.ts';

export type WebGl2Options = Readonly<{
  ledger: Ledger;
  /** How frames are uploaded. Default: planes on software GL, `texImage2D` on a GPU. */
  upload?: UploadPath;
}>;

export class WebGl2Backend implements Backend {
  readonly name = 'webgl2';
  readonly device: GlDevice;
  readonly canvas = new OffscreenCanvas(1, 1);
  readonly #context: LedgerToken;
  readonly #programs: ProgramCache;
  readonly #compiler: Compiler;
  readonly #upload: FrameUpload;
  /** For reading the frame itself, when it is shown as it is. */
  #frameFramebuffer: WebGLFramebuffer | null = null;
  readonly #pool: TexturePool;
  readonly #pixels: PixelReader;
  readonly #wait: GpuWait;
  readonly #extraLoad: ExtraLoad;
  readonly #carrier: MemoryCarrier;
  #disposed = false;

  /** @throws PipelineError `webgl2-missing` */
  constructor({ ledger, upload }: WebGl2Options) {
    this.device = openDevice(this.canvas);
    this.#context = ledger.open('contexts');
    this.#programs = new ProgramCache(this.device, ledger);
    this.#compiler = { device: this.device, ledger, programs: this.#programs };
    this.#pool = new TexturePool(this.device.gl, ledger);
    this.#pixels = new PixelReader(this.device.gl);
    this.#wait = new GpuWait(this.device.gl, this.device.isSoftware);
    this.#extraLoad = new ExtraLoad(this.device, ledger);
    this.#carrier = new MemoryCarrier(this.device.gl, ledger, this.#programs);
    const path = upload ?? (this.device.isSoftware ? 'planes' : 'texture');
    this.#upload = new FrameUpload(this.device.gl, {
      ledger,
      programs: this.#programs,
      maxTextureSize: this.device.capabilities.maxTextureSize,
      preferred: path,
      fits: this.device.isSoftware ? 'in memory' : 'drawn',
    });
  }

  get capabilities(): DeviceCapabilities {
    return this.device.capabilities;
  }

  get deviceName(): string {
    return this.device.renderer;
  }

  get isSoftware(): boolean {
    return this.device.isSoftware;
  }

  get isLost(): boolean {
    return this.device.gl.isContextLost();
  }

  get compiledPrograms(): number {
    return this.#programs.compiled;
  }

  get uploadPath(): string {
    return this.#upload.path;
  }

  uploadPaths(frame: FrameImage): readonly UploadPath[] {
    return this.#upload.pathsOf(frame);
  }

  async upload(frame: FrameImage, options?: UploadOptions): Promise<FrameForm> {
    if (this.device.gl.isContextLost()) throw contextLost();
    return this.#upload.take(frame, options);
  }

  async prepare(plan: Plan, { present = false }: PrepareOptions = {}): Promise<PreparedGraph> {
    if (this.device.gl.isContextLost()) throw contextLost();
    const passes: CompiledPass[] = [];
    for (const pass of plan.passes) passes.push(...(await compilePass(plan, pass, this.#compiler)));
    await this.#upload.prepare(plan);
    await this.#carrier.prepare(plan);
    const toCanvas = present ? await this.#presentOf(plan) : null;
    return new WebGl2Graph(plan, passes, toCanvas, allocate(plan, this.#pool), this.#giveBack);
  }

  prime(prepared: PreparedGraph): void {
    assert(prepared instanceof WebGl2Graph, 'a graph runs on the backend that prepared it');
    for (const pass of prepared.passes) this.#try(prepared, pass);
    this.#carrier.prime(prepared);
    if (prepared.present !== null) this.#present(prepared, prepared.present, { width: 1, height: 1 });
  }

  async refine(prepared: PreparedGraph): Promise<boolean> {
    assert(prepared instanceof WebGl2Graph, 'a graph runs on the backend that prepared it');
    const pass = prepared.passes.find(({ bake }) => bake !== null);
    const bake = pass?.bake ?? null;
    if (pass === undefined || bake === null) return false;
    pass.bake = null;
    const draw = await bake();
    const old = prepared.isDisposed ? draw : pass.draw;
    if (old !== null) this.#programs.release(old.program);
    if (prepared.isDisposed) return false;
    pass.draw = draw;
    // Drivers finish a program with its first draw: one texel now, not a frame later.
    this.#try(prepared, pass);
    return prepared.passes.some((other) => other.bake !== null);
  }

  async warm(plan: Plan): Promise<boolean> {
    const pass = plan.passes.find(
      (one) => one.kind === 'compute' && !this.#programs.has(emitCompute(plan, one).source),
    );
    if (pass === undefined) return this.#upload.warm(plan);
    const compiled = await compilePass(plan, pass, this.#compiler);
    const graph = new WebGl2Graph(plan, compiled, null, allocate(plan, this.#pool), this.#giveBack);
    if (!this.#disposed) for (const one of compiled) this.#try(graph, one);
    graph.dispose();
    return true;
  }

  /** Takes back what a graph held. */
  readonly #giveBack = ({ passes, present, textures }: WebGl2Graph): void => {
    for (const { draw, tables, begin } of passes) {
      for (const one of [draw, begin?.pass.draw ?? null])
        if (one !== null) this.#programs.release(one.program);
      for (const table of tables) table.dispose();
    }
    if (present !== null) this.#programs.release(present.draw.program);
    for (const texture of new Set(textures)) {
      if (texture === null) continue;
      // The pool ended with the backend.
      if (this.#disposed) texture.dispose();
      else this.#pool.give(texture);
    }
  };

  execute(prepared: PreparedGraph, timestampUs = 0): void {
    assert(prepared instanceof WebGl2Graph, 'a graph runs on the backend that prepared it');
    this.#wait.begin();
    const { passes, plan, memory } = prepared;
    if (plan.memories.length > 0) memory.begin(timestampUs, prepared.move);
    for (let i = 0; i < passes.length; i++) {
      const pass = at(passes, i);
      const { begin } = pass;
      const isFirst = begin !== null && memory.momentOf(begin.memory).step === 'first';
      this.#draw(prepared, isFirst ? begin.pass : pass, Infinity);
    }
  }

  carry(from: PreparedGraph, to: PreparedGraph): void {
    assert(
      from instanceof WebGl2Graph && to instanceof WebGl2Graph,
      'a graph runs on the backend that prepared it',
    );
    this.#carrier.carry(from, to);
  }

  forget(prepared: PreparedGraph): void {
    assert(prepared instanceof WebGl2Graph, 'a graph runs on the backend that prepared it');
    prepared.memory.forget();
  }

  readMeasurements(prepared: PreparedGraph): Readonly<Record<string, Tensor>> {
    assert(prepared instanceof WebGl2Graph, 'a graph runs on the backend that prepared it');
    const { measurements, images } = prepared.plan;
    const measured = Object.entries(measurements).map(([name, image]) => [name, readImage(this.device.gl, at(images, image), prepared.textureOf(image))] as const); // prettier-ignore
    return this.#checked(Object.fromEntries(measured));
  }

  burn(load: number, size: FrameSize, fullSize: FrameSize): boolean {
    return this.#extraLoad.burn(load, size, fullSize);
  }

  present(prepared: PreparedGraph): void {
    assert(prepared instanceof WebGl2Graph, 'a graph runs on the backend that prepared it');
    const { present, plan } = prepared;
    assert(present !== null, 'what is presented was prepared for that');
    const { width, height } = at(plan.images, plan.output);
    if (this.canvas.width !== width) this.canvas.width = width;
    if (this.canvas.height !== height) this.canvas.height = height;
    this.#present(prepared, present, { width, height });
  }

  finished(expectedMs = NaN): Promise<GpuTiming> {
    return this.#wait.finished(expectedMs);
  }

  read(prepared: PreparedGraph): Pixels {
    assert(prepared instanceof WebGl2Graph, 'a graph runs on the backend that prepared it');
    const { output, chroma, images, frame } = prepared.plan;
    if (chroma === null) return this.#checked(this.#pixels.read(this.#readable(prepared, output)));
    assert(frame !== null, 'planes come of a frame');
    // The frame as it came is in memory already.
    const isFrame = at(images, output).source.kind === 'frame';
    const came = isFrame ? this.#upload.planes() : null;
    if (came !== null) return came;
    // Those of the frame are drawn anew for each.
    if (isFrame) prepared.planes = null;
    prepared.planes ??= [this.#readablePlane(prepared, output), this.#readablePlane(prepared, chroma.u), this.#readablePlane(prepared, chroma.v)]; // prettier-ignore
    return this.#checked(this.#pixels.readPlanes(prepared.planes, frame.color));
  }

  readCanvas(): Uint8Array {
    return this.#checked(readCanvas(this.device.gl));
  }

  wait(): void {
    this.#checked(readCanvas(this.device.gl, { width: 1, height: 1 }));
  }

  /** Gives the plan's tensor inputs their values, by name. */
  writeTensors(prepared: PreparedGraph, inputs: Readonly<Record<string, Tensor>>): void {
    assert(prepared instanceof WebGl2Graph, 'a graph runs on the backend that prepared it');
    writeTensors(prepared.plan, prepared.textures, inputs);
  }

  /** The output of a plan over tensors; waits for the GPU. */
  readTensor(prepared: PreparedGraph): Tensor {
    assert(prepared instanceof WebGl2Graph, 'a graph runs on the backend that prepared it');
    const { output, images } = prepared.plan;
    return this.#checked(readImage(this.device.gl, at(images, output), this.#texture(prepared, output)));
  }

  calibrate(defaults: Prices): Promise<Prices | null> {
    return measurePrices(this.device, { ledger: this.#compiler.ledger, defaults });
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#programs.dispose();
    this.#extraLoad.dispose();
    this.#upload.dispose();
    this.#pool.dispose();
    this.device.gl.deleteFramebuffer(this.#frameFramebuffer);
    // Given back now, not when the collector comes by: browsers allow few contexts.
    this.device.gl.getExtension('WEBGL_lose_context')?.loseContext();
    this.#context.release();
  }

  #present(prepared: WebGl2Graph, { draw, images }: Present, { width, height }: FrameSize): void {
    const { gl } = this.device;
    // Uploading binds textures: before any is bound for drawing.
    this.#bindAll(prepared, images);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.viewport(0, 0, width, height);
    gl.useProgram(draw.program.handle);
    setUniforms(gl, draw.uniforms, prepared.memory.momentOf);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  /** Draws a texel, where the next frame is going to be written. */
  #try(prepared: WebGl2Graph, pass: CompiledPass): void {
    const { memory } = at(prepared.plan.images, pass.also[0] ?? pass.output);
    if (memory !== undefined) prepared.memory.step(memory, prepared.move);
    this.#draw(prepared, pass, 1);
    if (pass.begin !== null) this.#draw(prepared, pass.begin.pass, 1);
    if (memory !== undefined) prepared.memory.stepBack(memory, prepared.move);
  }

  /** The newest frame of a ring, as it is: on the device, without a program. */
  #keep(prepared: WebGl2Graph, { images, output }: CompiledPass, most: number): void {
    const { gl } = this.device;
    const { framebuffer } = this.#readable(prepared, at(images, 0));
    const ring = prepared.textureOf(output);
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    this.#bind(0, ring);
    const [width, height] = [Math.min(ring.width, most), Math.min(ring.height, most)];
    gl.copyTexSubImage3D(ring.target, 0, 0, 0, prepared.memory.newestLayer(output), 0, 0, width, height);
  }

  /** @param most texels that are drawn on a side. */
  #draw(prepared: WebGl2Graph, pass: CompiledPass, most: number): void {
    const { draw } = pass;
    if (draw === null) {
      this.#keep(prepared, pass, most);
      return;
    }
    const { gl } = this.device;
    const target = prepared.textureOf(pass.output);
    this.#bindAll(prepared, pass.images);
    for (let i = 0; i < pass.tables.length; i++) this.#bind(pass.images.length + i, at(pass.tables, i));
    const { layers, also } = pass;
    const ring = prepared.layersOf(pass.output);
    if (also.length > 0) gl.bindFramebuffer(gl.FRAMEBUFFER, target.framebufferWith(also.map((image) => prepared.textureOf(image)))); // prettier-ignore
    else if (ring !== null) gl.bindFramebuffer(gl.FRAMEBUFFER, target.framebufferOf(ring));
    else gl.bindFramebuffer(gl.FRAMEBUFFER, layers === null ? target.framebuffer : target.framebufferOf(layers)); // prettier-ignore
    // The last column and row of blocks are not drawn.
    const end = layers === null ? 0 : 1;
    gl.viewport(0, 0, Math.min(target.width - end, most), Math.min(target.height - end, most));
    gl.useProgram(draw.program.handle);
    setUniforms(gl, draw.uniforms, prepared.memory.momentOf);
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
    if (image.source.kind !== 'frame' || this.#upload.isDrawn)
      return { image, texture, framebuffer: texture.framebuffer };
    // The frame's storage is replaced with each frame, so its attachment is renewed as well.
    const { gl } = this.device;
    this.#frameFramebuffer ??= gl.createFramebuffer();
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.#frameFramebuffer);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture.handle, 0);
    return { image, texture, framebuffer: this.#frameFramebuffer };
  }

  /** A plane of the output; the frame's own is drawn so that its bytes can be read. */
  #readablePlane(prepared: WebGl2Graph, index: number): Readable {
    const image = at(prepared.plan.images, index);
    if (image.source.kind !== 'frame') return this.#readable(prepared, index);
    const texture = this.#upload.texture(image.source.plane, READ_LAYOUT);
    return { image, texture, framebuffer: texture.framebuffer };
  }

  /** What was read of a context that is lost is nothing. */
  #checked<Read>(read: Read): Read {
    if (this.device.gl.isContextLost()) throw contextLost();
    return read;
  }

  #bind(unit: number, texture: Texture): void {
    const { gl } = this.device;
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.bindTexture(texture.target, texture.handle);
  }
}
