/** What can go wrong with a camera, by the names that the specification gives it. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { PipelineError } from '../../src/core/errors.ts';
import { cameraError, constrainedBy, onTrackEnded, openCamera } from '../../src/frames/page/camera.ts';
import { mediaDevices } from '../../src/frames/page/media-devices.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('cameraError', () => {
  test.each([
    ['NotAllowedError', 'camera-denied', true],
    ['SecurityError', 'camera-denied', true],
    ['NotFoundError', 'camera-missing', true],
    ['OverconstrainedError', 'camera-missing', true],
    ['NotReadableError', 'camera-busy', true],
    ['AbortError', 'camera-busy', true],
    ['InvalidStateError', 'camera-unsupported', false],
  ])('%s is %s', (name, code, recoverable) => {
    const cause = new DOMException('as the browser says', name);
    const error = cameraError(cause);
    expect(error).toBeInstanceOf(PipelineError);
    expect(error).toMatchObject({ code, recoverable });
    expect(error.cause).toBe(cause);
    expect(error.message).not.toBe('');
  });

  test('any other error keeps its words', () => {
    expect(cameraError(new TypeError('no constraints'))).toMatchObject({
      code: 'camera-unsupported',
      message: 'no constraints',
    });
    expect(cameraError('odd')).toMatchObject({ code: 'camera-unsupported', message: 'odd' });
  });
});

describe('openCamera', () => {
  const withCamera = (getUserMedia: (constraints: MediaStreamConstraints) => Promise<unknown>) => {
    const spy = vi.fn(getUserMedia);
    vi.stubGlobal('navigator', { mediaDevices: { getUserMedia: spy } });
    return spy;
  };
  const streamOf = (...tracks: unknown[]) => ({ getVideoTracks: () => tracks });

  test('asks for what was asked for, never for sound', async () => {
    const track = { kind: 'video' };
    const asked = withCamera(async () => streamOf(track));
    expect(await openCamera({})).toBe(track);
    await openCamera({ width: 640, height: 480, frameRate: 30, deviceId: 'front', facingMode: 'user' });
    expect(asked.mock.calls).toEqual([
      [{ video: true, audio: false }],
      [
        {
          video: {
            width: { ideal: 640 },
            height: { ideal: 480 },
            frameRate: { ideal: 30 },
            deviceId: { exact: 'front' },
            facingMode: { ideal: 'user' },
          },
          audio: false,
        },
      ],
    ]);
  });

  test('turns a refusal into a fault with a code', async () => {
    withCamera(() => Promise.reject(new DOMException('no', 'NotAllowedError')));
    await expect(openCamera({})).rejects.toMatchObject({ name: 'PipelineError', code: 'camera-denied' });
  });

  test('one that is busy is asked for after ¼, ½, 1 and 2 s, and then given up', async () => {
    vi.useFakeTimers();
    const startMs = Date.now();
    const askedMs: number[] = [];
    withCamera(() => {
      askedMs.push(Date.now() - startMs);
      return Promise.reject(new DOMException('in use', 'NotReadableError'));
    });
    const opened = openCamera({});
    opened.catch(() => undefined);
    await vi.runAllTimersAsync();
    await expect(opened).rejects.toMatchObject({ code: 'camera-busy' });
    expect(askedMs).toEqual([0, 250, 750, 1750, 3750]);
  });

  test('is not asked again when it was refused, nor where once is enough', async () => {
    const refused = withCamera(() => Promise.reject(new DOMException('no', 'NotAllowedError')));
    await expect(openCamera({})).rejects.toMatchObject({ code: 'camera-denied' });
    expect(refused).toHaveBeenCalledTimes(1);
    const busy = withCamera(() => Promise.reject(new DOMException('in use', 'NotReadableError')));
    await expect(openCamera({}, { retries: false })).rejects.toMatchObject({ code: 'camera-busy' });
    expect(busy).toHaveBeenCalledTimes(1);
  });

  test('nobody waits for it any more: at once', async () => {
    const nobody = new AbortController();
    const busy = withCamera(() => Promise.reject(new DOMException('in use', 'NotReadableError')));
    const opened = openCamera({}, { signal: nobody.signal });
    await vi.waitFor(() => {
      expect(busy).toHaveBeenCalledTimes(1);
    });
    nobody.abort();
    await expect(opened).rejects.toMatchObject({ code: 'aborted' });
    expect(busy).toHaveBeenCalledTimes(1);
  });

  test('a stream without video is a missing camera', async () => {
    withCamera(async () => streamOf());
    await expect(openCamera({})).rejects.toMatchObject({ code: 'camera-missing' });
  });

  test('a page without media devices can not have one', async () => {
    vi.stubGlobal('navigator', {});
    await expect(openCamera({})).rejects.toMatchObject({ code: 'camera-unsupported', recoverable: false });
    expect(() => mediaDevices()).toThrow(/https or from localhost/);
  });
});

describe('constrainedBy', () => {
  const given = { width: 1280, height: 720, frameRate: 30, facingMode: 'user' };

  test.each([
    ['nothing asked', {}],
    ['the same', { width: 1280, height: 720, frameRate: 30, facingMode: 'user' } as const],
    ['a device that was turned', { width: 720, height: 1280 }],
    ['a rate of 29.97 for 30', { frameRate: 30.1 }],
    ['one side', { height: 720 }],
  ])('%s is nothing to tell', (_, asked) => {
    expect(constrainedBy(asked, given)).toBeNull();
  });

  test('a browser that tells nothing says nothing', () => {
    expect(constrainedBy({ width: 640, height: 480, frameRate: 30, facingMode: 'user' }, {})).toBeNull();
  });

  test.each([
    [{ width: 1920, height: 1080 }, '1920×1080', '1280×720'],
    [{ height: 1080 }, 'any×1080', '1280×720'],
    [{ frameRate: 60 }, '60 fps', '30 fps'],
    [{ facingMode: 'environment' } as const, 'facing environment', 'facing user'],
    [{ width: 640, height: 480, frameRate: 60 }, '640×480, 60 fps', '1280×720, 30 fps'],
  ])('%j is told with what there is', (asked, wanted, found) => {
    const fault = constrainedBy(asked, given);
    expect(fault).toMatchObject({
      code: 'camera-constrained',
      recoverable: true,
      context: { asked: wanted, given: found },
      message: `The camera has no ${wanted}: it gives ${found}.`,
    });
  });
});

describe('onTrackEnded', () => {
  const endable = () => new EventTarget() as MediaStreamTrack;

  test('tells once', () => {
    const [track, told] = [endable(), vi.fn<(error: PipelineError) => void>()];
    onTrackEnded(track, told);
    expect(told).not.toHaveBeenCalled();
    track.dispatchEvent(new Event('ended'));
    track.dispatchEvent(new Event('ended'));
    expect(told.mock.calls).toMatchObject([[{ code: 'track-ended', recoverable: true }]]);
  });

  test('tells nothing when nobody listens any more', () => {
    const [track, told] = [endable(), vi.fn()];
    onTrackEnded(track, told)();
    track.dispatchEvent(new Event('ended'));
    expect(told).not.toHaveBeenCalled();
  });
});
