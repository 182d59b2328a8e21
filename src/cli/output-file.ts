/**
 * A file that is there when it is whole: written under another name beside its place, synced to the disk, then renamed.
 * Owns the file handle and the part file; `commit` or `discard` ends both.
 */
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import process from 'node:process';
import { PipelineError } from '../core/errors.ts';
import type { ClipOutput } from './clip-runner.ts';
import { messageOf } from './message-of.ts';
import { closePart, openPart } from './part-files.ts';

const FULL = ['ENOSPC', 'EDQUOT', 'EFBIG'];

export class OutputFile implements ClipOutput {
  readonly #path: string;
  readonly #part: string;
  readonly #file: FileHandle;
  #isEnded = false;
  #fault: PipelineError | undefined;

  private constructor(path: string, part: string, file: FileHandle) {
    this.#path = path;
    this.#part = part;
    this.#file = file;
  }

  /** @throws PipelineError 'disk-full' | 'clip-unwritable' */
  static async create(path: string): Promise<OutputFile> {
    const part = openPart(path);
    try {
      return new OutputFile(path, part, await open(part, 'wx'));
    } catch (error) {
      closePart(part);
      throw writeFault(path, error);
    }
  }

  /** Why the disk took no more; undefined while it does. */
  get fault(): PipelineError | undefined {
    return this.#fault;
  }

  /** @throws PipelineError 'disk-full' | 'clip-unwritable' */
  async write(data: Uint8Array, position: number): Promise<void> {
    if (this.#isEnded) throw new PipelineError('aborted', `${this.#path} is no longer written`);
    try {
      let done = 0;
      while (done < data.byteLength) {
        const { bytesWritten } = await this.#file.write(data, done, data.byteLength - done, position + done);
        done += bytesWritten;
      }
    } catch (error) {
      this.#fault ??= writeFault(this.#path, error);
      throw this.#fault;
    }
  }

  /**
   * Puts the file in its place.
   * @param sizeBytes what it must hold.
   * @throws PipelineError 'disk-full' | 'clip-unwritable'; the file is discarded then.
   */
  async commit(sizeBytes: number): Promise<void> {
    try {
      const { size } = await this.#file.stat();
      if (size !== sizeBytes) throw new Error(`it holds ${size} bytes and should hold ${sizeBytes}`);
      await this.#file.sync();
      this.#isEnded = true;
      await this.#file.close();
      await rename(this.#part, this.#path);
      await syncFolder(dirname(this.#path));
      closePart(this.#part);
    } catch (error) {
      await this.discard();
      throw writeFault(this.#path, error);
    }
  }

  /** Leaves nothing behind. May be called again, and after `commit`. */
  async discard(): Promise<void> {
    if (!this.#isEnded) {
      this.#isEnded = true;
      // Waits for what is being written.
      await this.#file.close().catch(() => undefined);
    }
    await rm(this.#part, { force: true });
    closePart(this.#part);
  }
}

/** A rename is safe from a power cut only when the folder is on the disk too; Windows opens no folders. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Some network file systems know no such call, and need none.
    if (!['EINVAL', 'ENOTSUP', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    await handle.close();
  }
}

function writeFault(path: string, error: unknown): PipelineError {
  if (error instanceof PipelineError) return error;
  const isFull = FULL.includes((error as NodeJS.ErrnoException).code ?? '');
  return isFull
    ? new PipelineError('disk-full', `there is no room left for ${path}`, { cause: error })
    : new PipelineError('clip-unwritable', `${path} could not be written: ${messageOf(error)}`, {
        cause: error,
      });
}
