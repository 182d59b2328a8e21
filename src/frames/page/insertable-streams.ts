/**
 * Chromium's window has a MediaStreamTrackProcessor and a MediaStreamTrackGenerator that no standard library
 * types: looked up with each use, null where the browser has none.
 * https://developer.chrome.com/docs/capabilities/web-apis/mediastreamtrack-insertable-media-processing
 */

type Processor = new (init: { track: MediaStreamTrack; maxBufferSize: number }) => {
  readonly readable: ReadableStream<VideoFrame>;
};
type Generator = new (init: {
  kind: 'video';
}) => MediaStreamTrack & { readonly writable: WritableStream<VideoFrame> };

export function trackProcessor(): Processor | null {
  return (globalThis as { MediaStreamTrackProcessor?: Processor }).MediaStreamTrackProcessor ?? null;
}

export function trackGenerator(): Generator | null {
  return (globalThis as { MediaStreamTrackGenerator?: Generator }).MediaStreamTrackGenerator ?? null;
}
