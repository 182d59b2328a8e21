/**
 * The last step to a track: whoever computes sends frames here, and this writes them. It lives in a worker of its own or in
 * the page, never with whoever computes: a stream whose worker was killed is locked for ever, and the track ended with it.
 * So the track goes on while others come to compute. Owns its target, its port and every frame that it is given.
 */
import type { Size } from '../core/frame-size.ts';
import { blackFrame } from './black-frame.ts';
import { ReceivingPort } from './outlet-port.ts';
import { RetimedFrames } from './retimed-frames.ts';
import { Timeline } from './timeline.ts';

/** A track, for whoever writes to it. */
export interface FrameTarget {
  /**
   * Resolves when the next frame can be written.
   * @throws when the track was stopped.
   * @consumes frame
   */
  write(frame: VideoFrame): Promise<void>;
  /** Ends the track, and never throws. */
  close(): Promise<void>;
}

/** What is told of an outlet. From a worker it is a Comlink proxy. */
export type OutletEvents = Readonly<{
  /** The track was stopped by whoever had it. Told once, with the next frame that is written. */
  ended: () => void;
}>;

/** Before any frame came. */
const ASSUMED_SIZE: Size = { width: 640, height: 480 };

export class Outlet {
  readonly #target: FrameTarget;
  readonly #events: OutletEvents;
  readonly #timeline = new Timeline();
  readonly #retimed = new RetimedFrames();
  #size = ASSUMED_SIZE;
  #port: ReceivingPort | null = null;
  #raw: ReadableStreamDefaultReader<VideoFrame> | null = null;
  #isWriting = false;
  /** Comes next: the newest one. */
  #waiting: VideoFrame | null = null;
  /** Whether the frame before was older than the one before it. */
  #wasLate = false;
  #isOver = false;
  #closing: Promise<void> | null = null;

  /** @consumes target */
  constructor(target: FrameTarget, events: OutletEvents) {
    this.#target = target;
    this.#events = events;
  }

  /** Who writes from now on. The one before is not heard any more, and what `passThrough` was given neither. @consumes port */
  connect(port: MessagePort): void {
    this.#port?.close();
    this.#endRaw();
    this.#port = new ReceivingPort(port, this.#take);
    this.#timeline.restart();
    if (this.#isOver) this.#port.close();
  }

  /** Writes one black frame, in the size of the last one. */
  blacken(): void {
    if (this.#isOver) return;
    const nowMs = performance.now();
    this.#put(blackFrame(this.#size, this.#timeline.expected(nowMs)), nowMs);
  }

  /**
   * Writes these frames as they are, beside what else comes, until there is somebody new to write, or until null.
   * @consumes frames
   */
  passThrough(frames: ReadableStream<VideoFrame> | null): void {
    this.#endRaw();
    if (frames === null) return;
    const reader = frames.getReader();
    this.#raw = reader;
    this.#timeline.restart();
    if (this.#isOver) this.#endRaw();
    // A stream that ends or breaks has nothing more to write.
    else this.#read(reader).catch(() => undefined);
  }

  /** Ends the track. Idempotent. */
  close(): Promise<void> {
    this.#end();
    this.#closing ??= this.#target.close();
    return this.#closing;
  }

  async #read(reader: ReadableStreamDefaultReader<VideoFrame>): Promise<void> {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      if (reader === this.#raw) this.#take(value);
      else value.close();
    }
  }

  #endRaw(): void {
    const reader = this.#raw;
    this.#raw = null;
    reader?.cancel().catch(() => undefined);
  }

  /** @consumes frame */
  readonly #take = (frame: VideoFrame): void => {
    if (this.#isOver) {
      frame.close();
      return;
    }
    const nowMs = performance.now();
    let atUs = this.#timeline.at(frame.timestamp, nowMs);
    const isLate = atUs <= this.#timeline.lastUs;
    if (isLate && !this.#wasLate) {
      // One that something else overtook; of a source that began again the next one is late as well.
      this.#wasLate = true;
      frame.close();
      return;
    }
    if (isLate) {
      this.#timeline.restart();
      atUs = this.#timeline.at(frame.timestamp, nowMs);
    }
    this.#wasLate = false;
    this.#size = { width: frame.displayWidth, height: frame.displayHeight };
    if (atUs === frame.timestamp) {
      this.#put(frame, nowMs);
      return;
    }
    try {
      this.#put(this.#retimed.frameOf(frame, atUs), nowMs);
    } finally {
      frame.close();
    }
  };

  /** @consumes frame */
  #put(frame: VideoFrame, nowMs: number): void {
    this.#timeline.reach(frame.timestamp, nowMs);
    if (this.#isWriting) {
      this.#waiting?.close();
      this.#waiting = frame;
    } else this.#write(frame);
  }

  /** @consumes frame */
  #write(frame: VideoFrame): void {
    this.#isWriting = true;
    this.#target.write(frame).then(this.#written, this.#stopped);
  }

  readonly #written = (): void => {
    this.#isWriting = false;
    const frame = this.#waiting;
    this.#waiting = null;
    if (frame !== null) this.#write(frame);
  };

  /** What could not be written once can't be written any more. */
  readonly #stopped = (): void => {
    if (this.#isOver) return;
    this.#end();
    this.#events.ended();
  };

  #end(): void {
    this.#isOver = true;
    this.#port?.close();
    this.#endRaw();
    this.#waiting?.close();
    this.#waiting = null;
  }
}
