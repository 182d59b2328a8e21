/** Cameras over a pipeline's life: shared, busy, giving less, unplugged, with a light. */
import { firstValueFrom, skip, timeout } from 'rxjs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { cameras$ } from '../../src/session/cameras.ts';
import { listCameras } from '../../src/frames/page/camera-list.ts';
import type { PipelineError } from '../../src/core/errors.ts';
import type { Pipeline, PipelineStats } from '../../src/session/open-pipeline.ts';
import { open, openTracked, statsWhen, statusWhen, stopAll } from './run-pipeline.ts';
import { spyOnCamera, type CameraSpy } from './spy-camera.ts';

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

/** As pulling the plug does: the tracks end, and say so. */
function unplug(): void {
  for (const track of spy.tracks.splice(0)) {
    track.stop();
    track.dispatchEvent(new Event('ended'));
  }
}

/** Whether frames go on. */
async function goesOn(pipeline: Pipeline): Promise<void> {
  await statusWhen(pipeline, 'running');
  const { shown } = await pipeline.stats();
  await statsWhen(pipeline, shows(shown + 3));
}

describe('two pipelines that ask for the same camera', () => {
  test('share it, and it goes with the last of them', async () => {
    const pipelines = [open({ source: camera }), open({ source: camera })];
    for (const pipeline of pipelines) await statsWhen(pipeline, shows(3));
    expect(spy.asked).toHaveLength(1);
    await pipelines[0]?.stop();
    await goesOn(pipelines[1]!);
    await pipelines[1]?.stop();
    expect(spy.live()).toBe(0);
  });

  test('of another size do not', async () => {
    const pipelines = [open({ source: camera }), open({ source: { ...camera, width: 160, height: 120 } })];
    const widths = [];
    for (const pipeline of pipelines) widths.push((await statsWhen(pipeline, shows(3))).fullWidth);
    expect(widths).toEqual([320, 160]);
    expect(spy.asked).toHaveLength(2);
  });
});

describe('a camera that is busy', () => {
  test('is asked for again until it is there', async () => {
    let left = 2;
    spy.fault.of = () => (left-- > 0 ? 'NotReadableError' : null);
    const pipeline = open({ source: camera });
    await statsWhen(pipeline, shows(3));
    expect(spy.asked).toHaveLength(3);
  });

  test('is waited for no longer than the pipeline', async () => {
    spy.fault.of = () => 'NotReadableError';
    const pipeline = open({ source: camera });
    await vi.waitFor(() => { expect(spy.asked).toHaveLength(1); }, { timeout: 10_000 }); // prettier-ignore
    await pipeline.stop();
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(spy.asked).toHaveLength(1);
  });
});

test('one that gives less than was asked for says so, and runs', async () => {
  vi.spyOn(MediaStreamTrack.prototype, 'getSettings').mockReturnValue({
    width: 1280,
    height: 720,
    frameRate: 30,
  });
  const pipeline = open({ source: { kind: 'camera', width: 1920, height: 1080, frameRate: 60 } });
  const faults: PipelineError[] = [];
  pipeline.diagnostics$.subscribe((fault) => faults.push(fault));
  await statsWhen(pipeline, shows(3));
  expect(faults).toMatchObject([
    {
      code: 'camera-constrained',
      recoverable: true,
      context: { asked: '1920×1080, 60 fps', given: '1280×720, 30 fps' },
    },
  ]);
});

describe('a camera that is unplugged', () => {
  test('is waited for as long as it takes, and comes back on the same track', async () => {
    const pipeline = openTracked({ source: camera });
    const track = await pipeline.track;
    await goesOn(pipeline);
    const { enumerateDevices } = MediaDevices.prototype;
    const listed = vi.spyOn(MediaDevices.prototype, 'enumerateDevices').mockResolvedValue([]);
    unplug();
    await statusWhen(pipeline, 'interrupted');
    await vi.waitFor(() => { expect(listed.mock.calls.length).toBeGreaterThan(1); }, { timeout: 5000 }); // prettier-ignore
    // Asked for once, when it was opened: a camera that is not there is nothing to ask the user for.
    expect(spy.asked).toHaveLength(1);
    listed.mockImplementation(() => enumerateDevices.call(navigator.mediaDevices));
    navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
    await statusWhen(pipeline, 'running');
    await goesOn(pipeline);
    expect(await pipeline.track).toBe(track);
    expect(track.readyState).toBe('live');
  });

  test('is let be when another source is wanted meanwhile', async () => {
    const pipeline = openTracked({ source: camera });
    await goesOn(pipeline);
    vi.spyOn(MediaDevices.prototype, 'enumerateDevices').mockResolvedValue([]);
    unplug();
    await statusWhen(pipeline, 'interrupted');
    await pipeline.setSource({ kind: 'pattern', width: 64, height: 48 });
    await statusWhen(pipeline, 'running');
    await statsWhen(pipeline, ({ source }) => source === 'pattern');
    await goesOn(pipeline);
    expect(spy.asked).toHaveLength(1);
  });

  test('and whose permission was taken back ends it, in words', async () => {
    const pipeline = openTracked({ source: camera });
    await goesOn(pipeline);
    spy.fault.of = () => 'NotAllowedError';
    unplug();
    expect(await statusWhen(pipeline, 'failed')).toMatchObject({ error: { code: 'camera-denied' } });
  });

  test('is not waited for when the pipeline is stopped', async () => {
    const pipeline = openTracked({ source: camera });
    await goesOn(pipeline);
    unplug();
    await statusWhen(pipeline, 'interrupted');
    await pipeline.stop();
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(spy.asked).toHaveLength(1);
  });
});

describe('what a camera can do', () => {
  /** As a phone's camera. */
  function withLight(): readonly unknown[] {
    const applied: unknown[] = [];
    vi.spyOn(MediaStreamTrack.prototype, 'getCapabilities').mockReturnValue({
      torch: true,
      zoom: { min: 1, max: 4, step: 0.1 },
    } as unknown as MediaTrackCapabilities);
    vi.spyOn(MediaStreamTrack.prototype, 'applyConstraints').mockImplementation((constraints) => {
      applied.push(constraints);
      return Promise.resolve();
    });
    return applied;
  }

  test('is told, and its light and its zoom are passed through without letting its size go', async () => {
    const applied = withLight();
    const pipeline = openTracked({ source: camera });
    expect(pipeline.camera).toBeNull();
    await statusWhen(pipeline, 'running');
    const control = pipeline.camera!;
    expect(control.settings()).toMatchObject({ width: 320, height: 240 });
    expect(control.capabilities()).toMatchObject({ torch: true });
    await control.setTorch(true);
    await control.setZoom(2.5);
    expect(applied).toMatchObject([
      { width: expect.anything() as unknown, advanced: [{ torch: true }] },
      { width: expect.anything() as unknown, advanced: [{ zoom: 2.5 }] },
    ]);
    await expect(control.setZoom(9)).rejects.toThrow('zoom must be 1 to 4, got 9');
  });

  test('is refused by name of one that can not', async () => {
    const pipeline = openTracked({ source: camera });
    await statusWhen(pipeline, 'running');
    await expect(pipeline.camera!.setTorch(true)).rejects.toThrow(/has no light/);
    await expect(pipeline.camera!.setZoom(2)).rejects.toThrow(/has no zoom/);
  });

  test('is nothing of other sources', async () => {
    const pipeline = openTracked();
    await statusWhen(pipeline, 'running');
    expect(pipeline.camera).toBeNull();
  });
});

test('facingMode is asked for, and told of the track', async () => {
  vi.spyOn(MediaStreamTrack.prototype, 'getSettings').mockReturnValue({ facingMode: 'environment' });
  const pipeline = openTracked({ source: { kind: 'camera', facingMode: 'environment' } });
  const track = await pipeline.track;
  expect(spy.asked).toMatchObject([{ video: { facingMode: { ideal: 'environment' } } }]);
  expect(track.getSettings().facingMode).toBe('environment');
  expect(() => openTracked({ source: { kind: 'camera', facingMode: 'left' as 'user' } })).toThrow(
    /options\.source\.facingMode must be/,
  );
});

describe('the list of cameras', () => {
  test('names them', async () => {
    const pipeline = openTracked({ source: camera });
    await statusWhen(pipeline, 'running');
    const cameras = await listCameras();
    expect(cameras.length).toBeGreaterThan(0);
    for (const { deviceId, label } of cameras) {
      expect(deviceId).not.toBe('');
      expect(label).toMatch(/fake/i);
    }
  });

  test('is told anew when one is plugged in', async () => {
    const next = firstValueFrom(cameras$().pipe(skip(1), timeout(5000)));
    await firstValueFrom(cameras$());
    const device = { kind: 'videoinput', deviceId: 'new', label: 'Back camera', groupId: '' };
    vi.spyOn(MediaDevices.prototype, 'enumerateDevices').mockResolvedValue([device as MediaDeviceInfo]);
    navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
    expect(await next).toEqual([{ deviceId: 'new', label: 'Back camera', facingMode: 'environment' }]);
  });
});
