/** What clips are, as both sides of the worker speak of them. Times are in seconds where users give or see them. */
import type { Graph } from '../graph/graph.ts';

/** A file, where it lies, or what a file picker gave. A URL is read in ranges where the server allows that. */
export type ClipInput = Blob | URL | string | FileSystemFileHandle;

export const CLIP_CONTAINERS = ['mp4', 'webm'] as const;
export type ClipContainer = (typeof CLIP_CONTAINERS)[number];

/** By the names that WebCodecs' registry and mediabunny use: H.264 is 'avc', H.265 'hevc'. */
export const CLIP_VIDEO_CODECS = ['avc', 'vp9', 'av1', 'vp8', 'hevc'] as const;
export type ClipVideoCodec = (typeof CLIP_VIDEO_CODECS)[number];

export type ClipOutputOptions = Readonly<{
  /** Default 'mp4'. */
  container?: ClipContainer;
  /**
   * Default the first that this browser encodes at the clip's size: 'avc', 'vp9', 'av1' in MP4, 'vp9', 'vp8', 'av1' in
   * WebM. H.264 takes even sizes only, so an odd one becomes 'vp9'.
   */
  codec?: ClipVideoCodec;
  /** Bits per second of the picture, 10,000 to 1,000,000,000. Default by size and rate, of high quality. */
  bitrate?: number;
  /**
   * 'keep' (the default): each frame at its own time. A number, 1 to 240 frames per second: at each of its ticks the frame
   * that is shown then; what is never shown is left out, what is shown for long is repeated.
   */
  frameRate?: 'keep' | number;
  /** In pixels, 2 to 8192; of one side alone the other follows. Default the size that the filter gives. */
  size?: Readonly<{ width?: number; height?: number }>;
  /** 'keep' (the default) or 'none', for a clip without sound. */
  audio?: 'keep' | 'none';
}>;

/** The part of a clip from `startS` up to, not including, `endS`. Default all of it. */
export type ClipRange = Readonly<{ startS?: number; endS?: number }>;

/**
 * Where a clip goes. A file handle: the file is there when it is whole, and as it was before if it can't be. A
 * `FileSystemWritableFileStream` is written at positions, any other stream gets its bytes in order, which an MP4 needs to
 * be fragmented for; both are closed when the clip is whole and aborted otherwise.
 */
export type ClipSink = FileSystemFileHandle | WritableStream;

/** What happens to a clip that is damaged in the middle: it ends there with an error, or goes on behind the damage. */
export const CLIP_ERROR_POLICIES = ['stop', 'skip'] as const;
export type ClipErrorPolicy = (typeof CLIP_ERROR_POLICIES)[number];

export type ClipProgress = Readonly<{
  /** Frames in the output so far. */
  frames: number;
  /** 0 to 1, by the time that is done. */
  share: number;
  /** Frames per second of work, over the last seconds; 0 before the first frame. */
  fps: number;
  /** Until the end, in seconds; null where that can't be told yet. */
  secondsLeft: number | null;
  /** Of the newest frame, in the input. */
  positionS: number;
}>;

/** A finished clip. */
export type Clip = Readonly<{
  /** The file; null where it went to a sink. */
  blob: Blob | null;
  /** Whole, codecs included: 'video/mp4; codecs="avc1.64001f, mp4a.40.2"'. */
  mimeType: string;
  container: ClipContainer;
  videoCodec: ClipVideoCodec;
  /** Of each sound track, in their order; empty where there is no sound. */
  audio: readonly Readonly<{ codec: string; how: 'copied' | 'transcoded' | 'recorded' }>[];
  width: number;
  height: number;
  frames: number;
  durationS: number;
  sizeBytes: number;
  /** Frames that could not be decoded and were left out (`onError: 'skip'`). */
  skippedFrames: number;
  /** Where, in seconds of the input: the time of the first frame that is missing, for each damage. */
  skippedAtS: readonly number[];
  /** What a user should know: a track that was left out, a sound that was transcoded. Whole sentences. */
  notes: readonly string[];
}>;

/** What a clip is, before anything is done with it. */
export type ClipInfo = Readonly<{
  /** 'MP4', 'WebM', 'QuickTime', … */
  format: string;
  /** As it is shown: upright, its pixels as they lie in the file. */
  width: number;
  height: number;
  /** Degrees, clockwise, that the file says the picture is to be turned by: done already in `width` and `height`. */
  rotation: number;
  durationS: number;
  /** Mean frames per second, of the first 100 or so. */
  fps: number;
  videoCodec: string;
  /** Codec of each sound track. */
  audioCodecs: readonly string[];
  /** null where it can't be known. */
  sizeBytes: number | null;
}>;

/** A clip's sound, decoded: a signal for `runSignal`. */
export type ClipSound = Readonly<{
  /** Samples per second. */
  sampleRate: number;
  /** Each of one length, samples from -1 to 1. */
  channels: readonly Float32Array[];
}>;

/** A whole job, as it goes to the worker. */
export type ClipJob = Readonly<{
  input: ClipInput;
  graph: Graph;
  output: ClipOutputOptions;
  range: ClipRange;
  sink: ClipSink | null;
  /** Whether `sink` is a `FileSystemWritableFileStream`: transferred, it no longer shows. */
  isPositional: boolean;
  onError: ClipErrorPolicy;
}>;
