/** What the page's elements get: the right picture in its full size, and every frame and bitmap closed once. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Pixels } from '../../src/core/pixels.ts';
import { ReceivingPort } from '../../src/frames/outlet-port.ts';
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

/** A frame of one colour. */
function frameOf(red: number, green: number, blue: number, { width, height } = { width: 7, height: 5 }): VideoFrame {
  const data = Uint8Array.from({ length: 4 * width * height }, (_, i) => [red, green, blue, 255][i % 4]!);
  return new VideoFrame(data, { format: 'RGBX', codedWidth: width, codedHeight: height, timestamp: 0 });
} // prettier-ignore

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

  test('shows black, and frames as they came, in the size that is asked for', async () => {
    await sink.showPixels(grey(200), as());
    await sink.showBlack({ timestampUs: 1, width: 6, height: 3 });
    expect([canvas.width, canvas.height]).toEqual([6, 3]);
    for (const [x, y] of [[0, 0], [5, 0], [0, 2], [5, 2]] as const)
      expect(pixelOf(canvas, x, y)).toEqual([0, 0, 0, 255]);
    const came = frameOf(10, 200, 30);
    await sink.showFrame(came, { timestampUs: 2, width: 14, height: 10 });
    expect(came.format).not.toBeNull();
    came.close();
    expect([canvas.width, canvas.height]).toEqual([14, 10]);
    for (const [x, y] of [[0, 0], [13, 9]] as const) expect(pixelOf(canvas, x, y)).toEqual([10, 200, 30, 255]);
    await sink.showPixels(grey(100), as());
    expect(pixelOf(canvas, 7, 3)).toEqual([100, 100, 100, 255]);
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
  let sink: TrackSink;
  let outlet: ReceivingPort;
  beforeEach(() => {
    written = [];
    const { port1, port2 } = new MessageChannel();
    sink = new TrackSink(port1);
    outlet = new ReceivingPort(port2, (frame) => {
      written.push({
        coded: `${frame.codedWidth}×${frame.codedHeight}`,
        display: `${frame.displayWidth}×${frame.displayHeight}`,
        timestamp: frame.timestamp,
        color: frame.colorSpace.toJSON(),
      });
      frame.close();
    });
  });
  afterEach(() => {
    outlet.close();
  });

  const writtenWhen = (count: number) =>
    vi.waitFor(() => {
      expect(written.length).toBe(count);
    });

  test('gets every picture to be shown in its full size', async () => {
    await sink.showPixels(grey(100), as(1));
    await sink.showPixels(grey(100, { width: 4, height: 2 }), as(2));
    await sink.showPixels(planar(1, 2, 3, 'bt709'), as(3));
    await sink.showCanvas(drawn(1, 2, 3), as(4));
    await writtenWhen(4);
    expect(written.map(({ coded }) => coded)).toEqual(['8×4', '4×2', '8×4', '1×1']);
    expect(written.map(({ display }) => display)).toEqual(['8×4', '8×4', '8×4', '8×4']);
    expect(written.map(({ timestamp }) => timestamp)).toEqual([1, 2, 3, 4]);
    expect(written.map(({ color }) => color.matrix)).toEqual(['smpte170m', 'smpte170m', 'bt709', 'rgb']);
  });

  test('every frame is closed: those that were sent, those that can not be, and those that come too late', async () => {
    const made: VideoFrame[] = [];
    const Original = VideoFrame;
    vi.stubGlobal('VideoFrame', class extends Original {
      constructor(...init: [AllowSharedBufferSource, VideoFrameBufferInit]) {
        super(...init);
        made.push(this);
      }
    }); // prettier-ignore
    await sink.showPixels(grey(1), as(1));
    await sink.showBlack(as(2));
    const came = frameOf(1, 2, 3);
    await sink.showFrame(came, as(3));
    expect(came.format).not.toBeNull();
    came.close();
    const post = vi.spyOn(MessagePort.prototype, 'postMessage').mockImplementationOnce(() => {
      throw new Error('not to be cloned');
    });
    expect(() => sink.showPixels(grey(1), as(4))).toThrow('not to be cloned');
    post.mockRestore();
    // What was sent before comes all the same.
    await sink.close();
    await sink.close();
    await sink.showPixels(grey(1), as(5));
    await sink.showCanvas(drawn(1, 2, 3), as(6));
    vi.unstubAllGlobals();
    await writtenWhen(3);
    expect(made.length).toBe(7);
    expect(made.map(({ format }) => format)).toEqual(made.map(() => null));
  });

  test('black is black in all of the picture, and a frame is as it came, at the time that is given', async () => {
    outlet.close();
    const { port1, port2 } = new MessageChannel();
    const pixels: number[][] = [];
    sink = new TrackSink(port1);
    outlet = new ReceivingPort(port2, (frame) => {
      const context = new OffscreenCanvas(7, 5).getContext('2d', { willReadFrequently: true })!;
      context.drawImage(frame, 0, 0);
      pixels.push([frame.timestamp, frame.displayWidth, frame.displayHeight, ...context.getImageData(0, 0, 7, 5).data]); // prettier-ignore
      frame.close();
    });
    await sink.showBlack({ timestampUs: 5, width: 7, height: 5 });
    const came = frameOf(10, 200, 30);
    await sink.showFrame(came, { timestampUs: 6, width: 7, height: 5 });
    came.close();
    await vi.waitFor(() => {
      expect(pixels.length).toBe(2);
    });
    const of = (...pixel: number[]) => Array.from({ length: 35 }, () => pixel).flat();
    expect(pixels[0]).toEqual([5, 7, 5, ...of(0, 0, 0, 255)]);
    expect(pixels[1]).toEqual([6, 7, 5, ...of(10, 200, 30, 255)]);
  });

  test('where nobody receives, the newest frame waits and nothing queues', async () => {
    outlet.close();
    const { port1, port2 } = new MessageChannel();
    sink = new TrackSink(port1);
    for (let n = 1; n <= 20; n++) await sink.showPixels(grey(n), as(n));
    const received: number[] = [];
    outlet = new ReceivingPort(port2, (frame) => {
      received.push(frame.timestamp);
      frame.close();
    });
    await vi.waitFor(() => {
      expect(received).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 20]);
    });
    await sink.showPixels(grey(21), as(21));
    await vi.waitFor(() => {
      expect(received.at(-1)).toBe(21);
    });
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
  const { port1 } = new MessageChannel();
  const close = vi.spyOn(port1, 'close');
  const sinks = openSinks({ canvas: new OffscreenCanvas(1, 1), outlet: port1 });
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

test('black comes in the size of the last picture, on every way out that is there', async () => {
  const [canvas, { port1, port2 }] = [new OffscreenCanvas(1, 1), new MessageChannel()];
  const received: string[] = [];
  const outlet = new ReceivingPort(port2, (frame) => {
    received.push(`${frame.timestamp}: ${frame.displayWidth}×${frame.displayHeight}`);
    frame.close();
  });
  const sinks = openSinks({ canvas, outlet: port1 });
  await sinks.showBlack({ timestampUs: 1, width: 3, height: 2 });
  expect([canvas.width, canvas.height, ...pixelOf(canvas)]).toEqual([3, 2, 0, 0, 0, 255]);
  await sinks.video!.showPixels(grey(9), as(2));
  await sinks.showBlack({ timestampUs: 3, width: 3, height: 2 });
  await vi.waitFor(() => {
    expect(received).toEqual(['1: 3×2', '2: 8×4', '3: 8×4']);
  });
  await sinks.close();
  outlet.close();
});
