/** What a page may ask of a clips worker: one clip per worker. */
import type {
  Clip,
  ClipInfo,
  ClipInput,
  ClipJob,
  ClipProgress,
  ClipRange,
  ClipSound,
} from '../../src/clips/clip-types.ts';
import type { LedgerBalance } from '../../src/core/ledger.ts';
import type { Graph } from '../../src/graph/graph.ts';

/** A frame of a clip, as it is and filtered. Both are owned by whoever gets them. */
export type ClipPreview = Readonly<{ before: ImageBitmap; after: ImageBitmap; timestampS: number }>;

export interface ClipsContract {
  /** A whole clip. @throws as src/clips/process-clip.ts */
  process(job: ClipJob, onProgress: (progress: ClipProgress) => void): Promise<Clip>;
  /** Opens a clip for previews. @throws as src/clips/open-input.ts */
  open(input: ClipInput): Promise<ClipInfo>;
  /** The frame that is shown at `atS`. After `open`. Answered in their order. */
  preview(graph: Graph, atS: number): Promise<ClipPreview>;
  /** The main sound track. @throws as src/clips/read-sound.ts */
  readSound(input: ClipInput, range: ClipRange): Promise<ClipSound>;
  /** Ends what runs, which rejects as `aborted`, and gives everything back; answers what is still open. Idempotent. */
  stop(): Promise<LedgerBalance>;
}
