/**
 * Chromium's window has a MediaStreamTrackProcessor and a MediaStreamTrackGenerator that no standard library
 * types: looked up with each use, null where the browser has none.
 * https://developer.chrome.com/docs/capabilities/web-apis/mediastreamtrack-insertable-media-processing
 */

type Processor<Data> = new (init: { track: MediaStreamTrack; maxBufferSize: number }) => {
  readonly readable: ReadableStream<Data>;
};
type Generator = new (init: {
  kind: 'video';
}) => MediaStreamTrack & { readonly writable: WritableStream<VideoFrame> };

export function trackProcessor(): Processor<VideoFrame> | null {
  return processorOf<VideoFrame>();
}

/** The same, for tracks of sound. */
export function soundProcessor(): Processor<AudioData> | null {
  return processorOf<AudioData>();
}

function processorOf<Data>(): Processor<Data> | null {
  const { MediaStreamTrackProcessor } = globalThis as Readonly<{ MediaStreamTrackProcessor?: unknown }>;
  return (MediaStreamTrackProcessor as Processor<Data> | undefined) ?? null;
}

export function trackGenerator(): Generator | null {
  return (globalThis as { MediaStreamTrackGenerator?: Generator }).MediaStreamTrackGenerator ?? null;
}
