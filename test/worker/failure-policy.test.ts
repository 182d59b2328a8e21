/** What leaves a pipeline while its filter fails and while its device is away: every frame is looked at. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { FailurePolicy } from '../../src/frames/failure-policy.ts';
import { picturesOf } from './read-recording.ts';
import { DARKEN, DARKER, seenIn, WatchedPipeline, type Seen } from './watched-pipeline.ts';

let pipeline: WatchedPipeline;

beforeEach(() => {
  pipeline = new WatchedPipeline();
});
afterEach(async () => {
  await pipeline.close();
});

/** What may be seen while there is no filtered picture. */
const STAND_INS: Readonly<Record<FailurePolicy, readonly Seen[]>> = {
  freeze: [],
  black: ['black'],
  passthrough: ['raw'],
};
const CASES = (['freeze', 'black', 'passthrough'] as const).flatMap((policy) => (['pixels', 'canvas'] as const).map((outputPath) => ({ policy, outputPath }))); // prettier-ignore

/** The kinds of pictures in their order, each told once while it lasts. */
const phases = () => pipeline.frames.map(({ seen }) => seen).filter((seen, i, all) => seen !== all[i - 1]);

function expectOrder(): void {
  const times = pipeline.frames.map(({ timestampUs }) => timestampUs);
  const late = times.filter((time, i) => i > 0 && time < Math.max(...times.slice(0, i)));
  // One that was in flight when another was shown in its place.
  expect(late.length).toBeLessThanOrEqual(2);
}

describe.each(CASES)("policy '$policy', shown as $outputPath", ({ policy, outputPath }) => {
  test('a filter that throws under way', async () => {
    await pipeline.open({ failurePolicy: policy, transport: { outputPath } });
    pipeline.play();
    await pipeline.whenSeen('filtered', 5);
    await pipeline.tell('throw');
    const before = pipeline.frames.length;
    await vi.waitFor(() => {
      expect(pipeline.diagnostics.length).toBeGreaterThan(5);
    });
    for (const seen of STAND_INS[policy]) await pipeline.whenSeen(seen, 3, before);
    await pipeline.tell('work');
    const after = pipeline.frames.length;
    await pipeline.whenSeen('filtered', 5, after);
    expect(phases()).toEqual(['filtered', ...STAND_INS[policy].flatMap((seen) => [seen, 'filtered'])]);
    expectOrder();
    expect(pipeline.isSound).toBe(true);
    expect(pipeline.ended).toEqual([]);
  });

  test('a device that is lost under way', async () => {
    await pipeline.open({ failurePolicy: policy, transport: { outputPath } });
    pipeline.play();
    await pipeline.whenSeen('filtered', 5);
    const before = pipeline.frames.length;
    await pipeline.tell('lose');
    await vi.waitFor(() => {
      expect(pipeline.diagnostics.map(({ code }) => code)).toContain('context-lost');
    });
    await vi.waitFor(
      () => {
        expect(pipeline.stats?.droppedBy.failed).toBeGreaterThan(0);
      },
      { timeout: 5000 },
    );
    for (const seen of STAND_INS[policy]) await pipeline.whenSeen(seen, 1, before);
    await pipeline.whenSeen('filtered', 10, before + 1);
    expect(phases()).toEqual(['filtered', ...STAND_INS[policy].flatMap((seen) => [seen, 'filtered'])]);
    expectOrder();
    expect(pipeline.isSound).toBe(true);
  });
});

/** What left a canvas of the page, at each repaint. */
async function seenOn(canvas: HTMLCanvasElement, until: () => boolean): Promise<readonly Seen[]> {
  const seen: Seen[] = [];
  const context = new OffscreenCanvas(64, 48).getContext('2d', { willReadFrequently: true })!;
  while (!until()) {
    await new Promise(requestAnimationFrame);
    context.drawImage(canvas, 0, 0, 64, 48);
    const now = seenIn(context.getImageData(0, 0, 64, 48).data);
    if (now !== seen.at(-1)) seen.push(now);
  }
  return seen;
}

test.each(['freeze', 'black', 'passthrough'] as const)("a canvas under '%s'", async (policy) => {
  const canvas = document.createElement('canvas');
  await pipeline.open({ canvas: canvas.transferControlToOffscreen(), failurePolicy: policy });
  pipeline.play();
  const shown = (count: number) => vi.waitFor(() => { expect(pipeline.stats?.shown).toBeGreaterThan(count); }, { timeout: 10_000 }); // prettier-ignore
  await shown(5);
  let isOver = false;
  const seen = seenOn(canvas, () => isOver);
  await pipeline.tell('throw');
  await vi.waitFor(() => {
    expect(pipeline.diagnostics.length).toBeGreaterThan(10);
  });
  await pipeline.tell('lose');
  await pipeline.tell('work');
  const { shown: before } = await pipeline.client.stats();
  await shown(before + 10);
  isOver = true;
  const kinds = await seen;
  expect(new Set(kinds)).toEqual(new Set(['filtered', ...STAND_INS[policy]]));
  expect([kinds[0], kinds.at(-1)]).toEqual(['filtered', 'filtered']);
});

describe.each(['freeze', 'black'] as const)("under '%s' no frame leaves as it came", (policy) => {
  test('while it starts, and filters, sources and sizes change', async () => {
    await pipeline.open({ failurePolicy: policy });
    pipeline.play();
    await pipeline.whenSeen('filtered', 3);
    await pipeline.client.setGraph(DARKER);
    await pipeline.client.setSource({ kind: 'push' });
    pipeline.play(77, { width: 160, height: 120 });
    await pipeline.whenSeen('filtered', 5, pipeline.frames.length);
    await Promise.all([pipeline.client.setGraph(DARKEN), pipeline.client.setBudget({ load: 3 }), pipeline.tell('lose')]); // prettier-ignore
    await pipeline.whenSeen('filtered', 10, pipeline.frames.length);
    expect(phases().filter((seen) => seen !== 'filtered' && seen !== STAND_INS[policy][0])).toEqual([]);
    expect(new Set(pipeline.frames.map(({ width }) => width))).toEqual(new Set([64, 160]));
    expect(pipeline.isSound).toBe(true);
  });

  test('into a recording', async () => {
    await pipeline.open({ failurePolicy: policy });
    pipeline.play();
    await pipeline.whenSeen('filtered', 3);
    const told = () => undefined;
    const recorded = pipeline.client.record({ container: 'webm', sound: null, sink: null, isPositional: false }, { begun: told, stats: told }); // prettier-ignore
    await pipeline.whenSeen('filtered', 15, pipeline.frames.length);
    await pipeline.tell('lose');
    await pipeline.whenSeen('filtered', 20, pipeline.frames.length);
    await pipeline.client.commandRecording('stop');
    const { blob } = await recorded;
    let pictures = 0;
    let brightest = 0;
    for await (const { rgba } of picturesOf(blob!)) {
      pictures++;
      brightest = rgba.reduce((most, level, i) => (i % 4 === 3 ? most : Math.max(most, level)), brightest);
    }
    expect(pictures).toBeGreaterThan(20);
    // The footage has 255, the filter makes 89 of that, codecs overshoot a little.
    expect(brightest).toBeLessThan(130);
  });
});

test("a fault of all frames under 'black': black, then the end", async () => {
  await pipeline.open({ failurePolicy: 'black' });
  pipeline.play();
  await pipeline.whenSeen('filtered', 3);
  pipeline.pause();
  const tooWide = new VideoFrame(new Uint8Array(4 * 20_000 * 2).fill(255), { format: 'RGBX', codedWidth: 20_000, codedHeight: 2, timestamp: 9e9 }); // prettier-ignore
  await pipeline.client.push(tooWide, 9e9);
  await vi.waitFor(() => {
    expect(pipeline.ended).toMatchObject([{ code: 'frame-too-large' }]);
  });
  await pipeline.client.stop();
  await vi.waitFor(() => {
    expect(pipeline.frames.at(-1)).toMatchObject({ seen: 'black', width: 64 });
  });
  expect(phases()).toEqual(['filtered', 'black']);
  await expect(pipeline.client.setSource({ kind: 'push' })).rejects.toMatchObject({ code: 'aborted' });
});
