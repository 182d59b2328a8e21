/** `<convolux-video>` that comes, moves and goes, and several of them: what runs goes on, and what is over leaves nothing. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { made, moreFrames, mount, nextTask, running, until } from './run-element.ts';

/** What the page holds that has to be given back. */
const held = { workers: new Set<Worker>(), tracks: new Set<MediaStreamTrack>(), made: 0 };

beforeEach(() => {
  held.workers.clear();
  held.tracks.clear();
  held.made = 0;
  const PlainWorker = Worker;
  vi.stubGlobal(
    'Worker',
    class extends PlainWorker {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        held.made += 1;
        held.workers.add(this);
      }
      override terminate(): void {
        held.workers.delete(this);
        super.terminate();
      }
    },
  );
  const Generator = (globalThis as unknown as { MediaStreamTrackGenerator: new (options: object) => MediaStreamTrack }).MediaStreamTrackGenerator; // prettier-ignore
  vi.stubGlobal(
    'MediaStreamTrackGenerator',
    class extends Generator {
      constructor(options: object) {
        super(options);
        held.tracks.add(this);
      }
    },
  );
  const { mediaDevices } = navigator;
  const getUserMedia = mediaDevices.getUserMedia.bind(mediaDevices);
  vi.spyOn(mediaDevices, 'getUserMedia').mockImplementation(async (constraints) => {
    const stream = await getUserMedia(constraints);
    for (const track of stream.getTracks()) held.tracks.add(track);
    return stream;
  });
});

afterEach(async () => {
  const elements = [...document.querySelectorAll('convolux-video')];
  document.body.replaceChildren();
  await Promise.all(elements.map((element) => element.stop()));
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const liveTracks = (): number => [...held.tracks].filter(({ readyState }) => readyState === 'live').length;

describe('an element that is moved', () => {
  test('in one task goes on as it was', async () => {
    const element = await running();
    const { pipeline } = element;
    const states: string[] = [];
    element.addEventListener('statechange', ({ detail }) => states.push(detail.status));
    const [a, b] = [document.createElement('div'), document.createElement('section')];
    document.body.append(a, b);
    for (const place of [a, b, document.body]) {
      place.append(element);
      await moreFrames(element);
    }
    element.remove();
    await Promise.resolve();
    a.append(element);
    await moreFrames(element);
    b.moveBefore(element, null);
    await moreFrames(element);
    expect(states).toEqual([]);
    expect(element.pipeline).toBe(pipeline);
    const video = element.shadowRoot!.querySelector('video')!;
    expect(video.paused).toBe(false);
    element.remove();
    // As browsers do with what is in no document, some of them at once.
    video.pause();
    document.body.append(element);
    expect(video.paused).toBe(false);
    const { currentTime } = video;
    await until(() => {
      expect(video.currentTime).toBeGreaterThan(currentTime);
    });
  });

  test('to another document keeps its looks', () => {
    const frame = document.createElement('iframe');
    document.body.append(frame);
    const element = mount({ controls: true });
    frame.contentDocument!.body.append(element);
    expect(element.shadowRoot!.adoptedStyleSheets).toHaveLength(1);
    expect(frame.contentWindow!.getComputedStyle(element).display).toBe('block');
  });
});

describe('an element that is taken out', () => {
  test('stops, and releases the camera', async () => {
    const element = await running({ source: 'camera' });
    const stream = element.captureStream();
    expect(liveTracks()).toBeGreaterThan(1);
    element.remove();
    await until(() => {
      expect(element.state).toBe('stopped');
      expect(liveTracks()).toBe(0);
      expect(held.workers.size).toBe(0);
    });
    expect(stream.getVideoTracks()[0]!.readyState).toBe('ended');
    // And may come back.
    document.body.append(element);
    await nextTask();
    expect(element.state).toBe('stopped');
    await element.start();
    await moreFrames(element);
  });

  test('while it starts releases the camera too', async () => {
    const element = mount({ source: 'camera' });
    const started = element.start();
    element.remove();
    await expect(started).rejects.toMatchObject({ code: 'aborted' });
    await element.stop();
    await until(() => {
      expect([held.workers.size, liveTracks()]).toEqual([0, 0]);
    });
  });

  test('starts again with its next stay where it starts by itself', async () => {
    const element = mount({ source: 'pattern', autostart: true });
    await until(() => {
      expect(element.state).toBe('running');
    });
    element.remove();
    await until(() => {
      expect(element.state).toBe('stopped');
    });
    document.body.append(element);
    await until(() => {
      expect(element.state).toBe('running');
    });
  });

  test('before it was ever in stops as well', async () => {
    const element = made({ source: 'pattern' });
    await expect(element.start()).rejects.toMatchObject({ code: 'aborted' });
    const later = made({ source: 'pattern' });
    const started = later.start();
    document.body.append(later);
    await started;
    await moreFrames(later);
  });
});

test('a thousand that come and go leave nothing', async () => {
  for (let i = 0; i < 1000; i++) {
    const element = mount({ filter: 'edge', controls: true, params: '{"strength":2}' });
    if (i % 100 === 0) await nextTask();
    element.remove();
  }
  await nextTask();
  expect(held.made).toBe(0);
  const faults: string[] = [];
  for (let i = 0; i < 24; i++) {
    const element = await running();
    element.addEventListener('error', ({ detail }) => faults.push(detail.message));
    await moreFrames(element);
    element.remove();
    await nextTask();
    await element.stop();
  }
  // A worker that ended with frames or textures still open says so.
  expect(faults).toEqual([]);
  expect(held.made).toBeGreaterThanOrEqual(24);
  expect([held.workers.size, liveTracks()]).toEqual([0, 0]);
}, 180_000);

describe('two elements', () => {
  test('run side by side, each with its own filter', async () => {
    const [a, b] = await Promise.all([running(), running()]);
    b.filter = 'blur';
    await until(() => {
      expect(a.stats?.shown).toBeGreaterThan(5);
      expect(b.stats?.shown).toBeGreaterThan(5);
    });
    await a.stop();
    await moreFrames(b);
    expect(a.shadowRoot!.adoptedStyleSheets[0]).toBe(b.shadowRoot!.adoptedStyleSheets[0]);
  });

  test('share one camera, and it is on until the last one stops', async () => {
    const [a, b] = await Promise.all([running({ source: 'camera' }), running({ source: 'camera' })]);
    await Promise.all([moreFrames(a), moreFrames(b)]);
    expect(navigator.mediaDevices.getUserMedia).toHaveBeenCalledTimes(1);
    await a.stop();
    await moreFrames(b);
    await b.stop();
    await until(() => {
      expect(liveTracks()).toBe(0);
    });
  });

  test('on a camera that can not be shared: one fails by name, and stays usable', async () => {
    const a = await running({ source: 'camera' });
    vi.mocked(navigator.mediaDevices.getUserMedia).mockRejectedValue(
      new DOMException('Not allowed', 'NotAllowedError'),
    );
    const b = mount({ source: 'camera', device: 'another' });
    await expect(b.start()).rejects.toMatchObject({ code: 'camera-denied' });
    await moreFrames(a);
    b.source = 'pattern';
    await b.start();
    await moreFrames(b);
  });
});
