/** Elements of a real page: what is given to the worker, and what is seen while the resolution changes. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Pixels } from '../../src/core/pixels.ts';
import { openSinks } from '../../src/frames/worker/sinks.ts';
import {
  checkOutput,
  openOutput,
  type OutputElement,
  type OutputElements,
  type PipelineOutput,
} from '../../src/session/output.ts';

const FULL = { width: 320, height: 240 } as const;
const LEVEL = 200;

/** An output as a pipeline opens it, in a browser whose workers make no tracks. */
function outputOf(given: OutputElement | OutputElements): Promise<PipelineOutput> {
  return openOutput({
    elements: given,
    createWorker: undefined,
    contentHint: 'motion',
    facts: () => ({}),
    onStopped: () => undefined,
    onLost: (error) => {
      throw error;
    },
  });
}

function elements(): OutputElements {
  const [canvas, video] = [document.createElement('canvas'), document.createElement('video')];
  document.body.append(canvas, video);
  return { canvas, video };
}

afterEach(() => {
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

const greyAt = (scale: number): Pixels => {
  const [width, height] = [FULL.width * scale, FULL.height * scale];
  return { layout: 'grey', width, height, strideBytes: width, data: new Uint8Array(width * height).fill(LEVEL) };
}; // prettier-ignore

const nextRepaint = () => new Promise(requestAnimationFrame);

/** What is seen of an element at each repaint, in its corners: the levels that were met. */
async function levelsOver(element: HTMLCanvasElement | HTMLVideoElement, repaints: number): Promise<Set<string>> {
  const context = new OffscreenCanvas(FULL.width, FULL.height).getContext('2d', { willReadFrequently: true })!;
  const seen = new Set<string>();
  for (let i = 0; i < repaints; i++) {
    await nextRepaint();
    context.drawImage(element, 0, 0, FULL.width, FULL.height);
    for (const [x, y] of [[0, 0], [319, 0], [0, 239], [319, 239]] as const)
      seen.add(String(context.getImageData(x, y, 1, 1).data.slice(0, 3)));
  }
  return seen;
} // prettier-ignore

describe.each(['canvas', 'video'] as const)('a %s', (kind) => {
  test('keeps its size and never flashes while the resolution and the way out change', async () => {
    const element = elements()[kind];
    const output = await outputOf(element);
    const sinks = openSinks(output.connect());
    const sink = sinks[kind]!;
    const sizeOf = () => element instanceof HTMLVideoElement ? `${element.videoWidth}×${element.videoHeight}` : `${element.width}×${element.height}`; // prettier-ignore
    const drawing = new OffscreenCanvas(8, 8);
    const gl = drawing.getContext('webgl2', { alpha: false })!;
    gl.clearColor(LEVEL / 255, LEVEL / 255, LEVEL / 255, 1);
    let count = 0;
    const show = async (scale: number, repaints: number): Promise<Set<string>> => {
      const as = { timestampUs: 33_333 * count++, ...FULL };
      await sink.showPixels(greyAt(scale), as);
      const ofPixels = await levelsOver(element, repaints);
      gl.clear(gl.COLOR_BUFFER_BIT);
      await sink.showCanvas(drawing, { ...as, timestampUs: 33_333 * count++ });
      return new Set([...ofPixels, ...(await levelsOver(element, repaints))]);
    };
    // The first one is there when it is there; an element that is not ready for it waits for the next.
    await vi.waitFor(async () => {
      await show(1, 1);
      expect(sizeOf()).toBe('320×240');
    });
    await vi.waitFor(async () => {
      expect([...(await levelsOver(element, 1))]).toEqual([String([LEVEL, LEVEL, LEVEL])]);
    });
    for (const scale of [0.75, 0.375, 1, 0.5, 1]) {
      expect([...(await show(scale, 3))], `at ${scale}`).toEqual([String([LEVEL, LEVEL, LEVEL])]);
      expect(sizeOf(), `at ${scale}`).toBe('320×240');
    }
    await sinks.close();
    await output.close();
  });
});

describe('the ends that are handed over', () => {
  test('are those of both elements, and of the canvas once only', async () => {
    const output = await outputOf(elements());
    const { canvas, outlet } = output.connect();
    expect(canvas).toBeInstanceOf(OffscreenCanvas);
    expect(outlet).toBeInstanceOf(MessagePort);
    expect(Object.keys(output.connect())).toEqual(['outlet']);
    await output.close();
  });

  test('are the canvas alone where the browser can not feed a video cheaply', async () => {
    vi.stubGlobal('MediaStreamTrackGenerator', undefined);
    const output = await outputOf(elements());
    expect(Object.keys(output.connect())).toEqual(['canvas']);
    await output.close();
  });

  test('of a video alone are the capture of a canvas there, and refused where there is no such thing', async () => {
    vi.stubGlobal('MediaStreamTrackGenerator', undefined);
    const { video } = elements();
    const output = await outputOf(video);
    expect(Object.keys(output.connect())).toEqual(['outlet']);
    expect((video.srcObject as MediaStream).getVideoTracks()[0]).toHaveProperty('canvas');
    await output.close();
    vi.stubGlobal('VideoFrame', undefined);
    await expect(outputOf(video)).rejects.toMatchObject({ code: 'output-unsupported' });
  });

  test('are refused of a canvas that is in use', async () => {
    const both = elements();
    (await outputOf(both.canvas)).connect();
    const again = await outputOf(both.canvas);
    expect(() => again.connect()).toThrow(expect.objectContaining({ code: 'output-in-use' }) as Error);
  });

  test('are refused of what is no element', () => {
    const { canvas } = elements();
    expect(() => {
      checkOutput({ canvas });
    }).toThrow(/must be a <canvas>, a <video>/);
    expect(() => {
      checkOutput(document.createElement('div'));
    }).toThrow(TypeError);
  });
});
