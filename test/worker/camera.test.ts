/** The camera's drivers and faults, with Chromium's fake camera and with fakes of what Chromium has not. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { CameraUtilsConstructor } from '../../src/frames/page/camera-utils-driver.ts';
import type { PipelineStats } from '../../src/session/open-pipeline.ts';
import cameraUtilsUrl from '@mediapipe/camera_utils/camera_utils.js?url';
import { spyOnCamera, type CameraSpy } from './spy-camera.ts';
import { failureOf, open, statsWhen, statusWhen, stopAll } from './run-pipeline.ts';

const shows = (count: number) => (stats: PipelineStats) => stats.shown >= count;
const camera = { kind: 'camera', width: 320, height: 240 } as const;

let spy: CameraSpy;

beforeEach(() => {
  spy = spyOnCamera();
});

afterEach(async () => {
  await stopAll();
  vi.restoreAllMocks();
  expect(spy.live()).toBe(0);
});

/** The real library, loaded as the page loads it. */
async function loadCamera(): Promise<CameraUtilsConstructor> {
  const script = document.createElement('script');
  script.src = cameraUtilsUrl;
  await new Promise((resolve, reject) => {
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });
  return (window as unknown as { Camera: CameraUtilsConstructor }).Camera;
}

describe("the window's processor", () => {
  test('runs, and stop releases the camera', async () => {
    const pipeline = open({ source: { ...camera, driver: 'processor' } });
    const stats = await statsWhen(pipeline, shows(5));
    expect(stats).toMatchObject({ width: 320, height: 240, source: 'camera' });
    expect(stats.transport).toMatch(/^processor → planes → (pixels|canvas) → canvas$/);
    await pipeline.stop();
    expect(spy.tracks).toHaveLength(2);
    expect(spy.live()).toBe(0);
  });

  test.each(['the event', 'the stream'])(
    'a camera that goes away under way is waited for, and comes back by itself; told by %s',
    async (by) => {
      const pipeline = open({ source: { ...camera, driver: 'processor' } });
      const { shown } = await statsWhen(pipeline, shows(2));
      // A track stopped by the page fires no event, but its stream ends; an unplugged camera does both.
      if (by === 'the event') spy.tracks[0]?.dispatchEvent(new Event('ended'));
      else for (const track of spy.tracks) track.stop();
      expect(await statusWhen(pipeline, 'interrupted')).toMatchObject({
        error: { code: 'track-ended', recoverable: true },
      });
      await statusWhen(pipeline, 'running');
      await statsWhen(pipeline, shows(shown + 5));
    },
  );
});

describe('camera_utils', () => {
  test('runs with the real library, each picture once, and stop releases the camera', async () => {
    const alerted = vi.spyOn(window, 'alert').mockImplementation(() => undefined);
    const pipeline = open({ source: { ...camera, driver: 'camera-utils', loadCamera } });
    const stats = await statsWhen(pipeline, shows(20));
    expect(stats.transport).toMatch(/^camera-utils → (planes|rgbx|texture) → (pixels|canvas) → canvas$/);
    // The library asks at the screen's rate; Chromium's fake camera has 20 to 30 pictures a second.
    expect(stats.fps).toBeLessThan(40);
    await pipeline.stop();
    expect(spy.live()).toBe(0);
    expect(alerted).not.toHaveBeenCalled();
  });

  test('start after stop runs one loop, not two', async () => {
    for (let i = 0; i < 2; i++) {
      const pipeline = open({ source: { ...camera, driver: 'camera-utils', loadCamera } });
      await statsWhen(pipeline, shows(2));
      await pipeline.stop();
    }
    expect(spy.live()).toBe(0);
  });

  test('a refused camera never reaches the library, which would call alert()', async () => {
    const alerted = vi.spyOn(window, 'alert').mockImplementation(() => undefined);
    spy.fault.of = () => 'NotAllowedError';
    const pipeline = open({ source: { ...camera, driver: 'camera-utils', loadCamera } });
    expect(await failureOf(pipeline)).toMatchObject({ code: 'camera-denied' });
    expect(alerted).not.toHaveBeenCalled();
  });
});

describe("the worker's processor, against a fake in the specification's shape", () => {
  test('the track moves to the worker, is read with one buffered frame, and stopped', async () => {
    const { port1, port2 } = new MessageChannel();
    const heard: unknown[] = [];
    port1.onmessage = ({ data }) => heard.push(data);
    const fakeTrack = Object.assign(new EventTarget(), { clone: () => port2, stop: vi.fn(), enabled: true, getSettings: () => ({}) }); // prettier-ignore
    vi.spyOn(MediaDevices.prototype, 'getUserMedia').mockResolvedValue({
      getVideoTracks: () => [fakeTrack],
    } as unknown as MediaStream);
    const pipeline = open({
      source: { ...camera, driver: 'worker-processor' },
      createWorker: () =>
        new Worker(new URL('./fake-processor.worker.ts', import.meta.url), { type: 'module' }),
    });
    const stats = await statsWhen(pipeline, shows(5));
    expect(stats).toMatchObject({ width: 32, height: 16 });
    // Which way in is the cheapest is measured, and of a picture this small chance decides.
    expect(stats.transport).toMatch(/^worker-processor → (planes|rgbx|texture) → (pixels|canvas) → canvas$/);
    await pipeline.stop();
    expect(fakeTrack.stop).toHaveBeenCalled();
    await vi.waitFor(() => {
      expect(heard).toEqual(expect.arrayContaining(['maxBufferSize 1', 'cancelled', 'stopped']));
    });
  });

  test('is refused in words where the worker has none', async () => {
    const pipeline = open({ source: { ...camera, driver: 'worker-processor' } });
    const error = await failureOf(pipeline);
    expect(error).toMatchObject({ code: 'camera-unsupported', context: { driver: 'worker-processor' } });
    expect(spy.tracks).toEqual([]);
  });
});

describe('faults of the camera', () => {
  test.each([
    ['NotAllowedError', 'camera-denied'],
    ['NotFoundError', 'camera-missing'],
    ['OverconstrainedError', 'camera-missing'],
    ['NotReadableError', 'camera-busy'],
  ])('%s is %s', async (name, code) => {
    spy.fault.of = () => name;
    const pipeline = open({ source: camera });
    expect(await failureOf(pipeline)).toMatchObject({ code, recoverable: true });
  });

  test('a page without a secure context', async () => {
    vi.spyOn(navigator, 'mediaDevices', 'get').mockReturnValue(undefined as unknown as MediaDevices);
    expect(await failureOf(open({ source: camera }))).toMatchObject({ code: 'camera-unsupported' });
  });

  test('stopped while the user is asked: the camera that comes late is released', async () => {
    let answer: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => {
      spy.fault.of = () => {
        resolve();
        return new Promise<null>((allowed) => {
          answer = () => {
            allowed(null);
          };
        });
      };
    });
    const pipeline = open({ source: camera });
    await asked;
    const stopped = pipeline.stop();
    answer();
    await stopped;
    await statusWhen(pipeline, 'stopped');
    await vi.waitFor(() => {
      expect(spy.tracks.map((track) => track.readyState)).toEqual(['ended']);
    });
  });
});
