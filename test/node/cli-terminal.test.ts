/** What people see while clips are made: bars on a terminal, as wide as it is. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BarReporter } from '../../src/cli/bar-reporter.ts';
import type { Reporter } from '../../src/cli/clip-event.ts';
import { JsonReporter } from '../../src/cli/json-reporter.ts';
import { LineReporter } from '../../src/cli/line-reporter.ts';
import type { Surroundings } from '../../src/cli/surroundings.ts';
import { FakeRunner, progress, runWith } from './fakes/command-line.ts';

const ESC = '\u001b[';

describe('on a terminal', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'convolux-terminal-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  test('a bar is drawn in place and gives way to what is done', async () => {
    const input = join(folder, 'in.mp4');
    writeFileSync(input, 'in');
    const run = (given: readonly string[], changes: Partial<Surroundings>) =>
      runWith(given, new FakeRunner(), changes);
    let [out, nowMs] = ['', 0];
    const terminal = { write: (text: string) => void (out += text), isTTY: true, columns: 60 };
    const now = () => (nowMs += 200);
    const args = ['clip', input, '--filter', 'edge', '--out', join(folder, 'x.mp4')];
    await run(args, { stdout: terminal, stderr: terminal, now });
    expect(out).toContain(' 50 %   30.0 fps  0:01 left\n');
    expect(out).toContain(`${ESC}36m`);
    expect(out).toMatch(/\n$/);
    // The last bar is wiped out before the line that stays.
    expect(screenOf(out)).toHaveLength(1);
    expect(screenOf(out)[0]).toMatch(/in\.mp4 → /);
    out = '';
    await run([...args, '--force'], { stdout: terminal, stderr: terminal, now, env: { NO_COLOR: '1' } });
    expect(out).toContain('fps');
    expect(out).not.toMatch(/\[3\dm/);
    out = '';
    await run([...args, '--force'], { stdout: terminal, stderr: terminal, now, env: { TERM: 'dumb' } });
    expect(out).not.toContain(ESC);
  });

  test.each([20, 40, 60, 80, 200])('no line is wider than %d columns', (columns) => {
    let out = '';
    const bars = new BarReporter({
      write: (text) => (out += text),
      columns: () => columns,
      isColored: false,
      now: () => 0,
      total: 3,
    });
    const inputs = ['short.mp4', 'a-name-that-is-really-much-too-long-for-any-line-of-a-terminal.mp4'];
    for (const input of inputs) bars.report({ event: 'start', input, output: input, filter: 'edge' });
    bars.report({
      event: 'progress',
      input: inputs[0] ?? '',
      ...progress(1),
      fps: 1234.5,
      secondsLeft: 36_000,
    });
    bars.report({ event: 'start', input: 'third.mp4', output: '', filter: 'edge' });
    const lines = screenOf(out);
    expect(lines).toHaveLength(4);
    expect(lines[3]).toMatch(/^0 of 3/);
    for (const line of lines) expect(Array.from(line).length, line).toBeLessThan(columns);
    bars.close();
    expect(screenOf(out)).toEqual([]);
  });
});

describe('elsewhere', () => {
  const report = (reporter: Reporter, step: () => void): void => {
    reporter.report({ event: 'start', input: 'in.mp4', output: 'x.mp4', filter: 'edge' });
    for (let i = 0; i < 100; i++) {
      step();
      reporter.report({ event: 'progress', input: 'in.mp4', ...progress(0.25) });
    }
  };

  test('people get a line every ten seconds', () => {
    const [out, err]: [string[], string[]] = [[], []];
    let nowMs = 0;
    const reporter = new LineReporter({
      out: (line) => out.push(line),
      err: (line) => err.push(line),
      now: () => nowMs,
    });
    report(reporter, () => (nowMs += 250));
    expect(out).toEqual([]);
    expect(err).toEqual(Array.from({ length: 2 }, () => 'in.mp4: 25 %, 30.0 frames per second, 0:02 left'));
  });

  test('programs get two lines a second', () => {
    const lines: string[] = [];
    let nowMs = 0;
    const reporter = new JsonReporter(
      (line) => lines.push(line),
      () => nowMs,
    );
    report(reporter, () => (nowMs += 100));
    expect(lines).toHaveLength(1 + 20);
    expect(JSON.parse(lines[1] ?? '')).toEqual({ event: 'progress', input: 'in.mp4', ...progress(0.25) });
  });
});

/** What a terminal shows in the end: of its commands, those that go up and wipe out what is below. */
function screenOf(text: string): readonly string[] {
  const lines: string[] = [];
  for (const piece of text.split(/(\r\u001b\[\d+A\u001b\[0J|\n)/u)) {
    const up = /\[(\d+)A/.exec(piece)?.[1];
    if (up !== undefined) lines.length -= Number(up);
    else if (piece !== '\n' && piece !== '') lines.push(piece);
  }
  return lines;
}
