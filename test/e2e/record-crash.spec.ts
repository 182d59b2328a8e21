/** What was recorded into a file survives a crash of the page: another page finds it, plays it, and seeks in it. */
import { fileURLToPath } from 'node:url';
import { expect, test, type Page } from '@playwright/test';
import type * as Pipelines from '../../pipelines/index.ts';
import type * as Clips from '../../src/clips.ts';
import type * as Convolux from '../../src/index.ts';

/** As the server gives them, so that both entries share what they are made of. */
const moduleAt = (path: string) => `/@fs${fileURLToPath(new URL(`../../${path}`, import.meta.url))}`;
const modules = {
  convolux: moduleAt('src/index.ts'),
  clips: moduleAt('src/clips.ts'),
  pipelines: moduleAt('pipelines/index.ts'),
};

type RecordArguments = Readonly<{ modules: typeof modules; container: 'mp4' | 'webm'; seconds: number }>;

/** Records a test pattern with a tone, and answers how long after so many seconds; it goes on recording. */
function recordInPage({
  modules: { convolux, clips, pipelines },
  container,
  seconds,
}: RecordArguments): Promise<number> {
  const start = async (): Promise<number> => {
    const { openPipeline } = (await import(/* @vite-ignore */ convolux)) as typeof Convolux;
    const { record } = (await import(/* @vite-ignore */ clips)) as typeof Clips;
    const { none } = (await import(/* @vite-ignore */ pipelines)) as typeof Pipelines;
    const root = await navigator.storage.getDirectory();
    const sink = await root.getFileHandle(`crash.${container}`, { create: true });
    const audio = new AudioContext();
    const tone = audio.createOscillator();
    const destination = audio.createMediaStreamDestination();
    tone.connect(destination);
    tone.start();
    const output = document.createElement('canvas');
    document.body.append(output);
    const source = { kind: 'pattern', width: 320, height: 240 } as const;
    const pipeline = openPipeline({ source, filter: none, output });
    const recording = record(pipeline, { container, sink, audio: destination.stream.getAudioTracks()[0]! });
    return new Promise<number>((resolve, reject) => {
      recording.stats$.subscribe(({ durationS }) => {
        if (durationS >= seconds) resolve(durationS);
      });
      recording.state$.subscribe((state) => {
        if (state.status === 'failed') reject(state.error);
      });
    });
  };
  return start();
}

/** What a `<video>` makes of the file: its end, and where seeks arrive. */
async function playInPage(container: string) {
  const root = await navigator.storage.getDirectory();
  const file = await (await root.getFileHandle(`crash.${container}`)).getFile();
  const video = document.createElement('video');
  const event = (name: string) =>
    new Promise<void>((resolve, reject) => {
      video.addEventListener(name, () => resolve(), { once: true });
      video.addEventListener('error', () => reject(new Error(video.error?.message)), { once: true });
    });
  const seek = async (toS: number): Promise<number> => {
    const sought = event('seeked');
    video.currentTime = toS;
    await sought;
    return video.currentTime;
  };
  const loaded = event('loadeddata');
  video.src = URL.createObjectURL(file);
  await loaded;
  // A file that nobody finished may not tell its length: its end does.
  const endS = await seek(1e6);
  return { endS, middleS: await seek(endS / 2), width: video.videoWidth, height: video.videoHeight };
}

async function crash(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent('crash');
  // Never answered: there is nobody left to do so.
  session.send('Page.crash').catch(() => undefined);
  await crashed;
}

for (const container of ['mp4', 'webm'] as const) {
  test(`a page that crashes leaves an ${container} of all but the last seconds`, async ({ context }) => {
    const page = await context.newPage();
    await page.goto('/clip/');
    const recordedS = await page.evaluate(recordInPage, { modules, container, seconds: 5 });
    await crash(page);
    const other = await context.newPage();
    await other.goto('/clip/');
    const played = await other.evaluate(playInPage, container);
    expect(played).toMatchObject({ width: 320, height: 240 });
    expect(played.endS).toBeGreaterThan(recordedS - 2.5);
    expect(played.endS).toBeLessThan(recordedS + 2);
    expect(played.middleS).toBeCloseTo(played.endS / 2, 1);
  });
}
