/**
 * Each thing that can fail is made to fail. The page then says what happened and what to do, shows the fault's code among
 * the details, lets the camera go, opens no dialog, throws nothing (browser.ts looks after these two), and still offers
 * what needs no camera.
 */
import type { Page } from '@playwright/test';
import { breakCamera, cameraUse, plugIn, unplugCamera } from './camera-spy.ts';
import { expect, test } from './browser.ts';
import { replaceScript, WORKER_SCRIPT } from './replace-script.ts';
import { button, expectAccount, framesShown, readFigures, startCamera } from '../support/live-page.ts';

type Expected = Readonly<{
  code: string;
  /** What happened, and what to do: both in words that a visitor reads without opening the details. */
  says: readonly [happened: RegExp, toDo: RegExp];
}>;

async function expectFault(page: Page, { code, says }: Expected): Promise<void> {
  const stage = page.locator('[data-role=stage]');
  for (const words of says) await expect(stage).toContainText(words, { useInnerText: true, timeout: 20_000 });
  // By attribute: each figure is an <output>, whose role is status too.
  await expect(page.locator('[role=status]')).toContainText(says[0]);
  await stage.getByText('Details').click();
  await expect(stage.getByText(new RegExp(`^\\s*${code}: \\S`))).toBeVisible();
  await expect
    .poll(async () => (await cameraUse(page)).live, { message: 'camera tracks that still run' })
    .toBe(0);
}

/** Where only the camera failed, everything else must still run. */
async function expectOtherSourcesRun(page: Page): Promise<void> {
  const stage = page.locator('[data-role=stage]');
  await expect(stage).toContainText(/sample clip/i, { useInnerText: true });
  await expect(stage).toContainText(/test pattern/i, { useInnerText: true });
  await button(page, 'Show test pattern').click();
  await framesShown(page, 3);
  await button(page, 'Play sample clip').click();
  await framesShown(page, 3);
}

test('no camera', async ({ openLive }) => {
  const page = await openLive({ camera: 'none' });
  await expect(page.getByText('No camera was found on this machine')).toBeVisible();
  await button(page, 'Start camera').click();
  await expectFault(page, { code: 'camera-missing', says: [/No camera found/, /Connect one/] });
  await expectOtherSourcesRun(page);
});

test('permission refused by the browser', async ({ openLive }) => {
  const page = await openLive({ granted: false, args: ['--deny-permission-prompts'] });
  await button(page, 'Start camera').click();
  await expectFault(page, { code: 'camera-denied', says: [/camera is not allowed/, /Allow the camera/] });
  await expectOtherSourcesRun(page);
});

for (const driver of ['auto', 'camera-utils']) {
  test(`permission refused, then granted: trying again starts the picture, driver ${driver}`, async ({
    openLive,
  }) => {
    const page = await openLive({ params: { driver } });
    await page.evaluate(() => {
      const { mediaDevices } = navigator;
      const granted = mediaDevices.getUserMedia.bind(mediaDevices);
      mediaDevices.getUserMedia = () => {
        mediaDevices.getUserMedia = granted;
        return Promise.reject(new DOMException('Permission denied', 'NotAllowedError'));
      };
    });
    await button(page, 'Start camera').click();
    await expectFault(page, { code: 'camera-denied', says: [/camera is not allowed/, /Allow the camera/] });
    await button(page, 'Try again').click();
    await framesShown(page, 3);
  });

  test(`camera in use by another program, driver ${driver}`, async ({ openLive }) => {
    const page = await openLive({
      params: { driver },
      prepare: (context) => breakCamera(context, 'NotReadableError', 'Could not start video source'),
    });
    await button(page, 'Start camera').click();
    await expectFault(page, { code: 'camera-busy', says: [/camera is in use/, /Close it there/] });
    await expectOtherSourcesRun(page);
  });

  test(`camera unplugged under way: told, let go, and back by itself when it is plugged in, driver ${driver}`, async ({
    openLive,
  }) => {
    const page = await openLive({ params: { driver } });
    await startCamera(page);
    await unplugCamera(page);
    const notices = page.locator('[data-role=notices]');
    await expect(notices).toContainText(/camera stopped.*goes on by itself/is);
    await expect(page.locator('[role=status]')).toContainText(/camera stopped/);
    expect((await cameraUse(page)).live).toBe(0);
    await plugIn(page);
    await expect(notices).not.toContainText(/camera stopped/);
    await framesShown(page, 3);
    await expect(page.locator('[role=status]')).toContainText('Camera · ');
    await button(page, 'Show test pattern').click();
    await framesShown(page, 3);
    await startCamera(page);
  });

  test(`camera unplugged for good: everything else runs, driver ${driver}`, async ({ openLive }) => {
    const page = await openLive({ params: { driver } });
    await startCamera(page);
    await unplugCamera(page);
    await expect(page.locator('[data-role=notices]')).toContainText(/camera stopped/);
    await button(page, 'Show test pattern').click();
    await framesShown(page, 3);
    await expect(page.locator('[data-role=notices]')).not.toContainText(/camera stopped/);
    await button(page, 'Play sample clip').click();
    await framesShown(page, 3);
  });
}

test('no camera interface at all, as on an address that is not secure', async ({ openLive }) => {
  const page = await openLive({
    prepare: (context) =>
      context.addInitScript(() =>
        Object.defineProperty(Navigator.prototype, 'mediaDevices', { value: undefined }),
      ),
  });
  await button(page, 'Start camera').click();
  await expectFault(page, { code: 'camera-unsupported', says: [/cannot be read here/, /https/] });
  await expectOtherSourcesRun(page);
});

test('the track processor in the worker: a picture where the browser has one, plain words where not', async ({
  openLive,
}) => {
  const page = await openLive({ params: { driver: 'worker-processor' } });
  const workerHasProcessor = await page.evaluate(async () => {
    const script = "postMessage('MediaStreamTrackProcessor' in self)";
    const worker = new Worker(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })));
    const answer = await new Promise<unknown>((resolve) => {
      worker.onmessage = ({ data }) => resolve(data);
    });
    worker.terminate();
    return answer;
  });
  await button(page, 'Start camera').click();
  if (workerHasProcessor === true) await framesShown(page, 3);
  else
    await expectFault(page, { code: 'camera-unsupported', says: [/cannot be read here/, /camera driver/] });
});

test('WebGL 2 missing', async ({ openLive }) => {
  // Neither a GPU nor its software stand-in; --disable-3d-apis would leave WebGL on in workers.
  const args = ['--disable-gpu', '--disable-software-rasterizer'];
  const page = await openLive({ args, expectLoggedErrors: true });
  await button(page, 'Start camera').click();
  await expectFault(page, {
    code: 'webgl2-missing',
    says: [/WebGL 2 is not available/, /hardware acceleration/],
  });
});

test('the worker script does not load; once it does, trying again starts the picture', async ({
  openLive,
}) => {
  const page = await openLive({
    expectLoggedErrors: true,
    prepare: (context) =>
      context.route(WORKER_SCRIPT, (route) => route.fulfill({ status: 404, body: 'gone' })),
  });
  await button(page, 'Start camera').click();
  await expectFault(page, { code: 'worker-missing', says: [/did not load/, /try again|reload/] });
  await page.context().unroute(WORKER_SCRIPT);
  await button(page, 'Try again').click();
  await framesShown(page, 3);
});

test('the worker ends under way: told, and the picture goes on by itself', async ({ openLive }) => {
  const page = await openLive();
  await startCamera(page);
  const [computing] = page.workers();
  // What the notice says is gone again within the second: it is watched, not looked for.
  const told = page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const notices = document.querySelector('[data-role=notices]')!;
        new MutationObserver(() => {
          if (notices.textContent !== '') resolve(notices.textContent);
        }).observe(notices, { childList: true, subtree: true });
      }),
  );
  // What a worker ends with that the system killed: nothing at all.
  await computing
    ?.evaluate(() => (self as unknown as Worker & { close(): void }).close())
    .catch(() => undefined);
  expect(await told).toMatch(/stopped working.*goes on by itself/is);
  await framesShown(page, 3);
  await expect(page.locator('[data-role=notices]')).not.toContainText(/stopped working/);
  await expect(page.locator('[role=status]')).toContainText('Camera · ');
  expectAccount(await readFigures(page));
});

test('every worker ends under way; once they do not, trying again starts the picture', async ({
  openLive,
}) => {
  const page = await openLive({
    expectLoggedErrors: true,
    prepare: async (context) => {
      // Two seconds after its start an error that nobody catches, as a fault of the worker's own code would be.
      const poison = 'setTimeout(() => { throw new Error("poisoned"); }, 2000);';
      await replaceScript(context, WORKER_SCRIPT, (text) => `${text}\n;${poison}`);
    },
  });
  await button(page, 'Start camera').click();
  await expectFault(page, { code: 'worker-crashed', says: [/stopped working/, /Trying again/] });
  await page.context().unroute(WORKER_SCRIPT);
  await button(page, 'Try again').click();
  await framesShown(page, 3);
});

test('a shader that does not compile', async ({ openLive }) => {
  let changed = (): number => 0;
  const page = await openLive({
    params: { filter: 'edge' },
    expectLoggedErrors: true,
    prepare: async (context) => {
      // Every GLSL program of ours starts with this line; an unknown directive after it breaks each of them.
      const version = '#version 300 es';
      changed = await replaceScript(context, /\.(ts|js)(\?|$)/, (text) =>
        text.replaceAll(version, `${version}\\n#error broken on purpose\\n`),
      );
    },
  });
  await button(page, 'Start camera').click();
  await expectFault(page, { code: 'shader-failed', says: [/does not run here/, /Choose another filter/] });
  expect(changed(), 'scripts with a shader in them').toBeGreaterThan(0);
});
