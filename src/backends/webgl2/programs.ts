/**
 * Programs by their source: the same source is the same program, whoever asks. Owned by one backend.
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

type Entry = Readonly<{ program: Program; token: LedgerToken }>;

export class ProgramCache {
  readonly #device: GlDevice;
  readonly #ledger: Ledger;
  readonly #ready = new Map<string, Entry>();

  constructor(device: GlDevice, ledger: Ledger) {
    this.#device = device;
    this.#ledger = ledger;
  }

  /**
   * The program of `source`; compiles what was not seen before. Where the driver compiles in the background,
   * frames go on meanwhile.
   * @throws PipelineError `shader-failed` with the numbered line, `context-lost`.
   */
  async get(source: string): Promise<Program> {
    const known = this.#ready.get(source);
    if (known !== undefined) return known.program;
    const { gl } = this.#device;
    const vertex = this.#shader(gl.VERTEX_SHADER, VERTEX_SOURCE);
    const fragment = this.#shader(gl.FRAGMENT_SHADER, source);
    const handle = gl.createProgram();
    gl.attachShader(handle, vertex);
    gl.attachShader(handle, fragment);
    gl.linkProgram(handle);
    await this.#compiled(handle);
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
  }

  #shader(type: GLenum, source: string): WebGLShader {
    const { gl } = this.#device;
    const shader = gl.createShader(type);
    if (shader === null) throw contextLost();
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    return shader;
  }

  async #compiled(handle: WebGLProgram): Promise<void> {
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
    const known = this.#ready.get(source);
    if (known !== undefined) {
      this.#device.gl.deleteProgram(handle);
      return known.program;
    }
    const { gl } = this.#device;
    const locations = new Map<string, WebGLUniformLocation | null>();
    const uniform = (name: string): WebGLUniformLocation | null => {
      const found = locations.get(name) ?? gl.getUniformLocation(handle, name);
      locations.set(name, found);
      return found;
    };
    const program = { handle, uniform };
    this.#ready.set(source, { program, token: this.#ledger.open('programs') });
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
