/** Cases that others wrote, on the reference; and that the runner can tell a wrong result from a right one. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { tensor } from '../../src/core/tensor.ts';
import { BadCaseFile, parseCases, type Case } from '../conformance/cases.ts';
import { judge } from '../conformance/judge.ts';
import { relayout, transpose } from '../conformance/layouts.ts';
import { BadConformanceOption, readConformanceOptions } from '../conformance/options.ts';
import { readCases } from '../conformance/read-cases.ts';
import { reportLines } from '../conformance/report.ts';
import { referenceBackend, runCases } from '../conformance/run-cases.ts';

const HERE = fileURLToPath(new URL('../conformance/', import.meta.url));
const SHARED = fileURLToPath(new URL('../../../shared/conformance/', import.meta.url));

async function failuresIn(path: string): Promise<readonly string[]> {
  const results = await runCases(await readCases(path), referenceBackend);
  return results.flatMap(({ name, reason }) => (reason === undefined ? [] : [`${name}: ${reason}`]));
}

describe('the reference', () => {
  test('passes every case of the sample', async () => {
    const cases = await readCases(`${HERE}sample.json`);
    expect(cases.length).toBeGreaterThan(150);
    expect(await failuresIn(`${HERE}sample.json`)).toEqual([]);
  });

  test('fails the case that is wrong on purpose, and says where', async () => {
    expect(await failuresIn(`${HERE}wrong.json`)).toEqual([
      expect.stringMatching(/^wrong: .*: 1 of 4 values differ, the first at 0: 12, expected 13$/),
    ]);
  });

  test.for(['onnx', 'webnn', 'pytorch'])(
    'passes every case of %s.json',
    { timeout: 120_000 },
    async (name, { skip }) => {
      const path = `${SHARED}${name}.json`;
      if (!existsSync(path))
        skip(`${path} is not here: the whole set of cases is not part of the repository`);
      expect(await failuresIn(path)).toEqual([]);
    },
  );
});

const conv: Case = {
  name: 'one',
  op: 'conv2d',
  dtype: 'float32',
  input: { shape: [1, 1, 2, 2], layout: 'NCHW', data: [1, 2, 3, 4] },
  weight: { shape: [1, 1, 1, 1], layout: 'OIHW', data: [2] },
  bias: null,
  params: { stride: [1, 1] },
  expected: { shape: [1, 1, 2, 2], layout: 'NCHW', data: [2, 4, 6, 8] },
  tol: { atol: 0.5, rtol: 0.1 },
};

async function reasonFor(change: Partial<Case>): Promise<string | undefined> {
  const [result] = await runCases([{ ...conv, ...change }], referenceBackend);
  return result?.reason;
}

describe('a case that is not supported fails, and is never left out', () => {
  test('as it is, it passes', async () => {
    expect(await reasonFor({})).toBeUndefined();
  });

  test.each([
    ['the op', { op: 'conv9d' }, 'the op conv9d is not supported'],
    ['a parameter', { params: { stride: [1, 1], wobble: 3 } }, 'params.wobble not supported'],
    ['a word', { params: { padMode: 'mirrored' } }, 'params.padMode "mirrored" is not supported'],
    ['a layout', { input: { ...conv.input, layout: 'NCHV' } }, "the layout NCHV can't be turned into NHWC"],
    ['a refused graph', { params: { groups: 2 } }, 'options.groups'],
    ['no weights', { weight: null }, 'the case has no weight'],
    ['another shape', { expected: { shape: [1, 1, 1, 4], layout: 'NCHW', data: [2, 4, 6, 8] } }, 'the shape is [1, 1, 2, 2]'], // prettier-ignore
  ])('%s', async (_, change, reason) => {
    expect(await reasonFor(change)).toContain(reason);
  });
});

describe('the verdict', () => {
  const output = (...data: number[]) => tensor([1, 1, 2, 2], data);

  test('allows atol + rtol · |expected|, and no more', () => {
    expect(judge(conv, output(2.69, 4, 6, 8), false).reason).toBeUndefined();
    expect(judge(conv, output(2.71, 4, 6, 8), false).reason).toContain(
      '1 of 4 values differ, the first at 0',
    );
    expect(judge(conv, output(2, 4, 6, 9.3), false).worst).toBeCloseTo(1.3);
  });

  test('a NaN is wrong', () => {
    const got = { shape: [1, 1, 2, 2], data: Float32Array.of(2, 4, Number.NaN, 8) };
    expect(judge(conv, got, true).reason).toContain('NaN');
    expect(judge(conv, got, true).worst).toBeNaN();
  });

  test('a share of the values may differ on a GPU, never on the reference', () => {
    const lenient = { ...conv, tol: { ...conv.tol, fraction: 0.25 } };
    expect(judge(lenient, output(9, 4, 6, 8), true).reason).toBeUndefined();
    expect(judge(lenient, output(9, 4, 6, 8), false).reason).toBeDefined();
    expect(judge(lenient, output(9, 9, 6, 8), true).reason).toBeDefined();
  });
});

describe('layouts', () => {
  test('2×2 data from every order to every other and back', () => {
    const source = { shape: [2, 2], layout: 'HW', data: [1, 2, 3, 4] };
    expect([...relayout(source, 'HW').data]).toEqual([1, 2, 3, 4]);
    expect([...relayout(source, 'WH').data]).toEqual([1, 3, 2, 4]);
  });

  test('a transposed tensor has its elements where the axes say', () => {
    const { shape, data } = transpose(tensor([2, 3, 1], [0, 1, 2, 3, 4, 5]), [1, 2, 0]);
    expect(shape).toEqual([3, 1, 2]);
    expect([...data]).toEqual([0, 3, 1, 4, 2, 5]);
  });
});

describe('the command line and the files', () => {
  test('reads files and the backend', () => {
    expect(readConformanceOptions(['a.json', 'b.json'])).toEqual({
      files: ['a.json', 'b.json'],
      backends: ['reference'],
    });
    expect(readConformanceOptions(['a.json', '--backend', 'all']).backends).toEqual(['reference', 'webgl2']);
  });

  test.each([[[]], [['a.json', '--backend', 'metal']], [['a.json', '--frob']]])('refuses %j', (args) => {
    expect(() => readConformanceOptions(args)).toThrow(BadConformanceOption);
  });

  test.each([
    ['no JSON', '{', /a\.json: no JSON/],
    ['no cases', '[]', /must be a JSON array of cases/],
    ['another thing', '[3]', /case 0: must be an object/],
    ['no op', JSON.stringify([{ ...conv, op: 3 }]), /case 0: op must be a text/],
    ['too few numbers', JSON.stringify([{ ...conv, weight: { ...conv.weight, data: [] } }]), /case 0: weight\.data must hold 1 numbers/], // prettier-ignore
    ['no tolerance', JSON.stringify([{ ...conv, tol: {} }]), /case 0: tol must be/],
  ])('refuses a file with %s', (_, text, message) => {
    expect(() => parseCases(text, 'a.json')).toThrow(message);
    expect(() => parseCases(text, 'a.json')).toThrow(BadCaseFile);
  });

  test('a file that is not there', async () => {
    await expect(readCases('/nowhere/a.json')).rejects.toThrow("/nowhere/a.json: can't be read");
  });
});

test('the report counts cases × backends and names each failure', async () => {
  const results = await runCases([conv, { ...conv, name: 'two', op: 'nothing' }], referenceBackend);
  const lines = reportLines([...results, ...results]);
  expect(lines.at(-1)).toBe('2 passed, 2 failed');
  expect(lines.filter((line) => line.startsWith('FAILED two on reference: the op nothing'))).toHaveLength(2);
});

describe('npm run conformance', () => {
  const SCRIPT = fileURLToPath(new URL('../../scripts/conformance.mjs', import.meta.url));
  const run = (...args: string[]) => spawnSync(process.execPath, [SCRIPT, ...args], { encoding: 'utf8' });

  test('exits with 1 and names the case that failed, last of all the count', () => {
    const { status, stdout } = run(`${HERE}wrong.json`);
    expect(status).toBe(1);
    expect(stdout).toMatch(/FAILED wrong: .* on reference: 1 of 4 values differ/);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe('0 passed, 1 failed');
  });

  test('exits with 0 when all passed', () => {
    const { status, stdout } = run(`${HERE}sample.json`);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^\d+ passed, 0 failed$/);
    expect(status).toBe(0);
  });

  test('a mistake is one line on stderr', () => {
    const { status, stderr } = run('/nowhere/a.json');
    expect(status).toBe(1);
    expect(stderr.trimEnd().split('\n')).toEqual([expect.stringContaining("/nowhere/a.json: can't be read")]);
  });
});
