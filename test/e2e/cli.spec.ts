/** The command line as it is built, in a process and with a browser of its own, on a small clip. */
import { spawn, type ChildProcess } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { ALL_FORMATS, EncodedPacketSink, FilePathSource, Input } from 'mediabunny';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const RABBIT = join(ROOT, 'test/fixtures/rabbit-160x120.webm');
/** Enough work to be interrupted in: 144 frames of this size. */
const SLOW = ['--fps', '240', '--size', '1920x1080', '--codec', 'vp9'];

test.describe.configure({ timeout: 180_000 });

let folder = '';
test.beforeAll(async () => {
  // Whatever is to be built is, before time matters.
  const { status, out } = await convolux(['--version']);
  expect([status, out]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\n$/)]);
});
test.beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'convolux-cli-'));
});
test.afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const at = (...names: readonly string[]): string => join(folder, ...names);

test('a clip comes out with every frame at its own time', async () => {
  const { status, err, events } = await convolux([
    ...['clip', RABBIT, '--filter', 'edge', '--param', 'strength=2', '--out', at('out.mp4'), '--json'],
  ]);
  expect([status, err]).toEqual([0, '']);
  expect(readdirSync(folder)).toEqual(['out.mp4']);
  const [before, after] = [await clipOf(RABBIT), await clipOf(at('out.mp4'))];
  expect(before.timestamps).toHaveLength(18);
  expect(after.format).toBe('MP4');
  expect([after.width, after.height]).toEqual([160, 120]);
  expect(after.timestamps).toHaveLength(before.timestamps.length);
  after.timestamps.forEach((timestamp, index) => {
    expect(timestamp).toBeCloseTo(before.timestamps[index] ?? NaN, 3);
  });
  expect(events[0]).toEqual({ event: 'start', input: RABBIT, output: at('out.mp4'), filter: 'edge' });
  expect(events.at(-2)).toMatchObject({ event: 'done', frames: 18, container: 'mp4', skippedFrames: 0 });
  expect(events.at(-1)).toMatchObject({ event: 'summary', done: 1, failed: 0 });
});

test('a part of it, smaller, as WebM, over what is there', async () => {
  writeFileSync(at('part.webm'), 'before');
  const args = [
    'clip',
    RABBIT,
    '--filter',
    'none',
    '--from',
    '0.2',
    '--to',
    '0.4',
    '--out',
    at('part.webm'),
    '--size',
    'x60',
    '--codec',
    'vp8',
  ];
  const refused = await convolux(args);
  expect([refused.status, readFileSync(at('part.webm'), 'utf8')]).toEqual([2, 'before']);
  expect(refused.err).toContain('part.webm is there already: --force writes over it');
  const { status, out, err } = await convolux([...args, '--force']);
  expect([status, err]).toEqual([0, '']);
  expect(out).toMatch(/part\.webm: 6 frames, .*80×60 vp8/);
  const clip = await clipOf(at('part.webm'));
  expect(clip).toMatchObject({ format: 'WebM', codec: 'vp8', width: 80, height: 60 });
  expect(clip.timestamps).toHaveLength(6);
  expect(clip.timestamps[0]).toBeCloseTo(0, 2);
});

test('a folder of clips, two at a time; again, only what is missing', async () => {
  mkdirSync(at('in'));
  for (const name of ['a.webm', 'b.webm', 'c.webm']) copyFileSync(RABBIT, at('in', name));
  writeFileSync(at('in', 'text.webm'), 'this is no clip');
  writeFileSync(at('in', 'zero.webm'), '');
  writeFileSync(at('in', 'half.webm'), readFileSync(RABBIT).subarray(0, 300));
  const args = [
    'clips',
    at('in', '*.webm'),
    '--filter',
    'blur',
    '--out',
    at('out'),
    '--jobs',
    '2',
    '--resume',
    '--json',
  ];
  const first = await convolux(args);
  expect(first.status).toBe(1);
  expect(readdirSync(at('out')).sort()).toEqual(['a.webm', 'b.webm', 'c.webm']);
  for (const name of readdirSync(at('out')))
    expect((await clipOf(at('out', name))).timestamps).toHaveLength(18);
  const failures = first.events.filter(({ event }) => event === 'failed');
  expect(failures.map(({ input }) => basename(String(input))).sort()).toEqual([
    'half.webm',
    'text.webm',
    'zero.webm',
  ]);
  for (const { code } of failures) expect(code).toBe('clip-unreadable');
  expect(first.events.at(-1)).toMatchObject({ event: 'summary', done: 3, skipped: 0, failed: 3 });

  for (const name of ['text.webm', 'zero.webm', 'half.webm']) rmSync(at('in', name));
  rmSync(at('out', 'b.webm'));
  const again = await convolux(args);
  expect(again.status).toBe(0);
  expect(again.events.filter(({ event }) => event === 'skipped')).toHaveLength(2);
  expect(again.events.filter(({ event }) => event === 'done').map(({ output }) => output)).toEqual([
    at('out', 'b.webm'),
  ]);
  expect(again.events.at(-1)).toMatchObject({ event: 'summary', done: 1, skipped: 2, failed: 0 });
});

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(`${signal} in the middle leaves nothing behind`, async () => {
    const child = start(['clip', RABBIT, '--filter', 'edge', ...SLOW, '--out', at('out.mp4'), '--json']);
    await child.seen('"event":"progress"');
    expect(readdirSync(folder)).toHaveLength(1);
    const family = descendantsOf(child.process.pid ?? 0);
    if (process.platform === 'linux') expect(family.length).toBeGreaterThan(0);
    child.process.kill(signal);
    const { status, events } = await child.end;
    expect(status).toBe(code);
    expect(events.at(-1)).toMatchObject({ event: 'summary', done: 0, aborted: 1 });
    expect(readdirSync(folder)).toEqual([]);
    await expect.poll(() => family.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
  });
}

test('what a killed one left is gone after the next', async () => {
  const child = start(['clip', RABBIT, '--filter', 'edge', ...SLOW, '--out', at('out.mp4'), '--json']);
  await child.seen('"event":"progress"');
  child.process.kill('SIGKILL');
  await child.end;
  expect(readdirSync(folder)).toEqual([expect.stringMatching(/^\.out\.mp4\.convolux-.*\.part$/)]);
  const { status } = await convolux(['clip', RABBIT, '--filter', 'edge', '--out', at('other.mp4')]);
  expect(status).toBe(0);
  expect(readdirSync(folder)).toEqual(['other.mp4']);
});

test('a browser that dies fails its clip, and the next has another', async () => {
  test.skip(process.platform !== 'linux', 'finds the browser in /proc');
  mkdirSync(at('in'));
  for (const name of ['a.webm', 'b.webm']) copyFileSync(RABBIT, at('in', name));
  const child = start([
    'clips',
    at('in', '*'),
    '--filter',
    'edge',
    ...SLOW.slice(0, 4),
    '--out',
    at('out'),
    '--json',
  ]);
  await child.seen('"event":"progress"');
  for (const pid of descendantsOf(child.process.pid ?? 0)) process.kill(pid, 'SIGKILL');
  const { status, events } = await child.end;
  expect(status).toBe(1);
  expect(events.find(({ event }) => event === 'failed')).toMatchObject({ code: 'worker-crashed' });
  expect(readdirSync(at('out'))).toEqual(['b.webm']);
});

test('without a browser the way to one is told', async () => {
  const { status, out, err } = await convolux(['clip', RABBIT, '--filter', 'edge', '--out', at('out.mp4')], {
    CONVOLUX_CHROMIUM: at('none'),
  });
  expect([status, out]).toEqual([3, '']);
  expect(err).toMatch(/CONVOLUX_CHROMIUM=.*none.*playwright-core install chromium/);
  expect(readdirSync(folder)).toEqual([]);
});

type Event = Readonly<Record<string, unknown>>;
type Ended = Readonly<{ status: number | null; out: string; err: string; events: readonly Event[] }>;
type Started = Readonly<{
  process: ChildProcess;
  end: Promise<Ended>;
  seen: (text: string) => Promise<void>;
}>;

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
  const child = spawn(process.execPath, [join(ROOT, 'bin/convolux.mjs'), ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const end = new Promise<Ended>((resolve) => {
    child.on('close', (status) => {
      const lines = args.includes('--json') ? out.split('\n').filter(Boolean) : [];
      resolve({ status, out, err, events: lines.map((line) => JSON.parse(line) as Event) });
    });
  });
  const seen = async (text: string): Promise<void> => {
    const ended = end.then(({ err: said }) => {
      if (!out.includes(text)) throw new Error(`it ended before it said ${text}: ${out}${said}`);
    });
    await Promise.race([expect.poll(() => out, { timeout: 60_000, intervals: [50] }).toContain(text), ended]);
  };
  return { process: child, end, seen };
}

const convolux = (...given: Parameters<typeof start>): Promise<Ended> => start(...given).end;

async function clipOf(path: string) {
  const input = new Input({ formats: ALL_FORMATS, source: new FilePathSource(path) });
  try {
    const track = await input.getPrimaryVideoTrack();
    if (track === null) throw new Error(`${path} has no picture`);
    const timestamps: number[] = [];
    for await (const packet of new EncodedPacketSink(track).packets()) timestamps.push(packet.timestamp);
    return {
      format: (await input.getFormat()).name,
      codec: await track.getCodec(),
      width: await track.getDisplayWidth(),
      height: await track.getDisplayHeight(),
      timestamps: timestamps.sort((a, b) => a - b),
    };
  } finally {
    input.dispose();
  }
}

/** The browser sits in a process group of its own, but its parents are known. Linux only. */
function descendantsOf(pid: number): readonly number[] {
  if (process.platform !== 'linux') return [];
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), parentOf(name)] as const);
  const found = new Set([pid]);
  for (let before = 0; before < found.size;) {
    before = found.size;
    for (const [child, parent] of parents) if (found.has(parent)) found.add(child);
  }
  found.delete(pid);
  return [...found];
}

function parentOf(pid: string): number {
  try {
    return Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? -1);
  } catch {
    // It ended meanwhile.
    return -1;
  }
}
