/**
 * How frames come in and go out on this machine: each way is measured on a real frame, and the cheapest whose picture is
 * right is taken. Nothing of it is seen.
 */
import type { Backend, FrameImage, PreparedGraph, UploadPath } from '../backends/port.ts';
import { assert, at } from '../core/assert.ts';
import { PipelineError } from '../core/errors.ts';
import { fullSizeOf } from '../core/frame-size.ts';
import type { OutputKind, ShownAs } from '../frames/worker/frame-sink.ts';
import type { Sinks } from '../frames/worker/sinks.ts';
import { predictedMs } from '../plan/explain.ts';
import type { FrameForm, Plan } from '../plan/plan.ts';
import type { Prices } from '../plan/prices.ts';
import {
  outputWays,
  partsOf,
  pick,
  planOutputOf,
  type Candidate,
  type ForcedTransport,
  type MeasuredWay,
  type OutputWay,
  type Picked,
  type PlanOutput,
  type TransportChoice,
} from './transport-choice.ts';
import { faultOfOutput, faultOfUpload } from './transport-check.ts';
import { attempt, candidateOf, faultOf, measureInTurns, newTrial, type Trial } from './transport-trials.ts';

export type { ForcedTransport, TransportChoice } from './transport-choice.ts';

export type TransportOptions = Readonly<{
  backend: Backend;
  /** Those that the page offered. */
  sinks: Sinks;
  /** A frame of the stream. Borrowed. */
  frame: FrameImage;
  /** What will run on such frames. @throws what `makePlan` throws */
  plan: (form: FrameForm, output: PlanOutput) => Plan;
  /** What passes cost here. Default those of a software renderer. */
  prices?: Prices;
  forced?: ForcedTransport;
  /** Told where no way gives the right picture. */
  onDiagnostic: (error: PipelineError) => void;
  /** Default `performance.now`. */
  now?: () => number;
}>;

const clock = (): number => performance.now();

/**
 * Measures and chooses. Holds up the device: on software GL for 250 to 400 ms at 1280×720, compiling included.
 * @throws PipelineError `context-lost` | `frame-too-large`
 */
export async function calibrateTransport(options: TransportOptions): Promise<TransportChoice> {
  const { backend, sinks, forced = {} } = options;
  const [upload, uploadFacts] = await chooseUpload(options);
  const kinds = (['canvas', 'video'] as const).filter((kind) => sinks[kind] !== undefined);
  const ways = outputWays(kinds, backend.isSoftware, forced.outputPath);
  const [way, outputFacts] = await chooseOutput(ways, { ...options, upload });
  const [output, outputPath] = partsOf(way);
  const planOutput = planOutputOf(output, outputPath);
  return { upload, output, outputPath, planOutput, measured: [...uploadFacts, ...outputFacts] };
}

async function chooseUpload(
  options: TransportOptions,
): Promise<readonly [UploadPath, readonly MeasuredWay[]]> {
  const { backend, frame, forced = {}, now = clock } = options;
  const possible = backend.uploadPaths(frame);
  const given = possible.find((path) => path === forced.upload);
  if (given !== undefined) return [given, []];
  const forms = new Map<UploadPath, FrameForm>();
  const trials = possible.map((path) =>
    newTrial(path, async () => {
      forms.set(path, await backend.upload(frame, { path }));
      backend.wait();
    }),
  );
  await measureInTurns(trials, now);
  const candidates: Candidate<UploadPath>[] = [];
  for (const trial of trials)
    candidates.push(await candidateOf(trial, () => passesMs(forms.get(trial.way), options)));
  const picked = await pick(candidates, (path) => faultOf(() => faultOfUpload(backend, path)));
  tell(picked, 'upload', options);
  return [picked.way, factsOf('upload', trials, picked)];
}

/** What the passes should take on frames of a form, whichever way they go out. */
function passesMs(form: FrameForm | undefined, { plan, prices }: TransportOptions): number {
  if (form === undefined) return Infinity;
  return Math.min(predictedMs(plan(form, 'bytes'), prices), predictedMs(plan(form, 'canvas'), prices));
}

type OutputOptions = TransportOptions & Readonly<{ form: FrameForm; upload: UploadPath }>;
type Graphs = Map<PlanOutput, PreparedGraph>;

async function chooseOutput(
  ways: readonly OutputWay[],
  given: Omit<OutputOptions, 'form'>,
): Promise<readonly [OutputWay, readonly MeasuredWay[]]> {
  if (ways.length === 1 && given.forced?.outputPath !== undefined) return [at(ways, 0), []];
  const { backend, upload, frame, plan, prices, now = clock } = given;
  const form = await backend.upload(frame, { path: upload });
  const options = { ...given, form };
  const graphs: Graphs = new Map();
  try {
    const trials = ways.map((way) => newTrial(way, () => rehearse(way, graphs, options)));
    for (const trial of trials) await attempt(trial, () => prepareFor(trial.way, graphs, options));
    backend.wait();
    await measureInTurns(trials, now);
    const candidates: Candidate<OutputWay>[] = [];
    for (const trial of trials)
      candidates.push(await candidateOf(trial, () => predictedMs(graphFor(trial.way, graphs).plan, prices)));
    const picked = await pick(candidates, (way) => {
      const [kind, path] = partsOf(way);
      const shown = plan(form, planOutputOf(kind, path));
      return faultOf(() =>
        faultOfOutput({ backend, upload, sink: sinkOf(kind, options), path, plan: shown }),
      );
    });
    tell(picked, 'output', options);
    return [picked.way, factsOf('output', trials, picked)];
  } finally {
    for (const graph of graphs.values()) graph.dispose();
  }
}

/** Ways for which graphs are planned alike share one. */
async function prepareFor(
  way: OutputWay,
  graphs: Graphs,
  { backend, form, plan }: OutputOptions,
): Promise<void> {
  const output = planOutputOf(...partsOf(way));
  if (graphs.has(output)) return;
  const graph = await backend.prepare(plan(form, output), { present: output === 'canvas' });
  graphs.set(output, graph);
  // Drivers finish a program with its first draw.
  if (output === 'canvas') backend.present(graph);
}

function graphFor(way: OutputWay, graphs: Graphs): PreparedGraph {
  const graph = graphs.get(planOutputOf(...partsOf(way)));
  assert(graph !== undefined, 'a way is gone when its graph is there');
  return graph;
}

/** The last step of a frame, whatever its textures hold: passes need not run for it. */
async function rehearse(way: OutputWay, graphs: Graphs, options: OutputOptions): Promise<void> {
  const { backend, frame } = options;
  const graph = graphFor(way, graphs);
  const [kind, path] = partsOf(way);
  const sink = sinkOf(kind, options);
  const as: ShownAs = { timestampUs: 0, ...fullSizeOf(frame) };
  if (path === 'canvas') backend.present(graph);
  const picture = path === 'canvas' ? backend.canvas : backend.read(graph);
  (await sink.rehearse(picture, as)).close();
  if (path === 'canvas') backend.wait();
}

function sinkOf(kind: OutputKind, { sinks }: TransportOptions) {
  const sink = sinks[kind];
  assert(sink !== undefined, 'only ways over elements that are there are tried');
  return sink;
}

function factsOf<Way extends UploadPath | OutputWay>(
  part: MeasuredWay['part'],
  trials: readonly Trial<Way>[],
  { checked }: Picked<Way>,
): readonly MeasuredWay[] {
  return trials.map(({ way, ms, fault }) => {
    const found = checked.get(way) ?? fault;
    return {
      part,
      path: way,
      ms,
      isCorrect: found !== '' ? false : checked.has(way) ? true : null,
      fault: found,
    };
  });
}

function tell<Way extends string>(
  { way, isCorrect, checked }: Picked<Way>,
  part: MeasuredWay['part'],
  { onDiagnostic }: TransportOptions,
): void {
  if (isCorrect) return;
  const faults = [...checked].map(([one, fault]) => `${one}: ${fault}`).join('; ');
  onDiagnostic(
    new PipelineError(
      part === 'output' ? 'output-unsupported' : 'frame-failed',
      `No way ${part === 'output' ? 'out' : 'in'} gives the right colours here, so they may be wrong.`,
      { recoverable: true, context: { way, faults } },
    ),
  );
}
