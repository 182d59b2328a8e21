/** What `npm start` and `npm test` make of their options. */
import { describe, expect, test } from 'vitest';
import { readOptions } from '../../scripts/start.mjs';
import { chooseStages } from '../../scripts/test.mjs';

describe('npm start', () => {
  test.each([
    [[], {}],
    [['--port', '8080'], { port: 8080 }],
    [['--port=8080'], { port: 8080 }],
    [['--host'], { host: true }],
    [['--host', '--port', '1'], { host: true, port: 1 }],
    [['--host', '0.0.0.0'], { host: '0.0.0.0' }],
  ])('%j', (args, options) => {
    expect(readOptions(args)).toEqual(options);
  });

  test.each(['0', '65536', '-1', '80.5', '8o8o', ''])('refuses port %j by name', (port) => {
    expect(() => readOptions([`--port=${port}`])).toThrow(
      `--port must be a whole number from 1 to 65535, got ${port === '' ? 'nothing' : port}`,
    );
  });

  test('refuses a port that is missing', () => {
    expect(() => readOptions(['--port'])).toThrow('got nothing');
    expect(() => readOptions(['--port', '--host'])).toThrow('got nothing');
  });

  test('lists the options when it meets another', () => {
    expect(() => readOptions(['--prot', '80'])).toThrow(/Unknown option --prot\..*--port N.*--host/);
    expect(() => readOptions(['80'])).toThrow(/Unknown option 80/);
  });
});

describe('npm test', () => {
  const namesOf = (args: string[]) => chooseStages(args).map(({ name }) => name);

  test('runs every stage, types and lint first', () => {
    expect(namesOf([])).toEqual(['lint', 'types', 'arrows', 'node', 'gpu', 'worker', 'package', 'e2e']);
  });

  test('runs the stages asked for, in its own order', () => {
    expect(namesOf(['--only', 'gpu,node'])).toEqual(['node', 'gpu']);
    expect(namesOf(['--only=e2e'])).toEqual(['e2e']);
  });

  test.each([[['--only', 'gpx']], [['--only', '']], [['--only']]])(
    'refuses %j and lists the stages',
    (args) => {
      expect(() => chooseStages(args)).toThrow(
        /Unknown stage.*lint, types, arrows, node, gpu, worker, package, e2e/,
      );
    },
  );

  test('refuses another option', () => {
    expect(() => chooseStages(['--watch'])).toThrow(/Unknown option --watch/);
  });
});
