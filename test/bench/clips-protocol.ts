/** What the clip benchmark's runner and its page say to each other. */

/** What is done without a filter: as a clip is processed, but for that. */
export const PLAIN_WORKS = ['decode', 'transcode'] as const;
export type PlainWork = (typeof PLAIN_WORKS)[number];

/** Of which clip: footage, or what edge detection makes of it. */
export const CLIP_NAMES = ['footage', 'edges'] as const;
export type ClipName = (typeof CLIP_NAMES)[number];

export type ClipCase = Readonly<{ clip: ClipName } & ({ plain: PlainWork } | { filter: string })>;

export type ClipShape = Readonly<{ width: number; height: number; frames: number }>;

export type CaseRun = Readonly<{
  /** From the call to the finished file, the worker's start included. */
  ms: number;
  frames: number;
  sizeBytes: number;
}>;

/** What comes and goes between page and worker. */
export type PlainRequest = Readonly<{ work: PlainWork; input: Blob }>;
export type PlainAnswer = Readonly<{ frames: number; output: Blob | null } | { fault: string }>;

/** What the page sets once its modules are there. */
export type ClipsBenchPage = Readonly<{
  renderer: string;
  /** Names of the filters that there are. */
  filters: readonly string[];
  /** Makes the clips that are processed, of a size and length. @returns bytes of the footage. */
  prepare(shape: ClipShape): Promise<number>;
  measure(one: ClipCase): Promise<CaseRun>;
  /** The footage, in base64, for a program outside. */
  footage(): Promise<string>;
  /** Makes a file on disk of a few seconds that are repeated. @returns its bytes. */
  makeLong(shape: ClipShape): Promise<number>;
  /** Through edge detection, from disk to disk. */
  processLong(): Promise<CaseRun>;
  /** Share of the long clip that is done, 0 to 1. */
  progress(): number;
}>;
