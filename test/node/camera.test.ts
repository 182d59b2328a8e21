/** What can go wrong with a camera, by the names that the specification gives it. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { PipelineError } from '../../src/core/errors.ts';
import { cameraError, mediaDevices, onTrackEnded, openCamera } from '../../src/frames/page/camera.ts';

afterEach(() => {
  vi.unstubAllGlobals();
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
    await openCamera({ width: 640, height: 480, frameRate: 30, deviceId: 'front' });
    expect(asked.mock.calls).toEqual([
      [{ video: true, audio: false }],
      [
        {
          video: {
            width: { ideal: 640 },
            height: { ideal: 480 },
            frameRate: { ideal: 30 },
            deviceId: { exact: 'front' },
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
