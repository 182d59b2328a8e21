/** Processes clips in the page of a test, and sees to it that nothing of that is left. */
import { expect } from 'vitest';
import { none } from '../../pipelines/index.ts';
import { processClip, type ProcessClipOptions } from '../../src/session/process-clip.ts';
import type { Clip, ClipInput } from '../../src/clips/clip-types.ts';
import { PipelineError } from '../../src/core/errors.ts';
import { clipFile } from './clip-fixtures.ts';

/** What there is of workers while `work` runs: all are gone when it is over. */
async function watchingWorkers<Result>(work: () => Promise<Result>): Promise<Result> {
  const Own = globalThis.Worker;
  const alive = new Set<Worker>();
  let started = 0;
  globalThis.Worker = class extends Own {
    constructor(...args: ConstructorParameters<typeof Worker>) {
      super(...args);
      started++;
      alive.add(this);
    }

    override terminate(): void {
      super.terminate();
      alive.delete(this);
    }
  };
  try {
    return await work();
  } finally {
    globalThis.Worker = Own;
    expect(alive.size).toBe(0);
    expect(started).toBeLessThanOrEqual(1);
  }
}

/** By the filter that changes nothing, where options name none. A name is a fixture's. */
export async function runClip(from: ClipInput, options: Partial<ProcessClipOptions> = {}): Promise<Clip> {
  const input = typeof from === 'string' ? await clipFile(from) : from;
  const filter = options.graph === undefined ? { filter: none } : {};
  return watchingWorkers(() => processClip(input, { ...filter, ...options }));
}

/** The same, to memory: the file itself. */
export async function fileOf(from: ClipInput, options: Partial<ProcessClipOptions> = {}): Promise<Blob> {
  return blobOf(await runClip(from, options));
}

export function blobOf(clip: Clip): Blob {
  if (clip.blob === null) throw new Error('the clip is not in memory');
  return clip.blob;
}

/** What a clip fails with. */
export async function faultOf(
  from: ClipInput,
  options: Partial<ProcessClipOptions> = {},
): Promise<PipelineError> {
  const fault = await runClip(from, options).then(
    () => new Error('the clip did not fail'),
    (error: unknown) => error,
  );
  if (!(fault instanceof PipelineError)) throw fault instanceof Error ? fault : new Error(String(fault));
  return fault;
}

export const bytesOf = async (blob: Blob): Promise<Uint8Array> => new Uint8Array(await blob.arrayBuffer());
