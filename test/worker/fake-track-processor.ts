/**
 * MediaStreamTrackProcessor in a worker, as the specification says and Chromium has not: a fake of that shape.
 * The "track" that is transferred is a MessagePort, which any browser can move; messages on it say what became
 * of it.
 */

type PortTrack = MessagePort & { stop(): void };

(MessagePort.prototype as PortTrack).stop = function stop(this: MessagePort) {
  this.postMessage('stopped');
};

class FakeTrackProcessor {
  readonly readable: ReadableStream<VideoFrame>;

  constructor({ track, maxBufferSize }: { track: PortTrack; maxBufferSize: number }) {
    track.postMessage(`maxBufferSize ${maxBufferSize}`);
    let number = 0;
    let timer: ReturnType<typeof setInterval> | undefined;
    this.readable = new ReadableStream<VideoFrame>(
      {
        start: (controller) => {
          timer = setInterval(() => {
            // As the specification says: a full buffer gives its oldest frame up.
            if ((controller.desiredSize ?? 0) <= 0) return;
            controller.enqueue(greyFrame(number));
            number++;
          }, 33);
        },
        cancel: () => {
          clearInterval(timer);
          track.postMessage('cancelled');
        },
      },
      { highWaterMark: maxBufferSize },
    );
  }
}

function greyFrame(number: number): VideoFrame {
  const [width, height] = [32, 16];
  const bytes = new Uint8Array(width * height * 1.5).fill(128);
  bytes.fill(16 + ((number * 8) % 200), 0, (width * height) / 2);
  return new VideoFrame(bytes, {
    format: 'I420',
    codedWidth: width,
    codedHeight: height,
    timestamp: number * 33_333,
  });
}

(globalThis as { MediaStreamTrackProcessor?: unknown }).MediaStreamTrackProcessor = FakeTrackProcessor;

export {};
