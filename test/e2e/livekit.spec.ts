/** The adapter for LiveKit with the classes of livekit-client themselves: what they call, when, and what is seen then. */
import type { Page } from '@playwright/test';
import { correlationOf } from '../support/correlation.ts';
import type { FilterName } from '../support/live-page.ts';
import { expect, footageFor, test as base, type OpenOptions } from './browser.ts';
import { camerasOn, levelsOf, receivedPixels } from './call-page.ts';
import { expectedView } from './expected-view.ts';
import type { Lab } from './pages/livekit/main.ts';
import { servePages, type ServedPages } from './pages/serve-pages.ts';
import { numberedPicture } from './view-pixels.ts';

const CAMERA = { width: 640, height: 360 } as const;
const ALIKE = 0.98;

const test = base.extend<{ openLab: (options?: OpenOptions) => Promise<Page> }, { pages: ServedPages }>({
  pages: [
    async ({}, use) => {
      const pages = await servePages();
      await use(pages);
      await pages.close();
    },
    { scope: 'worker' },
  ],
  openLab: async ({ openLive, pages }, use) => {
    await use(async (options = {}) => {
      const page = await openLive({ camera: CAMERA, path: pages.addressOf('livekit'), ...options });
      await page.waitForFunction(() => Reflect.has(globalThis, 'lab'));
      return page;
    });
  },
});

/** How alike the view is to what the filter makes of the very frame that it shows. */
async function likeness(page: Page, filter: FilterName): Promise<number> {
  const { number, picture } = await numberedPicture(() => receivedPixels(page));
  return correlationOf(picture, expectedView(await footageFor(CAMERA), number, filter));
}

const expectSeen = (page: Page, filter: FilterName): Promise<void> =>
  expect.poll(() => likeness(page, filter), { message: `likeness to ${filter}` }).toBeGreaterThan(ALIKE);

async function openProcessed(page: Page, filter: string): Promise<string> {
  return page.evaluate(async (name) => {
    const lab = Reflect.get(globalThis, 'lab') as Lab;
    await lab.open();
    await lab.process(name);
    return lab.processor?.processedTrack?.id ?? '';
  }, filter);
}

type Told = Readonly<{
  processedId: string;
  readyState: string;
  isSent: boolean;
  isTheTracks: boolean;
  faults: readonly string[];
}>;

const tell = (page: Page): Promise<Told> =>
  page.evaluate(() => {
    const { processor, sender, track, faults } = Reflect.get(globalThis, 'lab') as Lab;
    const processed = processor?.processedTrack;
    return {
      processedId: processed?.id ?? '',
      readyState: processed?.readyState ?? '',
      isSent: processed !== undefined && sender.track === processed,
      isTheTracks: track?.mediaStreamTrack === processed,
      faults,
    };
  });

const going = (processedId: string): Told => ({
  processedId,
  readyState: 'live',
  isSent: true,
  isTheTracks: true,
  faults: [],
});

test('setProcessor shows and sends the filtered picture; stopProcessor gives the camera back', async ({
  openLab,
}) => {
  const page = await openLab();
  const id = await openProcessed(page, 'edge');
  await expectSeen(page, 'edge');
  expect(await tell(page)).toEqual(going(id));
  await page.evaluate(() => (Reflect.get(globalThis, 'lab') as Lab).track?.stopProcessor());
  await expectSeen(page, 'none');
  expect(await tell(page)).toEqual({ ...going(''), readyState: '', isSent: false, isTheTracks: false });
  await expect.poll(() => camerasOn(page)).toHaveLength(1);
  expect(
    await page.evaluate(() => {
      const { track, sender, processor } = Reflect.get(globalThis, 'lab') as Lab;
      return { isSent: sender.track === track?.mediaStreamTrack, pipeline: processor?.pipeline };
    }),
  ).toEqual({ isSent: true, pipeline: null });
  await page.evaluate(() => (Reflect.get(globalThis, 'lab') as Lab).track?.stop());
  await expect.poll(() => camerasOn(page)).toEqual([]);
});

test('setFilter and setParams change what is sent, on the same track', async ({ openLab }) => {
  const page = await openLab();
  const id = await openProcessed(page, 'edge');
  await expectSeen(page, 'edge');
  await page.evaluate(async () => {
    const { processor, filter } = Reflect.get(globalThis, 'lab') as Lab;
    await processor?.setFilter(filter('blur'), { sigma: 1 });
    await processor?.setParams({ sigma: 4 });
  });
  await expectSeen(page, 'blur');
  expect(await tell(page)).toEqual(going(id));
});

test('another camera goes on with the same processed track', async ({ openLab }) => {
  const page = await openLab({
    camera: 'test-pattern',
    args: ['--use-fake-device-for-media-stream=device-count=2,fps=30'],
  });
  const id = await openProcessed(page, 'none');
  const green = async (): Promise<number> => {
    const { mean } = levelsOf(await receivedPixels(page));
    return mean[1] - mean[0];
  };
  const choose = (label: string): Promise<boolean> =>
    page.evaluate(async (wanted) => {
      const devices = await navigator.mediaDevices.enumerateDevices();
      const { deviceId = '' } = devices.find((device) => device.label === wanted) ?? {};
      const { track } = Reflect.get(globalThis, 'lab') as Lab;
      return (await track?.setDeviceId({ exact: deviceId })) ?? false;
    }, label);
  await expect.poll(green, { message: 'the first camera is green' }).toBeGreaterThan(80);
  expect(await choose('fake_device_1')).toBe(true);
  await expect.poll(green, { message: 'the second is not' }).toBeLessThan(10);
  expect(levelsOf(await receivedPixels(page)).highest, 'its clock').toBeGreaterThan(60);
  expect(await tell(page)).toEqual(going(id));
  expect(await camerasOn(page)).toEqual(['fake_device_1']);
  expect(await choose('fake_device_0')).toBe(true);
  await expect.poll(green, { message: 'the first again' }).toBeGreaterThan(80);
  expect(await tell(page)).toEqual(going(id));
});

test('mute turns the camera off, unmute goes on with the same processed track', async ({ openLab }) => {
  const page = await openLab();
  const id = await openProcessed(page, 'edge');
  await expectSeen(page, 'edge');
  await page.evaluate(() => (Reflect.get(globalThis, 'lab') as Lab).track?.mute());
  await expect.poll(() => camerasOn(page), { message: 'the camera’s light goes out' }).toEqual([]);
  expect((await tell(page)).readyState).toBe('live');
  const status = (): Promise<string> =>
    page.evaluate(async () => {
      const { processor } = Reflect.get(globalThis, 'lab') as Lab;
      return new Promise<string>((resolve) => {
        processor?.pipeline?.state$.subscribe((state) => resolve(state.status)).unsubscribe();
      });
    });
  await expect.poll(status).toBe('interrupted');
  await page.evaluate(() => (Reflect.get(globalThis, 'lab') as Lab).track?.unmute());
  await expectSeen(page, 'edge');
  await expect.poll(status).toBe('running');
  expect(await tell(page)).toEqual(going(id));
  expect(await camerasOn(page)).toHaveLength(1);
});

test('stopping the track lets everything go, and the processor serves another track then', async ({
  openLab,
}) => {
  const page = await openLab();
  await openProcessed(page, 'edge');
  await expectSeen(page, 'edge');
  const ended = await page.evaluate(async () => {
    const { track, processor } = Reflect.get(globalThis, 'lab') as Lab;
    const { pipeline, processedTrack } = processor ?? {};
    const isOver = new Promise<void>((resolve) => {
      pipeline?.state$.subscribe({ complete: resolve });
    });
    track?.stop();
    await isOver;
    return processedTrack?.readyState;
  });
  expect(ended).toBe('ended');
  await expect.poll(() => camerasOn(page)).toEqual([]);
  expect((await tell(page)).faults).toEqual([]);
  await page.evaluate(async () => {
    const lab = Reflect.get(globalThis, 'lab') as Lab;
    await lab.open();
    if (lab.processor !== null) await lab.track?.setProcessor(lab.processor);
  });
  await expectSeen(page, 'edge');
});

test('what can not be processed is refused by name, and nothing is left running', async ({ openLab }) => {
  const page = await openLab();
  const refusals = await page.evaluate(async () => {
    const lab = Reflect.get(globalThis, 'lab') as Lab;
    await lab.open();
    await lab.process('edge');
    const raw = lab.track?.mediaStream?.getVideoTracks()[0];
    if (lab.track === null || lab.processor === null || raw === undefined) return [];
    const sound = new AudioContext().createMediaStreamDestination().stream.getAudioTracks()[0];
    const ended = raw.clone();
    ended.stop();
    const told: string[] = [];
    const refused = async (work: Promise<unknown> | undefined): Promise<void> => {
      await work?.then(
        () => told.push('not refused'),
        (error: unknown) => told.push(String(error)),
      );
    };
    const { kind } = lab.track;
    await refused(lab.processor.setFilter(lab.filter('blur'), { sigma: -1 }));
    await refused(lab.processor.init({ kind, track: raw }));
    if (sound !== undefined) await refused(lab.processor.restart({ kind, track: sound }));
    await lab.track.stopProcessor();
    await refused(lab.processor.init({ kind, track: ended }));
    told.push(lab.processor.pipeline === null ? 'no pipeline' : 'a pipeline');
    return told;
  });
  expect(refusals).toEqual([
    expect.stringMatching(/^RangeError: .*sigma/),
    expect.stringMatching(/^TypeError: .*one track/),
    expect.stringMatching(/^TypeError: .*audio|sound/),
    expect.stringMatching(/^TypeError: .*ended/),
    'no pipeline',
  ]);
  await expect.poll(() => camerasOn(page)).toHaveLength(1);
});
