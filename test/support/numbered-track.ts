/**
 * A camera whose every frame has a number in its pixels, and colour below it: whoever sees that behind a grey filter sees an
 * unfiltered frame. And somebody who looks at each frame of a track. For pages.
 */
import { graph } from '../../src/graph/builder.ts';
import { luma } from '../../src/graph/arithmetic.ts';
import { gaussianBlur } from '../../src/graph/convolution.ts';
import { defineFilter } from '../../src/graph/filter.ts';
import { trackGenerator, trackProcessor } from '../../src/frames/page/insertable-streams.ts';
import { burnCounter, readCounter } from './frame-counter.ts';
import { chromaSize, type I420Picture } from './picture.ts';

const SIZE = { width: 320, height: 240 } as const;

/** Below the number, as BT.709 has it. */
export const CAMERA_COLOR = [167, 98, 50] as const;

/** Two filters under which nothing has a colour. */
export const grey = defineFilter({
  name: 'grey',
  title: 'Grey',
  description: 'Without colours.',
  params: {},
  build: () => graph(({ frame }) => luma(frame)),
});
export const soft = defineFilter({
  name: 'soft',
  title: 'Soft',
  description: 'Without colours, and blurred.',
  params: { sigma: { type: 'number', title: 'Strength', min: 0.5, max: 4, step: 0.1, default: 1 } },
  build: ({ sigma }) => graph(({ frame }) => gaussianBlur(luma(frame), { sigma })),
});

const coloured: I420Picture = {
  ...SIZE,
  y: new Uint8Array(SIZE.width * SIZE.height).fill(110),
  u: new Uint8Array(chromaSize(SIZE.width) * chromaSize(SIZE.height)).fill(100),
  v: new Uint8Array(chromaSize(SIZE.width) * chromaSize(SIZE.height)).fill(160),
};

function numbered(number: number, timestamp: number): VideoFrame {
  const { y, u, v } = burnCounter(coloured, number);
  const data = new Uint8Array(y.length + u.length + v.length);
  data.set(y);
  data.set(u, y.length);
  data.set(v, y.length + u.length);
  return new VideoFrame(data, {
    format: 'I420',
    codedWidth: SIZE.width,
    codedHeight: SIZE.height,
    timestamp,
    colorSpace: { matrix: 'bt709', primaries: 'bt709', transfer: 'bt709', fullRange: false },
  });
}

export type NumberedCamera = Readonly<{ track: MediaStreamTrack; stop: () => void }>;

/** @param from the first number, so that frames of two cameras are told apart. */
export function numberedCamera(from = 0, fps = 30): NumberedCamera {
  const Generator = trackGenerator();
  if (Generator === null) throw new Error('this browser has no MediaStreamTrackGenerator');
  const track = new Generator({ kind: 'video' });
  const writer = track.writable.getWriter();
  let number = from;
  const timer = setInterval(() => {
    writer.write(numbered(number++, Math.round(performance.now() * 1000))).catch(() => undefined);
  }, 1000 / fps);
  return {
    track,
    stop: () => {
      clearInterval(timer);
      track.stop();
    },
  };
}

/** A frame as somebody saw it. */
export type Seen = Readonly<{
  /** null: none could be read, as in a black frame. */
  number: number | null;
  /** Whether it has the camera's colour. */
  isRaw: boolean;
  isBlack: boolean;
  /** Below the number. */
  color: readonly number[];
  timestampUs: number;
  atMs: number;
  width: number;
  height: number;
  colorSpace: Readonly<{ matrix?: string | null }>;
}>;

export class TrackWatcher {
  readonly seen: Seen[] = [];
  readonly #reader: ReadableStreamDefaultReader<VideoFrame>;
  readonly #track: MediaStreamTrack;

  /** Looks at a clone, so that nobody who holds the track notices. */
  constructor(track: MediaStreamTrack) {
    const Processor = trackProcessor();
    if (Processor === null) throw new Error('this browser has no MediaStreamTrackProcessor');
    this.#track = track.clone();
    this.#reader = new Processor({ track: this.#track, maxBufferSize: 10 }).readable.getReader();
    void this.#read();
  }

  stop(): void {
    this.#track.stop();
  }

  async #read(): Promise<void> {
    for (;;) {
      const { value, done } = await this.#reader.read();
      if (done) return;
      const atMs = performance.now();
      const { displayWidth: width, displayHeight: height, timestamp, colorSpace } = value;
      const data = new Uint8Array(4 * value.codedWidth * value.codedHeight);
      await value.copyTo(data, { format: 'RGBA' });
      value.close();
      this.seen.push({
        ...lookInto(data, width, height),
        timestampUs: timestamp,
        atMs,
        width,
        height,
        colorSpace: colorSpace.toJSON(),
      });
    }
  }
}

function lookInto(
  data: Uint8Array,
  width: number,
  height: number,
): Pick<Seen, 'number' | 'isRaw' | 'isBlack' | 'color'> {
  const at = 4 * (Math.round(0.75 * height) * width + Math.round(width / 2));
  const [r = 0, g = 0, b = 0] = data.subarray(at, at + 3);
  return {
    number: readCounter({ width, height, data }),
    isRaw: Math.max(r, g, b) - Math.min(r, g, b) > 40,
    isBlack: Math.max(r, g, b) < 30,
    color: [r, g, b],
  };
}
