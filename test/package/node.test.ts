/** The package in Node: on a server, where there is no DOM, and as the command line. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { expect, inject, test } from 'vitest';
import { findChromium } from '../../scripts/find-chromium.mjs';
import { runCommand } from '../../scripts/run-command.mjs';

const { app } = inject('packed');

const run = (args: readonly string[], env: NodeJS.ProcessEnv = process.env) =>
  runCommand(process.execPath, args, { cwd: app, timeoutMs: 50_000, env });

test.each([
  ['convolux', 'openPipeline'],
  ['convolux/element', 'ConvoluxVideoElement'],
  ['convolux/define', null],
  ['convolux/pipelines', 'filters'],
  ['convolux/clips', 'processClip'],
  ['convolux/adapters/livekit', 'convoluxProcessor'],
  ['convolux/adapters/track', 'processTrack'],
])('%s is imported without a DOM', async (entry, name) => {
  const script = `const entry = await import('${entry}'); console.log(typeof document, JSON.stringify(Object.keys(entry)));`;
  const { problem, output } = await run(['--input-type=module', '--eval', script]);
  expect(problem).toBe('');
  expect(output).toMatch(/^undefined \[/);
  if (name !== null) expect(output).toContain(`"${name}"`);
});

test('a kernel and a graph are computed there', async () => {
  const script = `
    import { box, conv2d, graph, runReference, tensor } from 'convolux';
    const mean = graph({ x: [3, 3, 1] }, ({ x }) => conv2d(x, box(3)));
    const { data } = runReference(mean, { x: tensor([3, 3, 1], [0, 0, 0, 0, 9, 0, 0, 0, 0]) });
    console.log(Math.round(data[4]));`;
  const { problem, output } = await run(['--input-type=module', '--eval', script]);
  expect(problem).toBe('');
  expect(output.trim()).toBe('1');
});

const COMMAND = 'node_modules/convolux/bin/convolux.mjs';

test('the command line runs, and tells the filters', async () => {
  const { problem, output } = await run([COMMAND, 'filters', '--json']);
  expect(problem).toBe('');
  expect(output).toContain('"edge"');
});

test('the command line makes a clip', async () => {
  const clip = fileURLToPath(new URL('../fixtures/rabbit-160x120.webm', import.meta.url));
  const env = {
    ...process.env,
    CONVOLUX_CHROMIUM: process.env['CONVOLUX_CHROMIUM'] || (await findChromium()),
  };
  const args = [COMMAND, 'clip', clip, '--filter', 'edge', '--to', '0.5', '--out', 'edges.webm', '--json'];
  const { problem, output } = await run(args, env);
  expect(problem).toBe('');
  expect(output).toMatch(/"event":"done"/);
  expect(existsSync(join(app, 'edges.webm'))).toBe(true);
});
