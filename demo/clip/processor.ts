/** Runs one job at a time: the open clip through the chosen filter into a new one. What it learns goes into the store. */
import {
  processClip,
  type Clip,
  type ClipInfo,
  type ClipOutputOptions,
  type ClipRange,
} from 'convolux/clips';
import { asFault } from '../shared/faults.ts';
import { currentParams } from '../shared/filter-settings.ts';
import type { ClipState, OutputSettings, Part, Store } from './store.ts';

type OpenState = Extract<ClipState, { status: 'open' }>;

export class Processor {
  readonly #store: Store;
  #abort: AbortController | null = null;

  constructor(store: Store) {
    this.#store = store;
  }

  /** @param sink Where the clip goes; null keeps it in memory. */
  async start(sink: FileSystemFileHandle | null): Promise<void> {
    const { clip } = this.#store.state;
    if (clip.status !== 'open' || this.#abort !== null) return;
    this.#abort = new AbortController();
    this.#store.update({ job: { status: 'running', progress: null } });
    try {
      await this.#run(clip, sink, this.#abort.signal);
    } catch (cause) {
      if (sink !== null) await removeEmpty(sink);
      const fault = asFault(cause);
      this.#store.update({
        job: fault.code === 'aborted' ? { status: 'idle', after: 'cancel' } : { status: 'failed', fault },
      });
    } finally {
      this.#abort = null;
    }
  }

  cancel(): void {
    this.#abort?.abort();
  }

  async #run(open: OpenState, sink: FileSystemFileHandle | null, signal: AbortSignal): Promise<void> {
    const { settings, part } = this.#store.state;
    const { filter, output } = settings;
    const startMs = performance.now();
    const clip: Clip = await processClip(open.source.blob, {
      filter,
      params: currentParams(settings),
      output: outputOptions(output, open.info),
      range: rangeOf(part),
      onError: output.onError,
      ...(sink === null ? {} : { sink }),
      signal,
      onProgress: (progress) => {
        if (!signal.aborted) this.#store.update({ job: { status: 'running', progress } });
      },
    });
    const file = clip.blob ?? (await sink?.getFile());
    if (file === undefined) throw new TypeError('the clip went nowhere');
    this.#store.update({
      job: { status: 'idle', after: 'end' },
      result: {
        clip,
        file,
        name: outputName(open.source.name, filter.name, output.container),
        savedAs: sink?.name ?? null,
        filterTitle: filter.title,
        tookS: (performance.now() - startMs) / 1000,
      },
      view: 'result',
    });
  }
}

/** 'clip.mov' through the filter 'edge' becomes 'clip-edge.mp4'. */
export function outputName(name: string, filter: string, container: OutputSettings['container']): string {
  const base = name.replace(/\.[^.]{1,5}$/u, '') || 'clip';
  return `${base}-${filter}.${container}`;
}

function outputOptions(output: OutputSettings, { width, height }: ClipInfo): ClipOutputOptions {
  const { container, codec, frameRate, shortSide, audio } = output;
  const side = width < height ? 'width' : 'height';
  return {
    container,
    ...(codec === 'auto' ? {} : { codec }),
    frameRate,
    ...(shortSide === 'keep' ? {} : { size: { [side]: shortSide } }),
    audio,
  };
}

function rangeOf({ startS, endS }: Part): ClipRange {
  return { ...(startS === null ? {} : { startS }), ...(endS === null ? {} : { endS }) };
}

/** The picker has made the file before anything was in it; one that was there before is as it was. */
async function removeEmpty(handle: FileSystemFileHandle): Promise<void> {
  try {
    // Not every browser removes by a handle.
    const { remove } = handle as { remove?: () => Promise<void> };
    if ((await handle.getFile()).size === 0) await remove?.call(handle);
  } catch {
    // It is gone already, or no longer ours to remove.
  }
}
