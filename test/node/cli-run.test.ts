/** The command line as a whole, with a runner of our own in the browser's place: what it prints, leaves and answers. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { edge } from '../../pipelines/index.ts';
import { NoBrowser } from '../../src/cli/clip-runner.ts';
import type { Surroundings } from '../../src/cli/surroundings.ts';
import { fromJSON } from '../../src/index.ts';
import { FakeRunner, progress, RESULT, runWith } from './fakes/command-line.ts';

let folder = '';
let runner: FakeRunner;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'convolux-run-'));
  mkdirSync(join(folder, 'out'));
  runner = new FakeRunner();
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const at = (...names: readonly string[]): string => join(folder, ...names);
function put(...names: readonly string[]): void {
  for (const name of names) writeFileSync(at(name), name);
}
const inOut = (): readonly string[] => readdirSync(at('out')).sort();

const run = (args: readonly string[], changes: Partial<Surroundings> = {}) => runWith(args, runner, changes);

describe('clip', () => {
  test('makes a clip as it is told to', async () => {
    put('in.mp4');
    const { status, out, err } = await run([
      ...['clip', at('in.mp4'), '--filter', 'edge', '--param', 'strength=2', '--out', at('out', 'x.webm')],
      ...['--from', '2', '--to', '8', '--codec', 'vp9', '--bitrate', '4M', '--fps', '30', '--size', '640x'],
      ...['--no-audio', '--on-error', 'skip'],
    ]);
    expect([status, err]).toEqual([0, '']);
    expect(out).toMatch(
      /in\.mp4 → .*x\.webm: 60 frames, 0:02, 640×360 avc \+ aac \(copied\), 5 B, made in 0:00/,
    );
    const [task] = runner.tasks;
    expect(task).toMatchObject({
      settings: {
        container: 'webm',
        codec: 'vp9',
        bitrate: 4e6,
        frameRate: 30,
        size: { width: 640 },
        audio: 'none',
      },
      range: { startS: 2, endS: 8 },
      onError: 'skip',
    });
    expect(fromJSON(task?.graph)).toEqual(edge.build({ strength: 2 }));
    expect(readFileSync(at('out', 'x.webm'), 'utf8')).toBe('whole');
    expect(runner.isClosed).toBe(true);
  });

  test('leaves to the defaults what is not said', async () => {
    put('in.mp4');
    await run(['clip', at('in.mp4'), '--filter', 'edge', '--out', at('out', 'x.mp4')]);
    expect(runner.tasks[0]).toMatchObject({
      settings: { container: 'mp4', audio: 'keep' },
      range: {},
      onError: 'stop',
    });
    expect(Object.keys(runner.tasks[0]?.settings ?? {})).toEqual(['container', 'audio']);
  });

  test('tells programs what happens, a line each and nothing else', async () => {
    put('in.mp4');
    const { out, err, events } = await run([
      'clip',
      at('in.mp4'),
      '--filter',
      'edge',
      '--out',
      at('out', 'x.mp4'),
      '--json',
    ]);
    const [input, output] = [at('in.mp4'), at('out', 'x.mp4')];
    expect(err).toBe('');
    expect(out.endsWith('}\n')).toBe(true);
    expect(events).toEqual([
      { event: 'start', input, output, filter: 'edge' },
      { event: 'progress', input, ...progress(0.5) },
      { event: 'done', input, output, seconds: expect.any(Number) as number, sizeBytes: 5, ...RESULT },
      {
        event: 'summary',
        done: 1,
        skipped: 0,
        failed: 0,
        aborted: 0,
        failedInputs: [],
        seconds: expect.any(Number) as number,
      },
    ]);
  });

  test('that fails is told with its code and place, and leaves nothing', async () => {
    put('broken.mp4');
    const args = ['clip', at('broken.mp4'), '--filter', 'edge', '--out', at('out', 'x.mp4')];
    const { status, out, err } = await run(args);
    expect([status, out]).toEqual([1, '']);
    expect(err).toMatch(/broken\.mp4: clip-unreadable at 3\.2 s: it is damaged\n$/);
    expect(inOut()).toEqual([]);
    const { events } = await run([...args, '--json']);
    expect(events.find(({ event }) => event === 'failed')).toEqual({
      event: 'failed',
      input: at('broken.mp4'),
      code: 'clip-unreadable',
      message: 'it is damaged',
      positionS: 3.2,
    });
    expect(runner.isClosed).toBe(true);
  });

  test('keeps what was there when it fails with --force', async () => {
    put('broken.mp4', join('out', 'x.mp4'));
    const { status } = await run([
      'clip',
      at('broken.mp4'),
      '--filter',
      'edge',
      '--out',
      at('out', 'x.mp4'),
      '--force',
    ]);
    expect(status).toBe(1);
    expect(readFileSync(at('out', 'x.mp4'), 'utf8')).toBe(join('out', 'x.mp4'));
    expect(inOut()).toEqual(['x.mp4']);
  });

  test('says what was left out', async () => {
    put('hurt.mp4');
    const { out } = await run(['clip', at('hurt.mp4'), '--filter', 'edge', '--out', at('out', 'x.mp4')]);
    expect(out).toContain('\n  2 damaged frames are left out, at 1.5 s\n');
  });

  test.each([[['SIGINT', 130]], [['SIGTERM', 143]]] as const)(
    'that is interrupted leaves nothing: %j',
    async ([signal, code]) => {
      put('endless.mp4');
      const interruption = new AbortController();
      setTimeout(() => {
        expect(inOut()).toHaveLength(1);
        interruption.abort(signal);
      }, 100);
      const { status, err } = await run(
        ['clip', at('endless.mp4'), '--filter', 'edge', '--out', at('out', 'x.mp4')],
        {
          signal: interruption.signal,
        },
      );
      expect(status).toBe(code);
      expect(err).toMatch(/endless\.mp4: aborted: interrupted/);
      expect(inOut()).toEqual([]);
      expect(runner.isClosed).toBe(true);
    },
  );
});

describe('clips', () => {
  const clips = (...more: readonly string[]): readonly string[] => [
    ...['clips', at('*.mp4'), '--filter', 'edge', '--out', at('out')],
    ...more,
  ];

  test('makes as many at a time as it may, and goes on behind one that fails', async () => {
    put('a.mp4', 'b-broken.mp4', 'c.mp4', 'd-bug.mp4', 'e.mp4');
    const { status, events } = await run(clips('--jobs', '2', '--json'));
    expect(status).toBe(1);
    expect(runner.mostRunning).toBe(2);
    expect(inOut()).toEqual(['a.mp4', 'c.mp4', 'e.mp4']);
    expect(events.at(-1)).toMatchObject({ event: 'summary', done: 3, failed: 2, skipped: 0 });
    const summary = events.at(-1);
    expect(summary?.event === 'summary' && summary.failedInputs.map((path) => basename(path))).toEqual([
      'b-broken.mp4',
      'd-bug.mp4',
    ]);
    const { out, err } = await run(clips('--force'));
    expect(runner.mostRunning).toBe(2);
    expect(out).toMatch(/3 done, 2 failed in 0:0\d\nfailed: .*b-broken\.mp4, .*d-bug\.mp4\n$/);
    expect(err).toMatch(/d-bug\.mp4: options\.x must be y/);
  });

  test('with --resume makes what is missing or older than its input', async () => {
    put('done.mp4', 'new.mp4', 'old.mp4', join('out', 'done.mp4'), join('out', 'old.mp4'));
    utimesSync(at('out', 'old.mp4'), 1000, 1000);
    const { status, events } = await run(clips('--resume', '--json'));
    expect(status).toBe(0);
    expect(runner.tasks.map(({ input }) => basename(input))).toEqual(['new.mp4', 'old.mp4']);
    expect(events[0]).toEqual({
      event: 'skipped',
      input: expect.stringMatching(/done\.mp4$/) as string,
      output: at('out', 'done.mp4'),
      reason: 'up-to-date',
    });
    expect(readFileSync(at('out', 'done.mp4'), 'utf8')).toBe(join('out', 'done.mp4'));
    expect(events.at(-1)).toMatchObject({ event: 'summary', done: 2, skipped: 1 });
  });

  test('with nothing left to do needs no browser', async () => {
    put('a.mp4', join('out', 'a.mp4'));
    const { status, out } = await run(clips('--resume'), {
      openRunner: () => Promise.reject(new NoBrowser('none')),
    });
    expect(status).toBe(0);
    expect(out).toMatch(/a\.mp4: skipped, .*a\.mp4 is newer/);
  });

  test('that were interrupted are not begun, and are counted', async () => {
    put('a-endless.mp4', 'b.mp4', 'c.mp4');
    const interruption = new AbortController();
    runner.onEndless = () => {
      interruption.abort('SIGINT');
    };
    const { status, events } = await run(clips('--json'), { signal: interruption.signal });
    expect(status).toBe(130);
    expect(runner.tasks).toHaveLength(1);
    expect(events.at(-1)).toMatchObject({ event: 'summary', done: 0, failed: 0, aborted: 3 });
    expect(inOut()).toEqual([]);
  });

  test('makes the folder that they go to', async () => {
    put('a.mp4');
    const { status } = await run(['clips', at('a.mp4'), '--filter', 'edge', '--out', at('far', 'away')]);
    expect(status).toBe(0);
    expect(readdirSync(at('far', 'away'))).toEqual(['a.mp4']);
  });
});

describe('wrong usage', () => {
  test.each([
    [['clip', 'IN', '--out', 'X.mp4'], /nothing to compute: give --filter NAME/],
    [['clip', 'IN', '--filter', 'edgy', '--out', 'X.mp4'], /no filter "edgy"\. Did you mean edge\?/],
    [
      ['clip', 'IN', '--filter', 'edge', '--param', 'strength=9', '--out', 'X.mp4'],
      /edge\.strength must be 0\.1 to 4 ×, got 9/,
    ],
    [['clip', 'IN', '--filter', 'edge'], /required option '--out <file>' not specified/],
    [['clip', '--filter', 'edge', '--out', 'X.mp4'], /missing required argument 'input'/],
    [
      ['clip', 'IN', '--filter', 'edge', '--out', 'X.mp4', '--fps', 'x'],
      /'--fps <rate>' argument 'x' is invalid\. It must be keep/,
    ],
    [
      ['clip', 'IN', '--filter', 'edge', '--out', 'X.mp4', '--on-error', 'x'],
      /Allowed choices are stop, skip/,
    ],
    [['clip', 'IN', '--filter', 'edge', '--out', 'X.mp4', '--outt'], /unknown option '--outt'/],
    [
      ['clip', 'IN', '--filter', 'edge', '--out', 'X.mp4', '--from', '8', '--to', '2'],
      /--to must be > --from \(8 s\), got 2 s/,
    ],
    [['clip', 'NONE', '--filter', 'edge', '--out', 'X.mp4'], /none\.mp4: there is no such file/],
    [['clips', 'NONE', '--filter', 'edge', '--out', 'X'], /none\.mp4: there is no such file/],
    [['clips', 'IN', '--filter', 'edge', '--out', 'X', '--resume', '--force'], /exclude each other/],
    [
      ['clips', 'IN', '--filter', 'edge', '--out', 'X', '--jobs', '0'],
      /It must be a whole number from 1 to 64/,
    ],
    [['clop'], /unknown command 'clop'.*\n.*Did you mean clip\?/],
    [[], /Usage: convolux/],
  ])('%j is answered in words, and begins nothing', async (args, message) => {
    put('in.mp4');
    const paths: Readonly<Record<string, string>> = {
      IN: at('in.mp4'),
      NONE: at('none.mp4'),
      X: at('x'),
      'X.mp4': at('x.mp4'),
    };
    const { status, out, err } = await run(args.map((arg) => paths[arg] ?? arg));
    expect([status, out]).toEqual([2, '']);
    expect(err).toMatch(message);
    expect(runner.tasks).toEqual([]);
    expect(readdirSync(folder).sort()).toEqual(['in.mp4', 'out']);
  });

  test('outputs that are there are refused, all before one is made', async () => {
    put('a.mp4', 'b.mp4', join('out', 'b.mp4'));
    const { status, err } = await run(['clips', at('*.mp4'), '--filter', 'edge', '--out', at('out')]);
    expect(status).toBe(2);
    expect(err).toMatch(/b\.mp4 is there already: --resume keeps what is newer than its input, --force/);
    expect(runner.tasks).toEqual([]);
  });

  test('no browser is an exit status of its own', async () => {
    put('in.mp4');
    const { status, err } = await run(['clip', at('in.mp4'), '--filter', 'edge', '--out', at('x.mp4')], {
      openRunner: () => Promise.reject(new NoBrowser('there is none; install one')),
    });
    expect([status, err]).toEqual([3, 'convolux: there is none; install one\n']);
    expect(readdirSync(folder).sort()).toEqual(['in.mp4', 'out']);
  });
});

describe('what is asked', () => {
  test('version and help', async () => {
    expect(await run(['--version'])).toMatchObject({ status: 0, out: '9.9.9\n', err: '' });
    const help = await run(['--help']);
    expect(help.status).toBe(0);
    for (const word of ['clip ', 'clips ', 'filters ', '130', 'Examples']) expect(help.out).toContain(word);
    const clip = await run(['clip', '--help']);
    for (const word of ['--param', '--on-error', '--no-audio', '--graph', '640x360'])
      expect(clip.out).toContain(word);
  });

  test('the filters, for people and for programs', async () => {
    const { out } = await run(['filters']);
    expect(out).toMatch(
      /^edge \(Edge\)\n {2}Sobel.*\n {2}strength {3}Strength: 0\.1 to 4 ×, default 1\n {2}threshold {2}Threshold: 0 to 1, default 0$/m,
    );
    const listed = JSON.parse((await run(['filters', '--json'])).out) as { name: string; params: object }[];
    expect(listed.find(({ name }) => name === 'edge')?.params).toEqual(edge.params);
  });
});
