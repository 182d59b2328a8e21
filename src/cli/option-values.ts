/** What options hold, from how they are typed. Each throws what commander wraps with the option's name and the value. */
import { InvalidArgumentError } from 'commander';
import {
  CLIP_CONTAINERS,
  CLIP_VIDEO_CODECS,
  type ClipContainer,
  type ClipVideoCodec,
} from '../clips/clip-types.ts';

const BITRATE = { min: 10_000, max: 1_000_000_000 };
const FPS = { min: 1, max: 240 };
const SIDE = { min: 2, max: 8192 };
const MULTIPLES: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9 };
/** What most people call them. */
const CODEC_NAMES: Readonly<Record<string, ClipVideoCodec>> = { h264: 'avc', h265: 'hevc' };

export type ClipSize = Readonly<{ width?: number; height?: number }>;

/** '2.5', in seconds. */
export function readSeconds(text: string): number {
  const value = numberOf(text);
  if (value >= 0) return value;
  throw new InvalidArgumentError('It must be a number of seconds, 0 or more.');
}

/** '4M', '500k', '4000000': bits per second. */
export function readBitrate(text: string): number {
  const [, digits = '', unit = ''] = /^([\d.]+)\s*([kmg]?)$/i.exec(text) ?? [];
  const value = Math.round(numberOf(digits) * (MULTIPLES[unit.toLowerCase()] ?? NaN));
  if (value >= BITRATE.min && value <= BITRATE.max) return value;
  throw new InvalidArgumentError('It must be bits per second, 10k to 1000M, like 4M or 500k.');
}

/** 'keep' or '30'. */
export function readFrameRate(text: string): 'keep' | number {
  if (text === 'keep') return text;
  const value = numberOf(text);
  if (value >= FPS.min && value <= FPS.max) return value;
  throw new InvalidArgumentError(`It must be keep, or a number from ${FPS.min} to ${FPS.max}.`);
}

/** '640x360', or one side of it: '640x', 'x360'. */
export function readSize(text: string): ClipSize {
  const [match, width = '', height = ''] = /^(\d*)[x×](\d*)$/iu.exec(text) ?? [];
  const sides = [width, height].filter((side) => side !== '').map(Number);
  if (match === undefined || sides.length === 0 || sides.some((side) => side < SIDE.min || side > SIDE.max))
    throw new InvalidArgumentError(
      `It must be like 640x360, 640x or x360, each ${SIDE.min} to ${SIDE.max} px.`,
    );
  return {
    ...(width === '' ? {} : { width: Number(width) }),
    ...(height === '' ? {} : { height: Number(height) }),
  };
}

export function readCodec(text: string): ClipVideoCodec {
  const name = text.toLowerCase();
  const found = CODEC_NAMES[name] ?? CLIP_VIDEO_CODECS.find((codec) => codec === name);
  if (found !== undefined) return found;
  throw new InvalidArgumentError(
    `It must be ${CLIP_VIDEO_CODECS.join(', ')}; h264 and h265 are avc and hevc.`,
  );
}

export function readContainer(text: string): ClipContainer {
  const found = CLIP_CONTAINERS.find((container) => container === text.toLowerCase());
  if (found !== undefined) return found;
  throw new InvalidArgumentError(`It must be ${CLIP_CONTAINERS.join(' or ')}.`);
}

/** How many at once. */
export function readJobs(text: string): number {
  const value = numberOf(text);
  if (Number.isInteger(value) && value >= 1 && value <= 64) return value;
  throw new InvalidArgumentError('It must be a whole number from 1 to 64.');
}

/** For an option that may be given several times. */
export function collect(text: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, text];
}

function numberOf(text: string): number {
  return text.trim() === '' ? NaN : Number(text);
}
