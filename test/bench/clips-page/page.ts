/** The page that the clip benchmark drives: makes the clips, and processes one at a time. */
import { processClip } from '../../../src/clips.ts';
import { filters } from '../../../pipelines/index.ts';
import type { Filter } from '../../../src/graph/filter.ts';
import type {
  CaseRun,
  ClipCase,
  ClipName,
  ClipsBenchPage,
  ClipShape,
  PlainAnswer,
  PlainRequest,
  PlainWork,
} from '../clips-protocol.ts';
import { colorEdge } from './color-edge.ts';
import { makeFootage, writeLongClip } from './footage.ts';
import PlainWorker from './plain.worker.ts?worker';

declare global {
  /** Set once everything has loaded. */
  var clipsBench: ClipsBenchPage | undefined;
}

const INPUT = 'long.mp4';
const OUTPUT = 'long-edges.mp4';

const clips = new Map<ClipName, Blob>();
let share = 0;
const all: readonly Filter[] = [...filters, colorEdge];

async function prepare(shape: ClipShape): Promise<number> {
  const footage = await makeFootage(shape);
  clips.set('footage', footage);
  const { blob } = await processClip(footage, { filter: filterOf('edge'), output: { codec: 'avc' } });
  if (blob === null) throw new Error('the clip went nowhere');
  clips.set('edges', blob);
  return footage.size;
}

async function measure(one: ClipCase): Promise<CaseRun> {
  const input = clips.get(one.clip);
  if (input === undefined) throw new Error('no clip was prepared');
  const startMs = performance.now();
  const { frames, output } =
    'plain' in one ? await plain(one.plain, input) : await filtered(filterOf(one.filter), input);
  return { ms: performance.now() - startMs, frames, sizeBytes: output?.size ?? 0 };
}

async function filtered(filter: Filter, input: Blob) {
  const { frames, blob } = await processClip(input, { filter, output: { codec: 'avc' } });
  return { frames, output: blob };
}

async function plain(work: PlainWork, input: Blob) {
  const worker = new PlainWorker();
  try {
    const answer = await new Promise<PlainAnswer>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<PlainAnswer>) => {
        resolve(data);
      };
      worker.onerror = ({ message }) => {
        reject(new Error(message));
      };
      worker.postMessage({ work, input } satisfies PlainRequest);
    });
    if ('fault' in answer) throw new Error(answer.fault);
    return answer;
  } finally {
    worker.terminate();
  }
}

function filterOf(name: string): Filter {
  const filter = all.find((one) => one.name === name);
  if (filter === undefined) throw new Error(`no filter is called ${name}`);
  return filter;
}

async function footage(): Promise<string> {
  const blob = clips.get('footage');
  if (blob === undefined) throw new Error('no clip was prepared');
  let text = '';
  const bytes = new Uint8Array(await blob.arrayBuffer());
  // As many as are arguments of one call.
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

async function makeLong(shape: ClipShape): Promise<number> {
  const folder = await navigator.storage.getDirectory();
  return writeLongClip(shape, await folder.getFileHandle(INPUT, { create: true }));
}

async function processLong(): Promise<CaseRun> {
  const folder = await navigator.storage.getDirectory();
  const startMs = performance.now();
  const { frames, sizeBytes } = await processClip(await folder.getFileHandle(INPUT), {
    filter: filterOf('edge'),
    output: { codec: 'avc' },
    sink: await folder.getFileHandle(OUTPUT, { create: true }),
    onProgress: (progress) => {
      share = progress.share;
    },
  });
  return { ms: performance.now() - startMs, frames, sizeBytes };
}

function rendererName(): string {
  const gl = new OffscreenCanvas(1, 1).getContext('webgl2');
  if (gl === null) return 'no WebGL2';
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  const name = String(gl.getParameter(info === null ? gl.RENDERER : info.UNMASKED_RENDERER_WEBGL));
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return name;
}

globalThis.clipsBench = {
  renderer: rendererName(),
  filters: all.map(({ name }) => name),
  prepare,
  measure,
  footage,
  makeLong,
  processLong,
  progress: () => share,
};
