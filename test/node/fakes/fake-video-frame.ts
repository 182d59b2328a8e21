/** VideoFrame where there is none: it counts how often each was closed, and how often it was used after that. */
import { vi } from 'vitest';

type Init = Readonly<{ timestamp: number; codedWidth?: number; codedHeight?: number }>;

export class FakeVideoFrame {
  /** Since the last `installVideoFrame`. */
  static made: FakeVideoFrame[] = [];
  readonly timestamp: number;
  readonly displayWidth: number;
  readonly displayHeight: number;
  /** What it was made of: bytes, or what was drawn. */
  readonly of: Uint8Array | FakeCanvas;
  closed = 0;

  constructor(of: Uint8Array | FakeCanvas, { timestamp, codedWidth, codedHeight }: Init) {
    this.of = of;
    this.timestamp = timestamp;
    this.displayWidth = of instanceof FakeCanvas ? of.width : codedWidth!;
    this.displayHeight = of instanceof FakeCanvas ? of.height : codedHeight!;
    FakeVideoFrame.made.push(this);
  }

  close(): void {
    this.closed++;
  }

  get isBlack(): boolean {
    const { of, displayWidth, displayHeight } = this;
    return of instanceof Uint8Array && of.every((byte, i) => byte === (i < displayWidth * displayHeight ? 0 : 128)); // prettier-ignore
  }
}

/** What is drawn on it is what frames are made of. */
class FakeCanvas {
  width: number;
  height: number;
  drawn: FakeVideoFrame | null = null;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
  }

  getContext() {
    return {
      canvas: this,
      drawImage: (frame: FakeVideoFrame) => {
        if (frame.closed > 0) throw new TypeError('a closed frame was drawn');
        this.drawn = frame;
      },
    };
  }
}

/** Until `vi.unstubAllGlobals`. */
export function installVideoFrame(): void {
  FakeVideoFrame.made = [];
  vi.stubGlobal('VideoFrame', FakeVideoFrame);
  vi.stubGlobal('OffscreenCanvas', FakeCanvas);
}

/** A frame as another thread sends it. */
export function sentFrame(timestamp: number, { width, height } = { width: 8, height: 6 }): VideoFrame {
  const bytes = new Uint8Array([7]);
  return new FakeVideoFrame(bytes, { timestamp, codedWidth: width, codedHeight: height }) as unknown as VideoFrame; // prettier-ignore
}
