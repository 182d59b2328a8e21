/** Errors as data: class, code, context and the chain of causes come back from a channel. */
import { describe, expect, test, vi } from 'vitest';
import {
  deserializeError,
  PIPELINE_ERROR_CODES,
  PipelineError,
  serializeError,
} from '../../src/core/errors.ts';

const across = (error: unknown): Error => deserializeError(structuredClone(serializeError(error)));

describe('an error across a channel', () => {
  test.each(PIPELINE_ERROR_CODES)('PipelineError %s keeps class, code, context and stack', (code) => {
    const sent = new PipelineError(code, `about ${code}`, {
      recoverable: true,
      context: { line: 3, text: 'x', lost: false },
    });
    const received = across(sent);
    expect(received).toBeInstanceOf(PipelineError);
    expect(received).toMatchObject({
      name: 'PipelineError',
      message: `about ${code}`,
      code,
      recoverable: true,
      context: { line: 3, text: 'x', lost: false },
      stack: sent.stack,
    });
    expect(received).not.toHaveProperty('cause');
  });

  test('a fault that is not recoverable stays so', () => {
    expect(across(new PipelineError('aborted', 'x'))).toMatchObject({ recoverable: false, context: {} });
  });

  test.each([TypeError, RangeError, Error])('%o keeps its class', (Class) => {
    const received = across(new Class('options.sigma must be > 0 px, got -1'));
    expect(Object.getPrototypeOf(received)).toBe(Class.prototype);
    expect(received.message).toBe('options.sigma must be > 0 px, got -1');
    expect(received.name).toBe(Class.name);
  });

  test('a DOMException keeps its name and message', () => {
    const received = across(new DOMException('in use', 'NotReadableError'));
    expect(received).toBeInstanceOf(Error);
    expect(received).toMatchObject({ name: 'NotReadableError', message: 'in use' });
  });

  test('the chain of causes comes back, each with its own class', () => {
    const root = new DOMException('gone', 'NotFoundError');
    const middle = new RangeError('too large', { cause: root });
    const received = across(new PipelineError('frame-failed', 'one frame', { cause: middle }));
    expect(received.cause).toBeInstanceOf(RangeError);
    expect((received.cause as Error).message).toBe('too large');
    expect((received.cause as Error).cause).toMatchObject({ name: 'NotFoundError', message: 'gone' });
  });

  test('a PipelineError as a cause keeps its code', () => {
    const cause = new PipelineError('context-lost', 'reset', { recoverable: true });
    expect(across(new Error('outer', { cause })).cause).toMatchObject({
      code: 'context-lost',
      recoverable: true,
    });
  });

  test('what is no error becomes one with its text', () => {
    expect(across('only words')).toMatchObject({ name: 'Error', message: 'only words' });
    expect(across(new Error('outer', { cause: 42 })).cause).toMatchObject({ message: '42' });
  });
});

describe('another copy of PipelineError', () => {
  const loadAnother = async () => {
    vi.resetModules();
    return (await import('../../src/core/errors.ts')).PipelineError;
  };

  test('is known as one, by its code too on the way through a worker', async () => {
    const Another = await loadAnother();
    const error = new Another('disk-full', 'no room', { context: { sizeBytes: 3 } });
    expect(Another).not.toBe(PipelineError);
    expect(error).toBeInstanceOf(PipelineError);
    expect(across(error)).toMatchObject({ code: 'disk-full', context: { sizeBytes: 3 } });
    expect(PipelineError.from(error, 'frame-failed')).toBe(error);
  });

  test('is no other error, and no lookalike', () => {
    expect(new RangeError('too large')).not.toBeInstanceOf(PipelineError);
    expect({ name: 'PipelineError', code: 'disk-full' }).not.toBeInstanceOf(PipelineError);
    expect(null).not.toBeInstanceOf(PipelineError);
  });
});

describe('PipelineError.from', () => {
  test('leaves a PipelineError as it is', () => {
    const error = new PipelineError('camera-denied', 'no');
    expect(PipelineError.from(error, 'frame-failed', { recoverable: true })).toBe(error);
  });

  test('keeps any other error as the cause, with its words', () => {
    const cause = new RangeError('too large');
    const error = PipelineError.from(cause, 'frame-failed', { recoverable: true });
    expect(error).toMatchObject({ code: 'frame-failed', message: 'too large', recoverable: true });
    expect(error.cause).toBe(cause);
  });

  test('takes words for a message', () => {
    expect(PipelineError.from('odd', 'worker-crashed').message).toBe('odd');
  });
});
