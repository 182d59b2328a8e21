/**
 * VideoTrackGenerator in a worker, as the specification says and Chromium has not: a fake of that shape. The "track" that is
 * transferred is a MessagePort, which any browser can move; messages on it say what was written, and one to it stops it.
 */
class FakeTrackGenerator {
  muted = false;
  readonly writable: WritableStream<VideoFrame>;
  readonly track: MessagePort;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.track = port1;
    let isStopped = false;
    port2.onmessage = () => {
      isStopped = true;
    };
    this.writable = new WritableStream<VideoFrame>({
      write: (frame) => {
        if (isStopped) throw new DOMException('The track was stopped.', 'InvalidStateError');
        port2.postMessage({
          timestamp: frame.timestamp,
          width: frame.displayWidth,
          height: frame.displayHeight,
        });
        frame.close();
      },
      close: () => {
        port2.postMessage('closed');
      },
    });
  }
}

(globalThis as { VideoTrackGenerator?: unknown }).VideoTrackGenerator = FakeTrackGenerator;

export {};
