/** What a call across a real MessagePort throws, arrives with class, code, context and cause. */
import { expose, wrap, type Remote } from 'comlink';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PipelineError } from '../../src/core/errors.ts';
import { installThrowHandler } from '../../workers/throw-handler.ts';

const thrown = {
  pipeline: new PipelineError('shader-failed', 'refused', {
    context: { line: 7, text: 'vec5 a;' },
    cause: new RangeError('inner', { cause: new TypeError('innermost') }),
  }),
  type: new TypeError('options.sigma must be a finite number, got "2"'),
  range: new RangeError('options.sigma must be > 0 px, got -1'),
  dom: new DOMException('in use', 'NotReadableError'),
  words: 'only words',
} as const;

function fail(kind: keyof typeof thrown): number {
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- words are thrown, too
  throw thrown[kind];
}

const service = {
  fail,
  failLater: async (kind: keyof typeof thrown): Promise<number> => fail(kind),
  double: (value: number): number => 2 * value,
};

const channel = new MessageChannel();
let remote: Remote<typeof service>;

beforeAll(() => {
  installThrowHandler();
  expose(service, channel.port1);
  remote = wrap<typeof service>(channel.port2);
});

afterAll(() => {
  channel.port1.close();
  channel.port2.close();
});

const caught = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => expect.unreachable('the call must fail'),
    (error: unknown) => error,
  );

test('a PipelineError arrives whole', async () => {
  for (const call of [remote.fail('pipeline'), remote.failLater('pipeline')]) {
    const error = await caught(call);
    expect(error).toBeInstanceOf(PipelineError);
    expect(error).toMatchObject({
      code: 'shader-failed',
      message: 'refused',
      recoverable: false,
      context: { line: 7, text: 'vec5 a;' },
    });
    const { cause } = error as PipelineError;
    expect(cause).toBeInstanceOf(RangeError);
    expect((cause as RangeError).cause).toBeInstanceOf(TypeError);
  }
});

test.each([
  ['type', TypeError],
  ['range', RangeError],
] as const)('a mistake of the caller arrives as one: %s', async (kind, Class) => {
  const error = await caught(remote.fail(kind));
  expect(error).toBeInstanceOf(Class);
  expect((error as Error).message).toBe(thrown[kind].message);
});

test('a DOMException keeps its name, and words become an error', async () => {
  expect(await caught(remote.fail('dom'))).toMatchObject({ name: 'NotReadableError', message: 'in use' });
  const error = await caught(remote.fail('words'));
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ message: 'only words' });
});

test('results are not touched', async () => {
  expect(await remote.double(21)).toBe(42);
});
