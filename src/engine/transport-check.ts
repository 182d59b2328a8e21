/** Sends the known frame along a way, and looks at what comes out. */
import type { Backend, UploadPath } from '../backends/port.ts';
import { at } from '../core/assert.ts';
import type { FrameColor } from '../core/frame-color.ts';
import type { Pixels } from '../core/pixels.ts';
import type { FrameSink, OutputPath } from '../frames/worker/frame-sink.ts';
import type { Graph } from '../graph/graph.ts';
import { makePlan, type PlanOptions } from '../plan/make-plan.ts';
import type { Plan } from '../plan/plan.ts';
import { faultOfPicture, KNOWN_COLORS, KNOWN_SIZE, knownFrame } from './known-frame.ts';
import { GREY, NEARLY_SAME, SAME } from './known-graphs.ts';
import { planOutputOf } from './transport-choice.ts';

const AS = { timestampUs: 0, ...KNOWN_SIZE } as const;

/** @returns what is wrong with the picture; empty where nothing is. */
export function faultOfUpload(backend: Backend, upload: UploadPath): Promise<string> {
  return faultOfKnown(backend, upload, {
    graph: SAME,
    planned: { output: 'canvas' },
    see: (run) => {
      run.present();
      return Promise.resolve(backend.readCanvas());
    },
  });
}

export type OutputCheck = Readonly<{
  backend: Backend;
  /** A way in that is right. */
  upload: UploadPath;
  sink: FrameSink;
  path: OutputPath;
  /** What will be shown: grey, colours or planes. */
  plan: Plan;
}>;

/** As `faultOfUpload`, of a way out. */
export function faultOfOutput({ backend, upload, sink, path, plan }: OutputCheck): Promise<string> {
  const layout = layoutOf(plan);
  const isGrey = layout === 'grey';
  return faultOfKnown(backend, upload, {
    graph: isGrey ? GREY : layout === 'i420' ? NEARLY_SAME : SAME,
    planned: {
      output: planOutputOf(sink.kind, path),
      techniques: layout === 'rgbx' ? { planes: false } : {},
    },
    isGrey,
    see: async (run) => {
      if (path === 'canvas') run.present();
      const rehearsal = await sink.rehearse(path === 'canvas' ? backend.canvas : run.read(), AS);
      try {
        return await rehearsal.read();
      } finally {
        rehearsal.close();
      }
    },
  });
}

/** In which layout the backend will read its output. */
function layoutOf({ chroma, images, output }: Plan): Pixels['layout'] {
  if (chroma !== null) return 'i420';
  return at(images, output).layout === 'rgba' ? 'rgbx' : 'grey';
}

type Look = Readonly<{
  graph: Graph;
  planned: PlanOptions;
  isGrey?: boolean;
  see: (run: Readonly<{ present: () => void; read: () => Pixels }>) => Promise<ArrayLike<number>>;
}>;

async function faultOfKnown(backend: Backend, upload: UploadPath, look: Look): Promise<string> {
  // Without VideoFrame there is one way in, and bitmaps have colours of one kind.
  if (typeof VideoFrame === 'undefined') return '';
  for (const color of KNOWN_COLORS) {
    const fault = faultOfPicture(await pictureOf(backend, upload, color, look), color, look);
    if (fault !== '') return fault;
  }
  return '';
}

async function pictureOf(
  backend: Backend,
  upload: UploadPath,
  color: FrameColor,
  { graph: known, planned, see }: Look,
): Promise<ArrayLike<number>> {
  const frame = knownFrame(color);
  const form = await backend.upload(frame, { path: upload }).finally(() => {
    frame.close();
  });
  const plan = makePlan(known, form, backend.capabilities, planned);
  const prepared = await backend.prepare(plan, { present: planned.output === 'canvas' });
  try {
    backend.execute(prepared);
    return await see({
      present: () => {
        backend.present(prepared);
      },
      read: () => backend.read(prepared),
    });
  } finally {
    prepared.dispose();
  }
}
