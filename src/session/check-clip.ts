/** What a caller gives for a clip, checked before a worker is started. */
import {
  CLIP_CONTAINERS,
  CLIP_ERROR_POLICIES,
  CLIP_VIDEO_CODECS,
  type ClipErrorPolicy,
  type ClipInput,
  type ClipOutputOptions,
  type ClipRange,
  type ClipSink,
} from '../clips/clip-types.ts';
import { checkInteger, checkNumber, checkOneOf, show } from '../core/check.ts';

const SIDE = { min: 2, max: 8192, unit: 'px' };

/** @returns an address as the worker can fetch it: what is relative is so to this page. @throws TypeError */
export function checkInput(input: ClipInput): ClipInput {
  const isAddress = typeof input === 'string' || input instanceof URL;
  if (!isAddress && (input instanceof Blob || isHandle(input))) return input;
  const address = isAddress ? addressOf(input) : null;
  if (address === null)
    throw new TypeError(`input must be a URL, a Blob or a file handle, got ${show(input)}`);
  return address;
}

function addressOf(input: string | URL): string | null {
  try {
    return new URL(input, document.baseURI).href;
  } catch {
    return null;
  }
}

const isHandle = (input: unknown): boolean =>
  typeof input === 'object' && input !== null && (input as { kind?: unknown }).kind === 'file';

/** Of what clips and recordings are made. @throws TypeError | RangeError that name the option. */
export function checkEncoding(
  where: string,
  { container, codec, bitrate }: Pick<ClipOutputOptions, 'container' | 'codec' | 'bitrate'>,
): void {
  if (container !== undefined) checkOneOf(`${where}.container`, container, CLIP_CONTAINERS);
  if (codec !== undefined) checkOneOf(`${where}.codec`, codec, CLIP_VIDEO_CODECS);
  if (bitrate !== undefined)
    checkNumber(`${where}.bitrate`, bitrate, { min: 10_000, max: 1e9, unit: 'bits per second' });
}

/** @throws TypeError | RangeError that name the option. */
export function checkOutput(output: ClipOutputOptions): void {
  const { frameRate, size, audio } = output;
  checkEncoding('options.output', output);
  if (frameRate !== undefined && frameRate !== 'keep')
    checkNumber('options.output.frameRate', frameRate, { min: 1, max: 240, unit: 'frames per second' });
  if (size?.width !== undefined) checkInteger('options.output.size.width', size.width, SIDE);
  if (size?.height !== undefined) checkInteger('options.output.size.height', size.height, SIDE);
  if (audio !== undefined) checkOneOf('options.output.audio', audio, ['keep', 'none']);
}

/** @throws TypeError | RangeError */
export function checkRange({ startS, endS }: ClipRange): void {
  if (startS !== undefined) checkNumber('options.range.startS', startS, { min: 0, unit: 's' });
  if (endS !== undefined)
    checkNumber('options.range.endS', endS, { min: startS ?? 0, exclusiveMin: true, unit: 's' });
}

/** @throws TypeError */
export function checkErrorPolicy(onError: ClipErrorPolicy): ClipErrorPolicy {
  return checkOneOf('options.onError', onError, CLIP_ERROR_POLICIES);
}

/** @throws TypeError for what is no place to write to, or one that somebody writes to already. */
export function checkSink(sink: ClipSink): void {
  if (sink instanceof WritableStream) {
    if (sink.locked) throw new TypeError('options.sink must not be locked: somebody else writes to it');
  } else if (!isHandle(sink))
    throw new TypeError(`options.sink must be a WritableStream or a file handle, got ${show(sink)}`);
}
