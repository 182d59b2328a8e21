/** Who holds which camera, against fakes: pipelines of one page that ask for the same share one. */
import { afterEach, expect, test, vi } from 'vitest';
import { holdCamera } from '../../src/frames/page/shared-cameras.ts';

class FakeTrack extends EventTarget {
  readyState = 'live';

  stop(): void {
    this.readyState = 'ended';
  }
}

/** Gives tracks when it is told to. */
function fakeCameras() {
  const tracks: FakeTrack[] = [];
  const asked: unknown[] = [];
  let answer: ((error?: DOMException) => void)[] = [];
  const getUserMedia = (constraints: unknown) => {
    asked.push(constraints);
    return new Promise((resolve, reject) => {
      answer.push((error) => {
        const track = new FakeTrack();
        if (error !== undefined) {
          reject(error);
          return;
        }
        tracks.push(track);
        resolve({ getVideoTracks: () => [track] });
      });
    });
  };
  vi.stubGlobal('navigator', { mediaDevices: { getUserMedia } });
  return {
    tracks,
    asked,
    answer: (error?: DOMException) => {
      const waiting = answer;
      answer = [];
      for (const give of waiting) give(error);
    },
  };
}

const nothing = (): void => undefined;

afterEach(() => {
  vi.unstubAllGlobals();
});

test('the same is opened once, and stopped by the last who lets it go', async () => {
  const cameras = fakeCameras();
  const holding = [holdCamera({ width: 640 }, {}, nothing), holdCamera({ width: 640 }, {}, nothing)];
  cameras.answer();
  const [first, second] = await Promise.all(holding);
  expect(cameras.asked).toHaveLength(1);
  expect(first?.track).toBe(second?.track);
  first?.release();
  first?.release();
  expect(cameras.tracks[0]?.readyState).toBe('live');
  second?.release();
  expect(cameras.tracks[0]?.readyState).toBe('ended');
  const again = holdCamera({ width: 640 }, {}, nothing);
  cameras.answer();
  (await again).release();
  expect(cameras.asked).toHaveLength(2);
});

test('something else is another camera', async () => {
  const cameras = fakeCameras();
  const holding = [holdCamera({ width: 640 }, {}, nothing), holdCamera({ deviceId: 'b' }, {}, nothing)];
  cameras.answer();
  for (const held of await Promise.all(holding)) held.release();
  expect(cameras.asked).toHaveLength(2);
  expect(cameras.tracks.map(({ readyState }) => readyState)).toEqual(['ended', 'ended']);
});

test('one that goes away is told to all who hold it, and opened anew for the next', async () => {
  const cameras = fakeCameras();
  const told = vi.fn();
  const holding = [holdCamera({}, {}, told), holdCamera({}, {}, told)];
  cameras.answer();
  const held = await Promise.all(holding);
  cameras.tracks[0]?.dispatchEvent(new Event('ended'));
  expect(told).toHaveBeenCalledTimes(2);
  const next = holdCamera({}, {}, told);
  cameras.answer();
  for (const one of [...held, await next]) one.release();
  expect(cameras.asked).toHaveLength(2);
  expect(cameras.tracks.map(({ readyState }) => readyState)).toEqual(['ended', 'ended']);
});

test('one that nobody waits for any more is stopped when it comes', async () => {
  const cameras = fakeCameras();
  const nobody = new AbortController();
  const held = holdCamera({}, { signal: nobody.signal }, nothing);
  nobody.abort();
  cameras.answer();
  await expect(held).rejects.toMatchObject({ code: 'aborted' });
  expect(cameras.tracks[0]?.readyState).toBe('ended');
});

test('one of two who gives up leaves it to the other', async () => {
  const cameras = fakeCameras();
  const nobody = new AbortController();
  const given = holdCamera({}, { signal: nobody.signal }, nothing);
  const held = holdCamera({}, {}, nothing);
  nobody.abort();
  cameras.answer();
  await expect(given).rejects.toMatchObject({ code: 'aborted' });
  expect((await held).track.readyState).toBe('live');
  (await held).release();
  expect(cameras.tracks[0]?.readyState).toBe('ended');
});

test('what it fails with is told to all who asked, and the next one asks anew', async () => {
  const cameras = fakeCameras();
  const holding = [holdCamera({}, {}, nothing), holdCamera({}, {}, nothing)];
  cameras.answer(new DOMException('no', 'NotAllowedError'));
  for (const held of holding) await expect(held).rejects.toMatchObject({ code: 'camera-denied' });
  const next = holdCamera({}, {}, nothing);
  cameras.answer();
  (await next).release();
  expect(cameras.asked).toHaveLength(2);
});
