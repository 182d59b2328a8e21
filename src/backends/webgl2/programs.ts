/**
 * Programs by their source: the same source is the same program, whoever asks. One that nobody uses any more is kept,
 * so that a filter that comes back compiles nothing; only the oldest of many go. Owned by one backend.
 * Compile errors quote the shader's own line.
 */
import { PipelineError } from '../../core/errors.ts';
import type { Ledger, LedgerToken } from '../../core/ledger.ts';
import type { GlDevice } from './context.ts';

/** One triangle that covers the target, without buffers. */
const VERTEX_SOURCE = `#version 300 es
void main() {
  vec2 corner = vec2(gl_VertexID & 1, gl_VertexID >> 1);
  gl_Position = vec4(corner * 4.0 - 1.0, 0.0, 1.0);
}`;

const POLL_MS = 4;

export type Program = Readonly<{
  handle: WebGLProgram;
  uniform: (name: string) => WebGLUniformLocation | null;
}>;

type Entry = { readonly program: Program; readonly token: LedgerToken; uses: number };

/** Programs that nobody uses and that are kept; a baked one is of use for its own numbers alone. */
const MOST_UNUSED = 64;

export class ProgramCache {
  readonly #device: GlDevice;
  readonly #ledger: Ledger;
  /** In the order of their last use. */
  readonly #ready = new Map<string, Entry>();
  readonly #sources = new Map<Program, string>();
  #compiled = 0;

  constructor(device: GlDevice, ledger: Ledger) {
    this.#device = device;
    this.#ledger = ledger;
  }

  /** How many were compiled so far. */
  get compiled(): number {
    return this.#compiled;
  }

  has(source: string): boolean {
    return this.#ready.has(source);
  }

  /** Gives a program back that `get` answered; once for each time. */
  release(program: Program): void {
    const entry = this.#ready.get(this.#sources.get(program) ?? '');
    if (entry === undefined) return;
    entry.uses--;
    const unused = [...this.#ready].filter(([, { uses }]) => uses === 0);
    for (const [source, { program: old, token }] of unused.slice(
      0,
      Math.max(0, unused.length - MOST_UNUSED),
    )) {
      this.#device.gl.deleteProgram(old.handle);
      token.release();
      this.#ready.delete(source);
      this.#sources.delete(old);
    }
  }

  /**
   * The program of `source`, to be released; compiles what was not seen before. Where the driver compiles in the background,
   * frames go on meanwhile.
   * @throws PipelineError `shader-failed` with the numbered line, `context-lost`.
   */
  async get(source: string): Promise<Program> {
    const known = this.#use(source);
    if (known !== null) return known;
    this.#compiled++;
    const { gl } = this.#device;
    const vertex = this.#shader(gl.VERTEX_SHADER, VERTEX_SOURCE);
    const fragment = this.#shader(gl.FRAGMENT_SHADER, source);
    const handle = gl.createProgram();
    gl.attachShader(handle, vertex);
    gl.attachShader(handle, fragment);
    gl.linkProgram(handle);
    await this.#settled(handle);
    const failure =
      gl.getProgramParameter(handle, gl.LINK_STATUS) === true
        ? null
        : this.#failure(handle, fragment, source);
    gl.deleteShader(vertex);
    gl.deleteShader(fragment);
    if (failure !== null) {
      gl.deleteProgram(handle);
      throw failure;
    }
    return this.#keep(source, handle);
  }

  /** Gives all programs back. */
  dispose(): void {
    for (const { program, token } of this.#ready.values()) {
      this.#device.gl.deleteProgram(program.handle);
      token.release();
    }
    this.#ready.clear();
    this.#sources.clear();
  }

  #use(source: string): Program | null {
    const entry = this.#ready.get(source);
    if (entry === undefined) return null;
    entry.uses++;
    this.#ready.delete(source);
    this.#ready.set(source, entry);
    return entry.program;
  }

  #shader(type: GLenum, source: string): WebGLShader {
    const { gl } = this.#device;
    const shader = gl.createShader(type);
    if (shader === null) throw contextLost();
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    return shader;
  }

  async #settled(handle: WebGLProgram): Promise<void> {
    const { gl, parallelCompile } = this.#device;
    if (parallelCompile === null) return;
    while (
      gl.getProgramParameter(handle, parallelCompile.COMPLETION_STATUS_KHR) === false &&
      !gl.isContextLost()
    ) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  #keep(source: string, handle: WebGLProgram): Program {
    // Two callers may have waited for the same source: the first one's program is everyone's.
    const known = this.#use(source);
    if (known !== null) {
      this.#device.gl.deleteProgram(handle);
      return known;
    }
    const { gl } = this.#device;
    const locations = new Map<string, WebGLUniformLocation | null>();
    const uniform = (name: string): WebGLUniformLocation | null => {
      const found = locations.get(name) ?? gl.getUniformLocation(handle, name);
      locations.set(name, found);
      return found;
    };
    const program = { handle, uniform };
    this.#ready.set(source, { program, token: this.#ledger.open('programs'), uses: 1 });
    this.#sources.set(program, source);
    return program;
  }

  #failure(handle: WebGLProgram, fragment: WebGLShader, source: string): PipelineError {
    const { gl } = this.#device;
    if (gl.isContextLost()) return contextLost();
    const log = (gl.getShaderInfoLog(fragment) ?? '').trim() || (gl.getProgramInfoLog(handle) ?? '').trim();
    return shaderFailed(log, source);
  }
}

export function contextLost(): PipelineError {
  return new PipelineError('context-lost', 'The graphics device was reset. Start again to go on.', {
    recoverable: true,
  });
}

/** The error of a shader that did not compile: the driver's words and the line that they are about. */
export function shaderFailed(log: string, source: string): PipelineError {
  const line = Number(/\b\d+:(\d+)/.exec(log)?.[1] ?? Number.NaN);
  const text = source.split('\n')[line - 1]?.trim();
  const quoted = text === undefined ? '' : ` Line ${line}: ${text}`;
  return new PipelineError(
    'shader-failed',
    `The graphics driver refused the program of this filter. Choose another filter, or update the browser. (${log.split('\n')[0] ?? ''}${quoted})`,
    { context: { log, ...(text === undefined ? {} : { line, text }) } },
  );
}
