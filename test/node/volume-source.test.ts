/** A volume as frames: every slice in its order, the neighbours of the one that is shown before it, and time that goes back. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isSettled, Ledger } from '../../src/core/ledger.ts';
import { sliceReach } from '../../src/engine/slice-reach.ts';
import { VolumeSource, type SliceReach, type VolumeOptions, type VolumeState } from '../../src/frames/worker/volume-source.ts'; // prettier-ignore
import { conv3d, frameAt, graph, luma, stack, temporal, type GraphValue } from '../../src/index.ts';
import { tensor } from '../../src/core/tensor.ts';

const SLICES = 6;

/** A browser's frame of which only the luma's first byte is looked at: each slice is of one grey. */
class GreyFrame {
  readonly level: number;
  readonly timestamp: number;
  constructor(bytes: Uint8Array, { timestamp }: VideoFrameBufferInit) {
    this.level = bytes[0] ?? NaN;
    this.timestamp = timestamp;
  }
  close(): void {
    return undefined;
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('VideoFrame', GreyFrame);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

type Sent = Readonly<{ slice: number; timestampUs: number; isLeadIn: boolean; atMs: number }>;

/** Computes each frame in `costMs`; `fate` says what becomes of it. */
function run(
  options: Partial<VolumeOptions> = {},
  { costMs = 2, reach, fate = () => 'done' }: Readonly<{ costMs?: number; reach?: SliceReach; fate?: (sent: Sent) => 'done' | 'lost' }> = {}, // prettier-ignore
) {
  const ledger = new Ledger();
  const data = Uint8Array.from({ length: SLICES * 4 }, (_, i) => 10 * Math.floor(i / 4));
  const states: VolumeState[] = [];
  const source = new VolumeSource(
    { voxels: { data, shape: [SLICES, 2, 2] }, sliceMs: 40, slice: 0, isPlaying: false, ...options },
    ledger,
    (state) => states.push(state),
  );
  if (reach !== undefined) source.see(reach);
  const sent: Sent[] = [];
  let open = 0;
  const stop = source.start({
    frame: (lease) => {
      expect(++open, 'one at a time').toBe(1);
      const { level } = lease.frame as unknown as GreyFrame;
      const one = { slice: level / 10, timestampUs: lease.timestampUs, isLeadIn: lease.isLeadIn, atMs: performance.now() }; // prettier-ignore
      sent.push(one);
      lease.release();
      setTimeout(() => {
        open--;
        if (fate(one) === 'lost') source.lost();
        else source.done(!one.isLeadIn);
      }, costMs);
    },
    end: () => expect.unreachable(),
  });
  const slices = () => sent.map(({ slice }) => slice);
  const shown = () => sent.filter(({ isLeadIn }) => !isLeadIn).map(({ slice }) => slice);
  return { source, sent, slices, shown, states, stop, ledger };
}

describe('playing', () => {
  test('each slice once, in order, at its time on the clock and in its own; then time goes back', () => {
    const { sent, slices, states, stop, ledger } = run({ isPlaying: true });
    vi.advanceTimersByTime(40 * 8 - 1);
    expect(slices()).toEqual([0, 1, 2, 3, 4, 5, 0, 1]);
    expect(sent.map(({ atMs }) => atMs - (sent[0]?.atMs ?? NaN))).toEqual([
      0, 40, 80, 120, 160, 200, 240, 280,
    ]);
    const own = sent.slice(0, 6).map(({ timestampUs }) => timestampUs);
    expect(own).toEqual([0, 40e3, 80e3, 120e3, 160e3, 200e3]);
    // By more than what comes late could be.
    expect(sent[6]?.timestampUs).toBeLessThan(-1e6);
    expect((sent[7]?.timestampUs ?? NaN) - (sent[6]?.timestampUs ?? NaN)).toBe(40e3);
    expect(states.map(({ slice }) => slice)).toEqual([0, 1, 2, 3, 4, 5, 0, 1].slice(0, states.length));
    expect(states.at(-1)).toMatchObject({ slices: 6, isPlaying: true });
    stop();
    vi.advanceTimersByTime(1000);
    expect(slices()).toHaveLength(8);
    expect(isSettled(ledger.balance())).toBe(true);
  });

  test('what sees both sides gets the ends again and again, and shows every slice', () => {
    const { slices, shown, states } = run({ isPlaying: true }, { reach: { before: 1, after: 2 } });
    vi.advanceTimersByTime(2000);
    expect(slices().slice(0, 13)).toEqual([0, 0, 1, 2, 3, 4, 5, 5, 5, 0, 0, 1, 2]);
    expect(shown().slice(0, 7)).toEqual([2, 3, 4, 5, 5, 5, 2]);
    expect(states.map(({ slice }) => slice).slice(0, 8)).toEqual([0, 1, 2, 3, 4, 5, 0, 1]);
  });

  test('no faster than half of the time is free, nor than is asked for', () => {
    const slow = run({ isPlaying: true }, { costMs: 100 });
    vi.advanceTimersByTime(1050);
    expect(slow.slices()).toEqual([0, 1, 2, 3, 4, 5]);
    const asked = run({ isPlaying: true });
    asked.source.limit(10);
    vi.advanceTimersByTime(350);
    expect(asked.slices()).toEqual([0, 1, 2, 3]);
    asked.source.limit(null);
    vi.advanceTimersByTime(200);
    expect(asked.slices().length).toBeGreaterThan(6);
  });

  test('pauses where it is, and goes on from there', () => {
    const { source, slices, states } = run({ isPlaying: true });
    vi.advanceTimersByTime(100);
    source.pause();
    vi.advanceTimersByTime(1000);
    expect(slices()).toEqual([0, 1, 2]);
    expect(states.at(-1)).toEqual({ slice: 2, slices: 6, isPlaying: false });
    source.play();
    vi.advanceTimersByTime(50);
    expect(slices()).toEqual([0, 1, 2, 3, 4]);
  });
});

describe('a slice that is asked for', () => {
  const reach = { before: 1, after: 1 };

  test('comes after its neighbours, which are not shown, at once', () => {
    const { source, slices, shown, states, sent } = run({ slice: 3 }, { reach });
    vi.advanceTimersByTime(30);
    expect(slices()).toEqual([2, 3, 4]);
    expect(shown()).toEqual([4]);
    expect(states.at(-1)).toEqual({ slice: 3, slices: 6, isPlaying: false });
    source.goTo(1);
    vi.advanceTimersByTime(30);
    expect(slices().slice(3)).toEqual([0, 1, 2]);
    expect(states.at(-1)?.slice).toBe(1);
    // A sequence of its own, which time tells: also forwards, over a gap.
    source.goTo(5);
    vi.advanceTimersByTime(30);
    expect(slices().slice(6)).toEqual([4, 5, 5]);
    expect(sent[6]?.timestampUs).toBeLessThan(sent[3]?.timestampUs ?? NaN);
    expect(states.at(-1)?.slice).toBe(5);
  });

  test('at the ends sees the end itself beyond', () => {
    const { source, slices, states } = run({ slice: 0 }, { reach });
    vi.advanceTimersByTime(30);
    expect(slices()).toEqual([0, 0, 1]);
    source.goTo(5);
    vi.advanceTimersByTime(30);
    expect(slices().slice(3)).toEqual([4, 5, 5]);
    expect(states.at(-1)?.slice).toBe(5);
  });

  test('next to the one that is shown takes one more slice; one that a sequence did not lead up to takes all', () => {
    const { source, slices, states } = run({ slice: 2 }, { reach });
    vi.advanceTimersByTime(30);
    source.goTo(3);
    vi.advanceTimersByTime(30);
    expect(slices()).toEqual([1, 2, 3, 4]);
    source.goTo(1);
    vi.advanceTimersByTime(30);
    expect(slices().slice(4)).toEqual([0, 1, 2]);
    expect(states.at(-1)?.slice).toBe(1);
  });

  test('that changes on the way: the newest wins, and has all of its own neighbours', () => {
    const { source, slices, shown, states } = run({ slice: 3 }, { reach });
    // Slice 2 of the lead-in is under way.
    vi.advanceTimersByTime(1);
    source.goTo(2);
    vi.advanceTimersByTime(60);
    expect(slices()).toEqual([2, 1, 2, 3]);
    expect(shown()).toEqual([3]);
    expect(states.map(({ slice }) => slice)).toEqual([2]);
  });

  test('while it plays: it goes on from there', () => {
    const { source, states } = run({ isPlaying: true });
    vi.advanceTimersByTime(50);
    source.goTo(4);
    vi.advanceTimersByTime(60);
    expect(states.map(({ slice }) => slice)).toEqual([0, 1, 4, 5]);
  });
});

describe('what changes the picture without a slice that is asked for', () => {
  test('another filter: the slice is sent again, with what that one sees', () => {
    const { source, slices, states } = run({ slice: 3 });
    vi.advanceTimersByTime(30);
    source.see({ before: 2, after: 2 });
    vi.advanceTimersByTime(60);
    expect(slices()).toEqual([3, 1, 2, 3, 4, 5]);
    expect(states.map(({ slice }) => slice)).toEqual([3, 3]);
  });

  test('a slice that was lost: all that was to lead to it comes once more', () => {
    let losses = 1;
    const fate = ({ slice }: Sent) => (slice === 3 && losses-- > 0 ? 'lost' : 'done');
    const { slices, states } = run({ slice: 3 }, { reach: { before: 1, after: 1 }, fate });
    vi.advanceTimersByTime(400);
    expect(slices()).toEqual([2, 3, 2, 3, 4]);
    expect(states.map(({ slice }) => slice)).toEqual([3]);
  });
});

describe('a slice that is asked for', () => {
  test('is shown, though its frame was lost', () => {
    let losses = 1;
    const fate = ({ slice }: Sent) => (slice === 4 && losses-- > 0 ? 'lost' : 'done');
    const { source, states } = run({}, { fate });
    vi.advanceTimersByTime(100);
    source.goTo(4);
    vi.advanceTimersByTime(600);
    expect(states.at(-1)?.slice).toBe(4);
  });

  test('is shown, though another filter comes while its frame is under way', () => {
    const { source, states, shown } = run({}, { costMs: 20 });
    vi.advanceTimersByTime(100);
    source.goTo(4);
    vi.advanceTimersByTime(10);
    source.see({ before: 1, after: 1 });
    vi.advanceTimersByTime(600);
    expect(states.at(-1)?.slice).toBe(4);
    expect(shown().at(-1)).toBe(5);
  });
});

describe('what a filter sees', () => {
  const over = (build: (y: GraphValue) => GraphValue) => graph(({ frame }) => build(luma(frame)));
  const weights = tensor([3, 3, 3], new Float32Array(27).fill(1 / 27));
  const smooth = (y: GraphValue, frames: number, alignment: 'causal' | 'centered') =>
    frameAt(conv3d(stack(y, { frames, alignment }), { weights }), (frames - 1) / 2);

  test.each([
    ['nothing else', over((y) => y), { before: 0, after: 0 }],
    ['a centred stack', over((y) => smooth(y, 3, 'centered')), { before: 1, after: 1 }],
    ['a causal one', over((y) => smooth(y, 5, 'causal')), { before: 4, after: 0 }],
    [
      'one behind the other',
      over((y) => smooth(smooth(y, 3, 'centered'), 5, 'centered')),
      { before: 3, after: 3 },
    ],
    [
      'a window over seconds',
      over((y) => temporal(y, { window: { ms: 200 }, shape: 'box' })),
      { before: 5, after: 0 },
    ],
    ['about its middle', over((y) => temporal(y, { window: { ms: 200 }, shape: 'gaussian', alignment: 'centered' })), { before: 2, after: 3 }], // prettier-ignore
    [
      'a running mean',
      over((y) => temporal(y, { window: { ms: 100 }, shape: 'exponential' })),
      { before: 10, after: 0 },
    ],
    [
      'a very long one',
      over((y) => temporal(y, { window: { ms: 60000 }, shape: 'exponential' })),
      { before: 64, after: 0 },
    ],
  ] as const)('%s', (_name, filter, reach) => {
    expect(sliceReach(filter, 40)).toEqual(reach);
  });
});
