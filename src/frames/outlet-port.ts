/**
 * Both ends of the way from a worker that computes to an outlet: frames one way, a receipt for every few of them the other
 * way, so that nothing queues where the outlet's thread is held up.
 */

/** One message for so many frames. */
const FRAMES_PER_RECEIPT = 4;
/** Sent and not received: then the newest frame waits here. */
const MOST_UNDER_WAY = 2 * FRAMES_PER_RECEIPT;

/** The end of whoever computes. Owns its port, and the frame that waits. */
export class SendingPort {
  readonly #port: MessagePort;
  /** For each message: what it moves. */
  readonly #moved: [VideoFrame | null] = [null];
  #underWay = 0;
  #waiting: VideoFrame | null = null;
  #isClosed = false;

  /** @consumes port */
  constructor(port: MessagePort) {
    this.#port = port;
    port.onmessage = () => {
      this.#underWay -= FRAMES_PER_RECEIPT;
      const frame = this.#waiting;
      this.#waiting = null;
      if (frame !== null) this.send(frame);
    };
  }

  /** Sends it, or keeps it in place of the one that waited, until there is room. @consumes frame */
  send(frame: VideoFrame): void {
    if (this.#isClosed) frame.close();
    else if (this.#underWay < MOST_UNDER_WAY) this.#post(frame);
    else {
      this.#waiting?.close();
      this.#waiting = frame;
    }
  }

  /** What was sent arrives all the same, and the last frame with it. Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const frame = this.#waiting;
    this.#waiting = null;
    if (frame !== null) this.#post(frame);
    this.#port.onmessage = null;
    this.#port.close();
  }

  /** @consumes frame */
  #post(frame: VideoFrame): void {
    this.#underWay++;
    this.#moved[0] = frame;
    try {
      this.#port.postMessage(frame, this.#moved as [VideoFrame]);
    } finally {
      this.#moved[0] = null;
      // Moved when the message left; still open when it could not be sent.
      frame.close();
    }
  }
}

/** The outlet's end. Owns its port. */
export class ReceivingPort {
  readonly #port: MessagePort;
  #received = 0;

  /** @consumes port */
  constructor(port: MessagePort, take: (frame: VideoFrame) => void) {
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<VideoFrame>) => {
      if (++this.#received % FRAMES_PER_RECEIPT === 0) port.postMessage(null);
      take(data);
    };
  }

  /** No frame comes after that. Idempotent. */
  close(): void {
    this.#port.onmessage = null;
    this.#port.close();
  }
}
