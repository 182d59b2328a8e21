/** Makes clips in the page: frames with their number in them, at the times that a test wants, with sound. */
import {
  AudioSample,
  AudioSampleSource,
  BufferTarget,
  Mp4OutputFormat,
  Output,
  Quality,
  VideoSample,
  VideoSampleSource,
  WebMOutputFormat,
} from 'mediabunny';
import type { ClipContainer, ClipVideoCodec } from '../../src/clips/clip-types.ts';
import { burnCounter, readCounter } from './frame-counter.ts';
import type { FramePlanes } from './frame-planes.ts';
import { chromaSize, type I420Picture } from './picture.ts';
import { sound } from './wavenet.ts';

export type MadeClip = Readonly<{
  /** When the frames are shown, in s. */
  timesS: readonly number[];
  /** Of the last frame, in s. Default 1/30. */
  lastS?: number;
  container?: ClipContainer;
  codec?: ClipVideoCodec;
  width?: number;
  height?: number;
  keyFrameS?: number;
  /** How long a sound beside it is; 0 for none, the default. */
  soundS?: number;
}>;

export const evenly = (count: number, fps: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => i / fps);

/** Soft stripes that walk, and a number: soft, so that codecs keep them. */
function numbered(n: number, width: number, height: number): I420Picture {
  const plane = (w: number, h: number, low: number, high: number, step: number) =>
    Uint8Array.from({ length: w * h }, (_, i) => {
      const wave = Math.sin((2 * Math.PI * ((i % w) + Math.floor(i / w) / 2 + step * n)) / w);
      return Math.round((low + high) / 2 + ((high - low) / 2) * wave);
    });
  const [columns, rows] = [chromaSize(width), chromaSize(height)];
  const u = plane(columns, rows, 100, 150, 2);
  const v = plane(columns, rows, 110, 160, -3);
  return burnCounter({ width, height, y: plane(width, height, 40, 200, 5), u, v }, n);
}

function frameOf({ width, height, y, u, v }: I420Picture): VideoFrame {
  const bytes = new Uint8Array(y.length + u.length + v.length);
  bytes.set(y);
  bytes.set(u, y.length);
  bytes.set(v, y.length + u.length);
  const colorSpace = { matrix: 'bt709', primaries: 'bt709', transfer: 'bt709', fullRange: false } as const;
  return new VideoFrame(bytes, { format: 'I420', codedWidth: width, codedHeight: height, timestamp: 0, colorSpace }); // prettier-ignore
}

export async function makeClip({
  timesS,
  lastS = 1 / 30,
  container = 'mp4',
  codec = 'avc',
  width = 192,
  height = 64,
  keyFrameS = 1,
  soundS = 0,
}: MadeClip): Promise<File> {
  const target = new BufferTarget();
  const format = container === 'mp4' ? new Mp4OutputFormat() : new WebMOutputFormat();
  const output = new Output({ format, target });
  const picture = new VideoSampleSource({ codec, quality: new Quality({ bitrate: 2e6 }), keyFrameInterval: keyFrameS }); // prettier-ignore
  output.addVideoTrack(picture);
  const tone = new AudioSampleSource({ codec: 'opus', quality: new Quality({ bitrate: 64_000 }) });
  if (soundS > 0) output.addAudioTrack(tone);
  await output.start();
  for (const [n, timestamp] of timesS.entries()) {
    const duration = (timesS[n + 1] ?? timestamp + lastS) - timestamp;
    const frame = frameOf(numbered(n, width, height));
    const sample = new VideoSample(frame, { timestamp, duration });
    await picture.add(sample);
    sample.close();
    frame.close();
  }
  picture.close();
  if (soundS > 0) await addSound(tone, soundS);
  await output.finalize();
  if (target.buffer === null) throw new Error('nothing was written');
  return new File([target.buffer], `made.${container}`);
}

async function addSound(tone: AudioSampleSource, soundS: number): Promise<void> {
  const sampleRate = 48_000;
  const data = sound(Math.round(soundS * sampleRate), sampleRate);
  const sample = new AudioSample({ data, format: 'f32', numberOfChannels: 1, sampleRate, timestamp: 0 });
  await tone.add(sample);
  sample.close();
  tone.close();
}

/** The number in a picture; null where none can be read. */
export function numberIn({ width, height, y }: FramePlanes): number | null {
  const data = new Uint8Array(4 * width * height);
  for (let i = 0; i < y.length; i++) data[4 * i + 1] = y[i]!;
  return readCounter({ width, height, data });
}
