/** The filter of clips: frames of a long clip are computed by faster programs than those of a short one, to the same bytes. */
import { expect, test } from 'vitest';
import { Ledger } from '../../src/core/ledger.ts';
import { openFrameFilter } from '../../src/engine/frame-filter.ts';
import { FrameLease } from '../../src/frames/frame-lease.ts';
import type { Filter } from '../../src/graph/filter.ts';
import { blur, edge, sharpen, spatiotemporalBlur, trail } from '../../pipelines/index.ts';

const [WIDTH, HEIGHT] = [160, 120];
const FRAMES = 40;
const FRAME_US = 33_333;

function pictureOf(timestamp: number): VideoFrame {
  const bytes = new Uint8Array((WIDTH * HEIGHT * 3) / 2);
  // Noise, from Lehmer's generator: each value of a byte has its turn.
  for (let i = 0, seed = 7; i < bytes.length; i++) bytes[i] = (seed = (seed * 48_271) % 2_147_483_647) >> 8;
  return new VideoFrame(bytes, { format: 'I420', codedWidth: WIDTH, codedHeight: HEIGHT, timestamp });
}

async function bytesOf(frame: VideoFrame): Promise<Uint8Array> {
  const bytes = new Uint8Array(frame.allocationSize());
  await frame.copyTo(bytes);
  frame.close();
  return bytes;
}

async function outputsOf(filter: Filter, ledger: Ledger): Promise<Uint8Array[]> {
  const run = openFrameFilter(filter.build(), ledger);
  const outputs: Uint8Array[] = [];
  try {
    for (let i = 0; i < FRAMES; i++) {
      const timestampUs = i * FRAME_US;
      const output = await run.run(new FrameLease(pictureOf(timestampUs), timestampUs, ledger), true);
      if (output !== null) outputs.push(await bytesOf(output));
    }
  } finally {
    run.dispose();
  }
  return outputs;
}

const isSame = (bytes: Uint8Array, others: Uint8Array | undefined): boolean =>
  bytes.length === others?.length && bytes.every((byte, at) => byte === others[at]);

test.each([edge, sharpen, blur])(
  'the same picture comes out of $name as often as it goes in',
  async (one) => {
    const ledger = new Ledger();
    const outputs = await outputsOf(one, ledger);
    expect(outputs).toHaveLength(FRAMES);
    const [first] = outputs;
    const differing = outputs.flatMap((bytes, i) =>
      bytes.every((byte, at) => byte === first?.[at]) ? [] : [i],
    );
    expect(differing).toEqual([]);
    expect(ledger.balance()).toMatchObject({ frames: 0, textures: 0, programs: 0, contexts: 0 });
  },
);

test.each([trail, spatiotemporalBlur])('two runs of $name are equal', async (one) => {
  const ledger = new Ledger();
  const [first, second] = [await outputsOf(one, ledger), await outputsOf(one, ledger)];
  expect(first.length).toBeGreaterThan(FRAMES / 2);
  expect(second.map((bytes, i) => isSame(bytes, first[i]))).not.toContain(false);
  expect(second).toHaveLength(first.length);
});
