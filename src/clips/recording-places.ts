/** The places that a recording is written to: memory, streams, files. */

/** A place that takes bytes at positions, one write at a time. */
export interface RecordingPlace {
  write(position: number, data: Uint8Array<ArrayBuffer>): Promise<void> | void;
  commit(mimeType: string): Promise<Blob | null>;
  abort(reason: unknown): Promise<void>;
}

const SAVE_MS = 2000;
/** Share of what is there already that must be new. */
const SAVE_SHARE = 0.1;

const PAGE_BYTES = 1 << 20;

/** Memory, in pages: what is there is never copied to make room. */
export class Pages implements RecordingPlace {
  readonly #pages: Uint8Array<ArrayBuffer>[] = [];
  #bytes = 0;

  write(position: number, data: Uint8Array<ArrayBuffer>): void {
    this.#bytes = Math.max(this.#bytes, position + data.byteLength);
    while (this.#pages.length * PAGE_BYTES < this.#bytes) this.#pages.push(new Uint8Array(PAGE_BYTES));
    for (let done = 0; done < data.byteLength;) {
      const offset = (position + done) % PAGE_BYTES;
      const part = data.subarray(done, done + PAGE_BYTES - offset);
      this.#pages[Math.floor((position + done) / PAGE_BYTES)]?.set(part, offset);
      done += part.byteLength;
    }
  }

  commit(type: string): Promise<Blob> {
    const parts = this.#pages.map((page, index) => page.subarray(0, this.#bytes - index * PAGE_BYTES));
    return Promise.resolve(new Blob(parts, { type }));
  }

  abort(): Promise<void> {
    this.#pages.length = 0;
    return Promise.resolve();
  }
}

export class StreamPlace implements RecordingPlace {
  readonly #writer: WritableStreamDefaultWriter<unknown>;
  readonly #isPositional: boolean;

  /** @consumes sink */
  constructor(sink: WritableStream<unknown>, isPositional: boolean) {
    this.#writer = sink.getWriter();
    this.#isPositional = isPositional;
    // Whoever writes hears of it.
    this.#writer.closed.catch(() => undefined);
  }

  async write(position: number, data: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#writer.ready;
    await this.#writer.write(this.#isPositional ? { type: 'write', position, data } : data);
  }

  async commit(): Promise<null> {
    await this.#writer.close();
    return null;
  }

  async abort(reason: unknown): Promise<void> {
    await this.#writer.abort(reason);
  }
}

/** In place where the browser can, as it does with its own file system; else beside the file and moved there again and again. */
export async function openFile(handle: FileSystemFileHandle): Promise<RecordingPlace> {
  const file = await openInPlace(handle as InPlaceHandle);
  return file === null ? SavedFile.open(handle) : new FileInPlace(file);
}

/** Of a worker's library, which a page's lacks. */
type SyncFile = Readonly<{
  truncate(bytes: number): void;
  write(data: Uint8Array<ArrayBuffer>, options: Readonly<{ at: number }>): number;
  flush(): void;
  close(): void;
}>;
type InPlaceHandle = Readonly<{ createSyncAccessHandle?: () => Promise<SyncFile> }>;

/** null for files that are not of the browser's own file system. */
async function openInPlace(handle: InPlaceHandle): Promise<SyncFile | null> {
  try {
    return (await handle.createSyncAccessHandle?.()) ?? null;
  } catch {
    return null;
  }
}

/** A file that is written in place: what is written stays. */
class FileInPlace implements RecordingPlace {
  readonly #file: SyncFile;
  /** Whole writes, each of them something that plays. */
  #bytes = 0;

  /** @consumes file */
  constructor(file: SyncFile) {
    this.#file = file;
    file.truncate(0);
  }

  write(position: number, data: Uint8Array<ArrayBuffer>): void {
    for (let done = 0; done < data.byteLength;) {
      const written = this.#file.write(data.subarray(done), { at: position + done });
      if (written === 0) throw new DOMException('Nothing more could be written.', 'QuotaExceededError');
      done += written;
    }
    this.#bytes = Math.max(this.#bytes, position + data.byteLength);
    this.#file.flush();
  }

  commit(): Promise<null> {
    this.#file.close();
    return Promise.resolve(null);
  }

  abort(): Promise<void> {
    try {
      this.#file.truncate(this.#bytes);
    } finally {
      this.#file.close();
    }
    return Promise.resolve();
  }
}

/**
 * A file that the browser writes beside the one that was chosen, and that takes its place when it is closed: so it is
 * closed and opened again from time to time. That copies it, hence the less often the longer it is: all copies together
 * are a small multiple of the file.
 */
class SavedFile implements RecordingPlace {
  readonly #handle: FileSystemFileHandle;
  #stream: FileSystemWritableFileStream;
  #bytes = 0;
  #savedBytes = 0;
  #savedMs = performance.now();

  private constructor(handle: FileSystemFileHandle, stream: FileSystemWritableFileStream) {
    this.#handle = handle;
    this.#stream = stream;
  }

  static async open(handle: FileSystemFileHandle): Promise<SavedFile> {
    return new SavedFile(handle, await handle.createWritable());
  }

  async write(position: number, data: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#stream.write({ type: 'write', position, data });
    this.#bytes = Math.max(this.#bytes, position + data.byteLength);
    if (this.#isDue()) await this.#save();
  }

  async commit(): Promise<null> {
    await this.#stream.close();
    return null;
  }

  /** What was saved stays. */
  async abort(reason: unknown): Promise<void> {
    await this.#stream.abort(reason);
  }

  #isDue(): boolean {
    return (
      performance.now() - this.#savedMs >= SAVE_MS &&
      this.#bytes - this.#savedBytes >= SAVE_SHARE * this.#savedBytes
    );
  }

  async #save(): Promise<void> {
    await this.#stream.close();
    this.#stream = await this.#handle.createWritable({ keepExistingData: true });
    this.#savedBytes = this.#bytes;
    this.#savedMs = performance.now();
  }
}
