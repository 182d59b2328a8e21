/** `<convolux-video>` without its registration: 'convolux/define' registers it, or the app under a name of its own. */
export { ConvoluxVideoElement } from './element/convolux-video.ts';
export type {
  ConvoluxVideoEventMap,
  ConvoluxVideoEvents,
  FilterChange,
  VideoEventElement,
} from './element/events.ts';
export type { SourceObject } from './element/settings.ts';
export type { VideoError, VideoState, VideoStatus } from './element/video-store.ts';
export { ENGLISH, type VideoWords } from './element/words.ts';
