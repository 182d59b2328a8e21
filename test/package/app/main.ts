/** An application as its author would write it: uses each entry of the package, and tells what came of it. */
import {
  add,
  createWorkerEngine,
  defineFilter,
  graph,
  mul,
  openPipeline,
  PipelineError,
  tensor,
  type Pipeline,
  type PipelineStats,
} from 'convolux';
import { convoluxProcessor } from 'convolux/adapters/livekit';
import { processTrack } from 'convolux/adapters/track';
import { openClip, processClip, type Clip, type Recording } from 'convolux/clips';
import 'convolux/define';
import { ConvoluxVideoElement } from 'convolux/element';
import { edge, filters, none } from 'convolux/pipelines';

/** What stands in place of the test pattern's bars, whose colours are known. */
const negative = defineFilter({
  name: 'negative',
  title: 'Negative',
  description: 'Each colour turned into its opposite.',
  params: {},
  build: () => graph(({ frame }) => add(mul(frame, -1), 1)),
});

const PATTERN = { kind: 'pattern', width: 320, height: 240 } as const;
const BARS = 7;

type Color = readonly [number, number, number];

/** The violations of the page's policy so far; those in workers are for whoever serves the page to hear of. */
const violations: string[] = [];
document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) => {
  violations.push(`${effectiveDirective}: ${blockedURI}`);
});

function statsWhen(pipeline: Pipeline, isEnough: (stats: PipelineStats) => boolean): Promise<PipelineStats> {
  return new Promise((resolve, reject) => {
    pipeline.stats$.subscribe((stats) => {
      if (isEnough(stats)) resolve(stats);
    });
    pipeline.state$.subscribe((state) => {
      if (state.status === 'failed') reject(state.error);
      if (state.status === 'stopped') reject(new Error('the pipeline stopped'));
    });
  });
}

/** The colours in the middle of the bars. */
function barsIn(picture: CanvasImageSource): Color[] {
  const { width, height } = PATTERN;
  const pen = new OffscreenCanvas(width, height).getContext('2d');
  if (pen === null) throw new Error('no canvas');
  pen.drawImage(picture, 0, 0, width, height);
  return Array.from({ length: BARS }, (_, i): Color => {
    const [red = 0, green = 0, blue = 0] = pen.getImageData(
      ((i + 0.5) * width) / BARS,
      height / 8,
      1,
      1,
    ).data;
    return [red, green, blue];
  });
}

function newElement<Name extends keyof HTMLElementTagNameMap>(name: Name): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  document.body.append(element);
  return element;
}

/** Frames of the pattern in a canvas, first as they are, then through a filter. */
async function showsFrames(): Promise<{ plain: Color[]; filtered: Color[] }> {
  const output = newElement('canvas');
  await using pipeline = openPipeline({ source: PATTERN, filter: none, output });
  const { shown } = await statsWhen(pipeline, (stats) => stats.shown >= 3);
  const plain = barsIn(output);
  await pipeline.setFilter(negative);
  await statsWhen(pipeline, (stats) => stats.shown >= shown + 5);
  return { plain, filtered: barsIn(output) };
}

async function readsCamera(): Promise<number> {
  const output = newElement('video');
  await using pipeline = openPipeline({ source: { kind: 'camera' }, filter: edge, output });
  return (await statsWhen(pipeline, ({ shown }) => shown >= 5)).shown;
}

function framesRecorded(recording: Recording, count: number): Promise<void> {
  return new Promise((resolve, reject) => {
    recording.stats$.subscribe(({ frames }) => {
      if (frames >= count) resolve();
    });
    recording.state$.subscribe((state) => {
      if (state.status === 'failed') reject(state.error);
    });
  });
}

function blobOf({ blob }: Clip): Blob {
  if (blob === null) throw new Error('the clip is not in memory');
  return blob;
}

/** A recording, and what a filter makes of it. */
async function recordsAndProcesses(): Promise<{ recorded: number; processed: number; filtered: Color[] }> {
  await using pipeline = openPipeline({ source: PATTERN, filter: none });
  const recording = pipeline.record({ container: 'webm' });
  await framesRecorded(recording, 10);
  const clip = await recording.stop();
  const result = await processClip(blobOf(clip), { filter: negative, output: { container: 'webm' } });
  await using opened = await openClip(blobOf(result));
  const { before } = await opened.preview({ filter: none, atS: 0 });
  return { recorded: clip.frames, processed: result.frames, filtered: barsIn(before) };
}

/** What a recording says whose place can't be written to: it comes from another file than what runs the pipeline. */
async function tellsOfFaults(): Promise<string> {
  await using pipeline = openPipeline({ source: PATTERN, filter: none });
  const sink = new WritableStream({
    write: () => {
      throw new Error('no room');
    },
  });
  try {
    const recording = pipeline.record({ sink });
    await framesRecorded(recording, 10);
    await recording.stop();
    return 'nothing';
  } catch (error) {
    return error instanceof PipelineError ? error.code : String(error);
  }
}

async function computesInWorker(): Promise<number[]> {
  const engine = createWorkerEngine();
  const twice = graph({ x: [2, 2, 1] }, ({ x }) => mul(x, 2));
  const { data } = await engine.run(twice, { x: tensor([2, 2, 1], [1, 2, 3, 4]) });
  engine.dispose();
  return [...data];
}

/** The element, with a filter of the page's own by its name. */
async function showsElement(): Promise<{ names: string[]; filtered: Color[] }> {
  ConvoluxVideoElement.filters.set(negative.name, negative);
  const element = newElement('convolux-video');
  element.source = 'pattern';
  element.filter = negative.name;
  await element.start();
  const { pipeline } = element;
  if (pipeline === null) throw new Error('the element has no pipeline');
  await statsWhen(pipeline, ({ shown }) => shown >= 5);
  const filtered = barsIn(await createImageBitmap(await element.snapshot()));
  await element.stop();
  return { names: [...ConvoluxVideoElement.filters.keys()], filtered };
}

/** A track of the page's, through the adapters: the plain one runs, that for LiveKit waits to be given a track. */
async function filtersTrack(): Promise<{ kind: string; shown: number; processor: string }> {
  const canvas = newElement('canvas');
  const pen = canvas.getContext('2d');
  const drawing = setInterval(() => pen?.fillRect(0, 0, 8, 8), 40);
  const [given] = canvas.captureStream(25).getVideoTracks();
  if (given === undefined) throw new Error('the canvas gives no track');
  const { track, pipeline } = await processTrack(given, { filter: negative });
  const { shown } = await statsWhen(pipeline, (stats) => stats.shown >= 3);
  await pipeline.stop();
  clearInterval(drawing);
  given.stop();
  return { kind: track.kind, shown, processor: convoluxProcessor({ filter: negative }).name };
}

const app = {
  violations: () => Promise.resolve(violations),
  showsFrames,
  readsCamera,
  recordsAndProcesses,
  tellsOfFaults,
  computesInWorker,
  showsElement,
  filtersTrack,
  filters: () => Promise.resolve(filters.map(({ name }) => name)),
};

export type App = typeof app;

Object.assign(globalThis, { app });
