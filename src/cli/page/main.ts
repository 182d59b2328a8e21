/** The page that a command line's clips are made in: it reads them from, and takes them to, the server that it came from. */
import { fromJSON } from 'convolux';
import { positionalSink, processClip } from 'convolux/clips';
import { serializeError } from '../../core/errors.ts';
import type { ClipResult } from '../clip-runner.ts';
import type { PageJob, PageScope } from '../page-protocol.ts';

const scope = window as unknown as PageScope;

scope.makeClip = async (job) => {
  try {
    return { clip: await makeClip(job) };
  } catch (error) {
    return { error: serializeError(error) };
  }
};

async function makeClip(job: PageJob): Promise<ClipResult> {
  const { blob: _nothing, ...clip } = await processClip(job.inputUrl, {
    graph: fromJSON(job.graph),
    output: job.output,
    range: job.range,
    onError: job.onError,
    sink: positionalSink({ write: (data, position) => upload(job.outputUrl, data, position) }),
    onProgress: (progress) => void scope.reportProgress?.(progress),
  });
  return clip;
}

async function upload(url: string, data: Uint8Array, position: number): Promise<void> {
  const response = await fetch(`${url}?position=${position}`, { method: 'POST', body: data as BodyInit });
  if (!response.ok) throw new Error(await response.text());
}
