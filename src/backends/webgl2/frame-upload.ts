/**
 * Frames → textures. Three paths, as the machine likes them:
 *   planes   `copyTo` of 4:2:0; a plane becomes a texture when a plan reads it, in the layout that the plan wants, so a
 *            filter of luma never uploads chroma. Bytes go up as they lie: 4 or 16 pixels a texel, no conversion
 *   rgbx     `copyTo` with the browser's conversion, then one RGBA8 texture
 *   texture  `texImage2D(frame)`: a copy on the GPU where the frame is there already
 * On software GL `texImage2D(frame)` costs 30 times what `copyTo` does; on a GPU it is the other way round.
 *
 * What is computed smaller, or did not come upright, goes up as it came and is drawn into what the plan reads. Where the
 * GPU is the CPU, planes that are to be smaller are made so in memory instead, and less goes up.
 */
import { assert, at } from '../../core/assert.ts';
import { PipelineError } from '../../core/errors.ts';
import { frameColorOf, sameColor, type FrameColor } from '../../core/frame-color.ts';
import { fullSizeOf, sameSize, sizeAtScale, type Size } from '../../core/frame-size.ts';
import { sameTurn, turnOf, UPRIGHT, type Turn } from '../../core/frame-turn.ts';
import type { Ledger } from '../../core/ledger.ts';
import type { PlanarPixels } from '../../core/pixels.ts';
import type { FrameForm, FramePlane, Plan, TexelLayout } from '../../plan/plan.ts';
import { FORMAT_OF_PLANE, texelWidth } from '../../plan/texels.ts';
import type { FrameImage, UploadOptions, UploadPath } from '../port.ts';
import { RgbxCopy } from './rgbx-copy.ts';
import { FrameFit, type FitImage } from './frame-fit.ts';
import { fitOf, isTurned, turnedSize, type Fit } from './frame-placement.ts';
import { planarPixels, type PlaneBytes, type PlaneSource } from './plane-bytes.ts';
import { isPlanar, PlaneCopy, type PlanarFormat } from './plane-copy.ts';
import { PlaneFit } from './plane-fit.ts';
import type { ProgramCache } from './programs.ts';
import { Texture } from './textures.ts';
import { uploadPathsOf } from './upload-paths.ts';

/** An ImageBitmap is in sRGB: its luma is BT.709's. */
const BITMAP_COLOR: FrameColor = { matrix: 'bt709', fullRange: true };

/** In which planes that were drawn are read back: bytes as they lie in memory. */
export const READ_LAYOUT: TexelLayout = 'packed4';

/** A texture and the frame whose pixels it holds. */
type Held = { texture: Texture; frame: number };

/** How the pixels of a frame came, and what is made of them. */
type Arrival = Readonly<{
  path: UploadPath;
  raw: Size;
  turn: Turn;
  form: FrameForm;
  /** How they are drawn; null where they are taken as they came, or as they are in memory. */
  fit: Fit | null;
}>;

/** What is known of a frame before its pixels are taken: how it comes, and the size that is computed. */
type Came = Readonly<{ raw: Size; turn: Turn; size: Size; color: FrameColor }>;

export type FrameUploadOptions = Readonly<{
  ledger: Ledger;
  programs: ProgramCache;
  maxTextureSize: number;
  /** The path that is taken where none is asked for. */
  preferred: UploadPath;
  /** Where planes are made smaller. */
  fits: 'in memory' | 'drawn';
}>;

export class FrameUpload {
  readonly #gl: WebGL2RenderingContext;
  readonly #ledger: Ledger;
  readonly #maxTextureSize: number;
  readonly #preferred: UploadPath;
  readonly #fits: FrameFit;
  readonly #isFittedInMemory: boolean;
  readonly #planes = new PlaneCopy();
  readonly #smaller = new PlaneFit(this.#planes);
  /** Those of the last frame that go up: as they came, or smaller. */
  #source: PlaneSource = this.#planes;
  /** The same object for all frames of a form. */
  #pixels: PlanarPixels | null = null;
  readonly #rgbx = new RgbxCopy();
  /** What plans read. */
  readonly #held: Readonly<Record<FramePlane, Map<TexelLayout, Held>>> = {
    rgba: new Map(),
    y: new Map(),
    u: new Map(),
    v: new Map(),
  };
  /** What came, where that is another size or lies another way. */
  readonly #raw = new Map<FramePlane, Held>();
  /** In which plans read planes. */
  readonly #layouts = new Set<TexelLayout>();
  /** The same object for all frames that come alike. */
  #arrival: Arrival | null = null;
  #frame = 0;

  constructor(
    gl: WebGL2RenderingContext,
    { ledger, programs, maxTextureSize, preferred, fits }: FrameUploadOptions,
  ) {
    this.#gl = gl;
    this.#ledger = ledger;
    this.#maxTextureSize = maxTextureSize;
    this.#preferred = preferred;
    this.#fits = new FrameFit(gl, programs);
    this.#isFittedInMemory = fits === 'in memory';
  }

  /** The path that the last frame took. */
  get path(): UploadPath {
    return this.#arrival?.path ?? this.#preferred;
  }

  /** The paths that `frame` can take, the usual one first. */
  pathsOf(frame: FrameImage): readonly UploadPath[] {
    return uploadPathsOf(frame, this.#preferred);
  }

  /**
   * Resolves when the frame's pixels are copied. They take the place of the last frame's: that one is executed before,
   * and read, where its output is the frame itself.
   * @borrows frame
   * @throws PipelineError `frame-too-large` | `frame-failed` | `shader-failed` | `context-lost`
   */
  async take(
    frame: FrameImage,
    { scale = 1, full, path = this.#preferred }: UploadOptions = {},
  ): Promise<FrameForm> {
    this.#frame++;
    const whole = full ?? fullSizeOf(frame);
    const size = scale === 1 ? whole : sizeAtScale(whole, scale);
    let fault: unknown = null;
    for (const one of uploadPathsOf(frame, path)) {
      try {
        const arrival = await this.#takeBy(one, frame, size);
        if (arrival.fit !== null) await this.#compileFits(arrival.fit, arrival.form);
        return arrival.form;
      } catch (error) {
        if (error instanceof PipelineError) throw error;
        fault ??= error;
      }
    }
    throw fault;
  }

  /** Compiles what frames that come as the last one did need for `plan`. */
  async prepare(plan: Plan): Promise<void> {
    const [arrival, { frame }] = [this.#arrival, plan];
    if (frame === null) return;
    for (const { layout } of frameImages(plan)) this.#layouts.add(layout);
    const fit = arrival === null ? null : this.#drawnFit(arrival, frame);
    if (fit !== null) await this.#compileFits(fit, frame);
  }

  /**
   * Compiles at most one program of those that `prepare` would compile.
   * @returns whether it had to.
   */
  async warm(plan: Plan): Promise<boolean> {
    const [arrival, { frame }] = [this.#arrival, plan];
    const fit = frame === null || arrival === null ? null : this.#drawnFit(arrival, frame);
    if (fit === null) return false;
    const image = frameImages(plan).find(({ layout }) => !this.#fits.has(layout, fit.taps));
    if (image === undefined) return false;
    await this.#fits.compile(image.layout, fit.taps);
    // Drivers finish a program with its first draw: one texel now, not a frame later.
    const raw = this.#newRaw(image.plane, 1, 1);
    const target = new Texture(this.#gl, this.#ledger, 1, 1, FORMAT_OF_PLANE[image.layout]);
    this.#fits.draw(raw, target, image, fit);
    raw.dispose();
    target.dispose();
    return true;
  }

  /** The texture of a plane of the last frame, uploaded now if it was not before. */
  texture(plane: FramePlane, layout: TexelLayout): Texture {
    const held = this.#held[plane].get(layout);
    if (held?.frame === this.#frame) return held.texture;
    assert(this.#arrival !== null, 'a frame was uploaded before the graph runs');
    const { fit, form } = this.#arrival;
    const share = plane === 'u' || plane === 'v' ? 2 : 1;
    const width = Math.ceil(form.width / share);
    const height = Math.ceil(form.height / share);
    if (fit === null) {
      assert(plane !== 'rgba', 'colours are uploaded as they come');
      const texture = this.#bind(plane, layout, width, height);
      this.#write(texture, layout, this.#source, this.#source.plane(plane));
      return texture;
    }
    const raw = this.#rawTexture(plane);
    const target = this.#bind(plane, layout, width, height);
    this.#fits.draw(raw, target, { plane, layout }, fit);
    return target;
  }

  /** Whether the last frame's textures are drawn, so that they can be read as those of a pass. */
  get isDrawn(): boolean {
    return this.#arrival !== null && this.#arrival.fit !== null;
  }

  /**
   * The last frame's planes where they are in memory as a plan sees them; null where it came as a texture, or is drawn.
   * Valid until the next frame.
   */
  planes(): PlanarPixels | null {
    const arrival = this.#arrival;
    if (arrival?.path !== 'planes' || arrival.fit !== null) return null;
    // Chroma that was interleaved is taken apart, and what is smaller is made so.
    for (const plane of ['y', 'u', 'v'] as const) this.#source.plane(plane);
    if (this.#pixels?.data !== this.#source.bytes)
      this.#pixels = planarPixels(this.#source, arrival.form.color);
    return this.#pixels;
  }

  dispose(): void {
    this.#giveBackTextures();
    this.#giveBackRaw();
    this.#fits.dispose();
  }

  #takeBy(path: UploadPath, frame: FrameImage, size: Size): Promise<Arrival> | Arrival {
    if (!('copyTo' in frame)) {
      this.#checkSize(frame);
      return this.#takeImage(frame, { raw: frame, turn: UPRIGHT, size, color: BITMAP_COLOR });
    }
    const { visibleRect: rect, format } = frame;
    if (rect === null) throw new PipelineError('frame-failed', 'A frame was closed before it could be read.', { recoverable: true }); // prettier-ignore
    this.#checkSize(rect);
    const turn = turnOf(frame);
    const came: Came = { raw: rect, turn, size, color: frameColorOf(frame.colorSpace) };
    // The browser turns what it makes a texture of.
    if (path === 'texture')
      return this.#takeImage(frame, { ...came, raw: turnedSize(rect, turn), turn: UPRIGHT });
    assert(format !== null, 'only the browser can read an opaque frame');
    if (path === 'rgbx') return this.#takeRgbx(frame, format, came);
    assert(isPlanar(format), 'only planes are copied as planes');
    return this.#takePlanes(frame, format, came);
  }

  #checkSize({ width, height }: Size): void {
    if (Math.max(width, height) > this.#maxTextureSize) {
      throw new PipelineError(
        'frame-too-large',
        `The picture is ${width}×${height} px, and this graphics device holds at most ${this.#maxTextureSize} px on ` +
          'a side. Choose a smaller size.',
        { context: { width, height, limit: this.#maxTextureSize } },
      );
    }
  }

  async #takePlanes(frame: VideoFrame, format: PlanarFormat, came: Came): Promise<Arrival> {
    await this.#planes.take(frame, format, came.raw.width, came.raw.height);
    this.#smaller.renew();
    return this.#arrive('planes', came);
  }

  async #takeRgbx(frame: VideoFrame, format: VideoPixelFormat, came: Came): Promise<Arrival> {
    const { width, height } = came.raw;
    await this.#rgbx.take(frame, format, width, height);
    const arrival = this.#arrive('rgbx', came);
    const gl = this.#gl;
    this.#bindRgba(arrival);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, this.#rgbx.bytes);
    return arrival;
  }

  #takeImage(frame: FrameImage, came: Came): Arrival {
    const arrival = this.#arrive('texture', came);
    const gl = this.#gl;
    this.#bindRgba(arrival);
    // Mutable storage, the whole frame, RGBA and UNSIGNED_BYTE: the form that browsers copy on the GPU.
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE, frame as TexImageSource);
    return arrival;
  }

  /** Textures of other sizes than this frame's are of no use to later ones. */
  #arrive(path: UploadPath, { raw, turn, size, color }: Came): Arrival {
    const last = this.#arrival;
    const isSameRaw = last?.path === path && sameSize(last.raw, raw);
    const layout = path === 'planes' ? 'planar420' : 'rgba';
    const isSameForm = last !== null && sameSize(last.form, size) && last.form.layout === layout && sameColor(last.form.color, color); // prettier-ignore
    if (isSameRaw && isSameForm && sameTurn(last.turn, turn)) return last;
    const fit = this.#drawnFit({ path, raw, turn }, size);
    if (!isSameRaw || !isSameForm) this.#giveBackTextures();
    if (!isSameRaw || fit === null) this.#giveBackRaw();
    const form = isSameForm ? last.form : { width: size.width, height: size.height, layout, color } as const; // prettier-ignore
    if (path === 'planes' && fit === null) this.#chooseSource(raw, size);
    this.#arrival = { path, raw: { width: raw.width, height: raw.height }, turn, form, fit };
    return this.#arrival;
  }

  /** How a frame that came so is drawn at `size`; null where it is not. */
  #drawnFit({ path, raw, turn }: Pick<Arrival, 'path' | 'raw' | 'turn'>, size: Size): Fit | null {
    return path === 'planes' && this.#isFittedInMemory && !isTurned(turn) ? null : fitOf(raw, turn, size);
  }

  #chooseSource(raw: Size, size: Size): void {
    this.#source = sameSize(raw, size) ? this.#planes : this.#smaller;
    this.#pixels = null;
    if (this.#source === this.#smaller) this.#smaller.aim(raw, size);
  }

  async #compileFits({ taps }: Fit, { layout: of }: FrameForm): Promise<void> {
    if (of === 'rgba') await this.#fits.compile('rgba', taps);
    else for (const layout of this.#layouts) await this.#fits.compile(layout, taps);
  }

  /** The plane as it came, uploaded now if it was not before. */
  #rawTexture(plane: FramePlane): Texture {
    const held = this.#raw.get(plane);
    if (held?.frame === this.#frame) return held.texture;
    assert(plane !== 'rgba', 'colours are uploaded as they come');
    const bytes = this.#planes.plane(plane);
    const texture = this.#bindRaw(plane, bytes.width, bytes.height);
    this.#write(texture, 'single', this.#planes, bytes);
    return texture;
  }

  /** Rows in memory are longer than the image; their length is told in texels. */
  #write(texture: Texture, layout: TexelLayout, source: PlaneSource, { start, stride }: PlaneBytes): void {
    const gl = this.#gl;
    const { width, height } = texture;
    if (layout === 'packed16') {
      gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, width, height, gl.RGBA_INTEGER, gl.UNSIGNED_INT, source.words, start / 4); // prettier-ignore
      return;
    }
    const isSingle = layout === 'single';
    gl.pixelStorei(gl.UNPACK_ROW_LENGTH, isSingle ? stride : stride / 4);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, width, height, isSingle ? gl.RED : gl.RGBA, gl.UNSIGNED_BYTE, source.bytes, start); // prettier-ignore
    gl.pixelStorei(gl.UNPACK_ROW_LENGTH, 0);
  }

  /** What colours are uploaded into. */
  #bindRgba({ raw, fit }: Arrival): void {
    if (fit === null) this.#bind('rgba', 'rgba', raw.width, raw.height);
    else this.#bindRaw('rgba', raw.width, raw.height);
  }

  /** The plane's texture in this size, marked as this frame's and bound to unit 0. */
  #bind(plane: FramePlane, layout: TexelLayout, width: number, height: number): Texture {
    const known = this.#held[plane].get(layout);
    if (known !== undefined) return this.#renew(known);
    const format = FORMAT_OF_PLANE[layout];
    const texture = new Texture(this.#gl, this.#ledger, texelWidth(width, layout), height, format);
    this.#held[plane].set(layout, { texture, frame: this.#frame });
    return texture;
  }

  #bindRaw(plane: FramePlane, width: number, height: number): Texture {
    const known = this.#raw.get(plane);
    if (known !== undefined) return this.#renew(known);
    const texture = this.#newRaw(plane, width, height);
    this.#raw.set(plane, { texture, frame: this.#frame });
    return texture;
  }

  #renew(held: Held): Texture {
    const gl = this.#gl;
    held.frame = this.#frame;
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, held.texture.handle);
    return held.texture;
  }

  /** Read between its texels. Bound to unit 0. */
  #newRaw(plane: FramePlane, width: number, height: number): Texture {
    const gl = this.#gl;
    const texture = new Texture(gl, this.#ledger, width, height, plane === 'rgba' ? 'rgba8' : 'r8');
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.LINEAR);
    return texture;
  }

  #giveBackTextures(): void {
    for (const held of Object.values(this.#held)) {
      for (const { texture } of held.values()) texture.dispose();
      held.clear();
    }
  }

  #giveBackRaw(): void {
    for (const { texture } of this.#raw.values()) texture.dispose();
    this.#raw.clear();
  }
}

/** What of the frame a plan reads, or is read back as its output. */
function frameImages({ images, output, chroma }: Plan): readonly FitImage[] {
  const read = images.flatMap(({ source, layout }) =>
    source.kind === 'frame' ? [{ plane: source.plane, layout }] : [],
  );
  const isOutput = chroma !== null && at(images, output).source.kind === 'frame';
  return isOutput ? [...read, { plane: 'y', layout: READ_LAYOUT }] : read;
}
