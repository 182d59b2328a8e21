/** What the page's elements get: the right picture in its full size, and every frame and bitmap closed once. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Pixels } from '../../src/core/pixels.ts';
import { CanvasSink } from '../../src/frames/worker/canvas-sink.ts';
import { openSinks, Sinks } from '../../src/frames/worker/sinks.ts';
import { TrackSink } from '../../src/frames/worker/track-sink.ts';

const FULL: Readonly<{ width: number; height: number }> = { width: 8, height: 4 };
const as = (timestampUs = 0) => ({ timestampUs, ...FULL });

/** Rows end in bytes that are no part of the picture. */
const grey = (level: number, { width, height } = FULL): Pixels => {
  const strideBytes = width + 4;
  const data = new Uint8Array(strideBytes * height).fill(77);
  for (let y = 0; y < height; y++) data.fill(level, y * strideBytes, y * strideBytes + width);
  return { layout: 'grey', width, height, strideBytes, data };
};
/** The fourth byte is anything. */
const colour = (red: number, green: number, blue: number): Pixels => {
  const strideBytes = 4 * FULL.width + 8;
  const data = Uint8Array.from({ length: strideBytes * FULL.height }, (_, i) => [red, green, blue, 3][(i % strideBytes) % 4]!); // prettier-ignore
  return { layout: 'rgbx', ...FULL, strideBytes, data };
};
const planar = (y: number, u: number, v: number, matrix: 'bt601' | 'bt709'): Pixels => {
  const [luma, chroma] = [FULL.width * FULL.height, (FULL.width * FULL.height) / 4];
  const data = new Uint8Array(luma + 2 * chroma).fill(y, 0, luma).fill(u, luma, luma + chroma).fill(v, luma + chroma);
  const color = { matrix, fullRange: false } as const;
  return { layout: 'i420', ...FULL, strideBytes: FULL.width, chromaStrideBytes: FULL.width / 2, uOffset: luma, vOffset: luma + chroma, color, data };
}; // prettier-ignore

function drawn(red: number, green: number, blue: number): OffscreenCanvas {
  const canvas = new OffscreenCanvas(1, 1);
  const gl = canvas.getContext('webgl2', { alpha: false })!;
  gl.clearColor(red / 255, green / 255, blue / 255, 1);
  gl.clear(gl.COLOR_BUFFER_BIT);
  return canvas;
}

function pixelOf(canvas: OffscreenCanvas, x = 0, y = 0): number[] {
  const context = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d')!;
  context.drawImage(canvas, 0, 0);
  return [...context.getImageData(x, y, 1, 1).data];
}

const near = (levels: readonly number[]) => levels.map((level) => expect.closeTo(level, -0.5) as unknown);

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a canvas', () => {
  let canvas: OffscreenCanvas;
  let sink: CanvasSink;
  beforeEach(() => {
    canvas = new OffscreenCanvas(300, 150);
    sink = new CanvasSink(canvas);
  });

  test('shows grey and colours, opaque', async () => {
    await sink.showPixels(grey(200), as());
    expect([canvas.width, canvas.height]).toEqual([8, 4]);
    expect(pixelOf(canvas, 7, 3)).toEqual([200, 200, 200, 255]);
    await sink.showPixels(colour(10, 20, 30), as());
    expect(pixelOf(canvas, 7, 3)).toEqual([10, 20, 30, 255]);
  });

  test('shows what was drawn, and pixels again: the way out can change', async () => {
    await sink.showCanvas(drawn(10, 20, 30), as());
    expect(pixelOf(canvas, 7, 3)).toEqual([10, 20, 30, 255]);
    await sink.showPixels(grey(200), as());
    expect(pixelOf(canvas, 7, 3)).toEqual([200, 200, 200, 255]);
    await sink.showCanvas(drawn(30, 20, 10), as());
    expect(pixelOf(canvas, 0, 0)).toEqual([30, 20, 10, 255]);
  });

  test('keeps its full size whatever the picture was computed at', async () => {
    for (const size of [{ width: 4, height: 2 }, { width: 6, height: 3 }, FULL]) {
      await sink.showPixels(grey(100 + size.width, size), as());
      expect([canvas.width, canvas.height]).toEqual([8, 4]);
      for (const [x, y] of [[0, 0], [7, 0], [0, 3], [7, 3]] as const)
        expect(pixelOf(canvas, x, y)).toEqual([100 + size.width, 100 + size.width, 100 + size.width, 255]);
    }
  }); // prettier-ignore

  test('a rehearsal shows nothing and knows what would be seen', async () => {
    await sink.showPixels(grey(200), as());
    for (const picture of [colour(10, 20, 30), drawn(10, 20, 30)]) {
      const rehearsal = await sink.rehearse(picture, as());
      expect([...(await rehearsal.read()) as Uint8ClampedArray].slice(0, 4)).toEqual([10, 20, 30, 255]);
      rehearsal.close();
    }
    expect(pixelOf(canvas)).toEqual([200, 200, 200, 255]);
  }); // prettier-ignore

  test('closes every bitmap that it takes', async () => {
    const closed = vi.spyOn(ImageBitmap.prototype, 'close');
    await sink.showCanvas(drawn(1, 2, 3), as());
    expect(closed).toHaveBeenCalledTimes(1);
    (await sink.rehearse(drawn(1, 2, 3), as())).close();
    expect(closed).toHaveBeenCalledTimes(3);
  });
});

describe('a track', () => {
  type Written = Readonly<{ coded: string; display: string; timestamp: number; color: VideoColorSpaceInit }>;
  let written: Written[];
  let refuse: Error | null;
  let sink: TrackSink;
  beforeEach(() => {
    written = [];
    refuse = null;
    sink = new TrackSink(
      new WritableStream<VideoFrame>({
        write: (frame) => {
          if (refuse !== null) throw refuse;
          written.push({
            coded: `${frame.codedWidth}×${frame.codedHeight}`,
            display: `${frame.displayWidth}×${frame.displayHeight}`,
            timestamp: frame.timestamp,
            color: frame.colorSpace.toJSON(),
          });
          frame.close();
        },
      }),
    );
  });

  test('gets every picture to be shown in its full size', async () => {
    await sink.showPixels(grey(100), as(1));
    await sink.showPixels(grey(100, { width: 4, height: 2 }), as(2));
    await sink.showPixels(planar(1, 2, 3, 'bt709'), as(3));
    await sink.showCanvas(drawn(1, 2, 3), as(4));
    expect(written.map(({ coded }) => coded)).toEqual(['8×4', '4×2', '8×4', '1×1']);
    expect(written.map(({ display }) => display)).toEqual(['8×4', '8×4', '8×4', '8×4']);
    expect(written.map(({ timestamp }) => timestamp)).toEqual([1, 2, 3, 4]);
    expect(written.map(({ color }) => color.matrix)).toEqual(['smpte170m', 'smpte170m', 'bt709', 'rgb']);
  });

  test('a frame that is refused is closed, and so is one that comes too late', async () => {
    const made: VideoFrame[] = [];
    const Original = VideoFrame;
    vi.stubGlobal('VideoFrame', class extends Original {
      constructor(...init: [AllowSharedBufferSource, VideoFrameBufferInit]) {
        super(...init);
        made.push(this);
      }
    }); // prettier-ignore
    refuse = new Error('the track is gone');
    await expect(sink.showPixels(grey(1), as())).rejects.toThrow('the track is gone');
    await expect(sink.showPixels(grey(1), as())).rejects.toThrow('the track is gone');
    await expect(sink.showCanvas(drawn(1, 2, 3), as())).rejects.toThrow('the track is gone');
    vi.unstubAllGlobals();
    expect(made.map(({ format }) => format)).toEqual([null, null, null]);
    await sink.close();
    await sink.close();
  });

  test('a rehearsal writes nothing, and closes its frame once', async () => {
    const closed = vi.spyOn(VideoFrame.prototype, 'close');
    const rehearsal = await sink.rehearse(planar(110, 128, 180, 'bt601'), as());
    expect([...((await rehearsal.read()) as Uint8Array)].slice(0, 4)).toEqual(near([192, 67, 109, 255]));
    rehearsal.close();
    expect(closed).toHaveBeenCalledTimes(1);
    expect(written).toEqual([]);
  });
});

test('of two ways out the unused one is closed for good', async () => {
  const close = vi.fn();
  const sinks = openSinks({ canvas: new OffscreenCanvas(1, 1), writable: new WritableStream({ close }) });
  expect([sinks.canvas?.kind, sinks.video?.kind]).toEqual(['canvas', 'video']);
  await sinks.keepOnly('canvas');
  expect(close).toHaveBeenCalledTimes(1);
  expect(sinks.video).toBeUndefined();
  await sinks.keepOnly('canvas');
  await sinks.close();
  await sinks.close();
  expect(close).toHaveBeenCalledTimes(1);
  expect(new Sinks({}).canvas).toBeUndefined();
});
