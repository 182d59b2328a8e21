/** The sums of `npm test`: above all, that nothing which went wrong adds up to a pass. */
import { describe, expect, test } from 'vitest';
import { countPlaywright, failure, settle, total } from '../../scripts/count-reports.mjs';

const counts = (passed: number, failed: number, skipped = 0) => ({
  passed,
  failed,
  skips: Array.from({ length: skipped }, (_, index) => ({ title: `test ${index}`, reason: 'no camera' })),
  problems: [],
});

describe('settle', () => {
  test('leaves a good run as it is', () => {
    expect(settle(counts(3, 0), '')).toEqual(counts(3, 0));
  });

  test('leaves failed tests as they are, however the runner ended', () => {
    expect(settle(counts(3, 2), 'exit status 1')).toEqual(counts(3, 2));
  });

  test.each([
    ['no report', undefined, ''],
    ['no report and a crash', undefined, 'SIGSEGV'],
    ['no test', counts(0, 0), ''],
    ['nothing but skipped tests', counts(0, 0, 4), ''],
    ['a bad end after good tests', counts(3, 0), 'exit status 1'],
  ])('counts one failure for %s', (_name, report, problem) => {
    expect(settle(report, problem)).toMatchObject({ failed: 1, problems: [expect.any(String)] });
  });

  test.each([
    [['a.test.ts'], 0, 'no end after 600 s', 'no end after 600 s; not ended: a.test.ts'],
    [['a.test.ts', 'b.test.ts'], 1, 'SIGSEGV', 'SIGSEGV; not ended: a.test.ts, b.test.ts; 1 file not begun'],
    [[], 17, '', 'exit status 0; 17 files not begun'],
  ])('names the files that a runner was at: %j and %i', (notEnded, notBegun, problem, expected) => {
    expect(settle({ notEnded, notBegun }, problem)).toEqual(failure(expected));
  });
});

describe('countPlaywright', () => {
  const tested = (status: 'expected' | 'unexpected' | 'flaky' | 'skipped', reason?: string) => ({
    title: status,
    tests: [{ status, annotations: reason === undefined ? [] : [{ type: 'skip', description: reason }] }],
  });

  test('counts tests in nested suites, a flaky one as failed', () => {
    const inner = { title: 'inner', specs: [tested('unexpected'), tested('flaky')] };
    const report = {
      errors: [],
      suites: [{ title: 'a.spec.ts', specs: [tested('expected')], suites: [inner] }],
    };
    expect(countPlaywright(report)).toMatchObject({ passed: 1, failed: 2, skips: [] });
  });

  test('names what failed, with the first line of why', () => {
    const message =
      '\u001b[31mError: \u001b[2mexpect(\u001b[22mreceived\u001b[2m)\u001b[22m.toBe(1)\u001b[39m\n\n  at x';
    const results = [{}, { error: { message } }];
    const broken = { title: 'breaks', tests: [{ status: 'unexpected' as const, annotations: [], results }] };
    const inner = { title: 'inner', specs: [broken, tested('unexpected')] };
    const report = { errors: [], suites: [{ title: 'a.spec.ts', specs: [], suites: [inner] }] };
    expect(countPlaywright(report)).toEqual({
      passed: 0,
      failed: 2,
      skips: [],
      problems: [
        'a.spec.ts > inner > breaks: Error: expect(received).toBe(1)',
        'a.spec.ts > inner > unexpected: without a message',
      ],
    });
  });

  test('gives the title and the reason of a skip', () => {
    const specs = [tested('skipped', 'no WebGL2'), tested('skipped')];
    expect(countPlaywright({ errors: [], suites: [{ title: 'a.spec.ts', specs }] }).skips).toEqual([
      { title: 'a.spec.ts > skipped', reason: 'no WebGL2' },
      { title: 'a.spec.ts > skipped', reason: 'no reason given' },
    ]);
  });

  test('counts an error outside of any test', () => {
    const report = { errors: [{ message: 'Error: no server\n  at x' }], suites: [] };
    expect(countPlaywright(report)).toMatchObject({ failed: 1, problems: ['Error: no server'] });
  });
});

test('total sums all runners, and names skips only where there are some', () => {
  expect(total([counts(3, 0), counts(2, 1), failure('x')])).toBe('5 passed, 2 failed');
  expect(total([counts(3, 0), counts(2, 1, 4)])).toBe('5 passed, 1 failed, 4 skipped');
});
