/**
 * Operational faults: what can go wrong outside the caller's code, each with a literal code.
 * Mistakes of a caller are `TypeError` / `RangeError` instead (see check.ts).
 */

export const PIPELINE_ERROR_CODES = [
  'camera-denied',
  'camera-missing',
  'camera-busy',
  'camera-unsupported',
  'camera-constrained',
  'screen-denied',
  'screen-unsupported',
  'microphone-denied',
  'microphone-missing',
  'microphone-busy',
  'track-ended',
  'video-unreadable',
  'volume-unreadable',
  'clip-unreadable',
  'clip-unwritable',
  'codec-unsupported',
  'disk-full',
  'output-unsupported',
  'output-in-use',
  'webgl2-missing',
  'float-missing',
  'context-lost',
  'shader-failed',
  'frame-failed',
  'frame-too-large',
  'worker-missing',
  'worker-crashed',
  'aborted',
] as const;

export type PipelineErrorCode = (typeof PIPELINE_ERROR_CODES)[number];

/** Facts that belong to a fault: numbers and words only, so that they cross to and from a worker. */
export type ErrorContext = Readonly<Record<string, string | number | boolean>>;

export type PipelineErrorOptions = Readonly<{
  /** Whether trying again, as it is, may help. Default false. */
  recoverable?: boolean;
  cause?: unknown;
  context?: ErrorContext;
}>;

/** A fault of the machine, the camera, the GPU or the worker: worded for users, told apart by `code`. */
export class PipelineError extends Error {
  override readonly name = 'PipelineError';
  readonly code: PipelineErrorCode;
  readonly recoverable: boolean;
  readonly context: ErrorContext;

  constructor(code: PipelineErrorCode, message: string, options: PipelineErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.recoverable = options.recoverable ?? false;
    this.context = options.context ?? {};
  }

  /** Also of another copy of this class: what records comes from a file of its own in the package, with one in it. */
  static override [Symbol.hasInstance](value: unknown): value is PipelineError {
    return value instanceof Error && value.name === 'PipelineError' && 'code' in value;
  }

  /** `error` itself when it is one already, else a new one of `code` that keeps it as the cause. */
  static from(error: unknown, code: PipelineErrorCode, options: PipelineErrorOptions = {}): PipelineError {
    if (error instanceof PipelineError) return error;
    const message = error instanceof Error ? error.message : String(error);
    return new PipelineError(code, message, { ...options, cause: error });
  }
}

/** An error as data that any channel can carry. */
export type SerializedError = Readonly<{
  name: string;
  message: string;
  stack?: string;
  code?: PipelineErrorCode;
  recoverable?: boolean;
  context?: ErrorContext;
  cause?: SerializedError;
}>;

export function serializeError(error: unknown): SerializedError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  return {
    name: error.name,
    message: error.message,
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    ...(error instanceof PipelineError
      ? { code: error.code, recoverable: error.recoverable, context: error.context }
      : {}),
    ...(error.cause === undefined ? {} : { cause: serializeError(error.cause) }),
  };
}

/** The inverse of `serializeError`: class, code and cause come back. */
export function deserializeError(data: SerializedError): Error {
  const cause = data.cause === undefined ? undefined : deserializeError(data.cause);
  const error = revive(data, cause);
  if (data.stack !== undefined) error.stack = data.stack;
  return error;
}

function revive(data: SerializedError, cause: Error | undefined): Error {
  if (data.code !== undefined) {
    return new PipelineError(data.code, data.message, {
      recoverable: data.recoverable ?? false,
      context: data.context ?? {},
      ...(cause === undefined ? {} : { cause }),
    });
  }
  const options = cause === undefined ? undefined : { cause };
  switch (data.name) {
    case 'TypeError':
      return new TypeError(data.message, options);
    case 'RangeError':
      return new RangeError(data.message, options);
    default: {
      const error = new Error(data.message, options);
      error.name = data.name;
      return error;
    }
  }
}
