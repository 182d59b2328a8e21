/** Clips: record what is seen, process files. Importing this does nothing by itself. */
export {
  CLIP_CONTAINERS,
  CLIP_VIDEO_CODECS,
  type Clip,
  type ClipContainer,
  type ClipErrorPolicy,
  type ClipInfo,
  type ClipInput,
  type ClipOutputOptions,
  type ClipProgress,
  type ClipRange,
  type ClipSink,
  type ClipSound,
  type ClipVideoCodec,
} from './clips/clip-types.ts';
export { positionalSink } from './session/clip-sink.ts';
export {
  openClip,
  type ClipPreview,
  type OpenClip,
  type OpenClipOptions,
  type PreviewOptions,
} from './session/open-clip.ts';
export { processClip, type ProcessClipOptions } from './session/process-clip.ts';
export {
  record,
  type Recording,
  type RecordingState,
  type RecordingStats,
  type RecordOptions,
} from './session/record.ts';
export { readClipSound, type ReadClipSoundOptions } from './session/read-clip-sound.ts';
