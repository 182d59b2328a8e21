/** The same clip through FFmpeg, where it is installed. */
import { spawnSync } from 'node:child_process';

export type NativeEncoder = Readonly<{ name: string; options: readonly string[] }>;

/** Of two encoders: the one that most people use, and the one that Chromium has inside. */
const ENCODERS: readonly NativeEncoder[] = [
  { name: 'libx264', options: ['-preset', 'veryfast'] },
  { name: 'libopenh264', options: [] },
];

/** Those that this FFmpeg was built with; none where there is no FFmpeg. */
export function nativeEncoders(): readonly NativeEncoder[] {
  const { status, stdout } = spawnSync('ffmpeg', ['-hide_banner', '-encoders'], { encoding: 'utf8' });
  if (status !== 0) return [];
  return ENCODERS.filter(({ name }) => new RegExp(`\\b${name}\\b`).test(stdout));
}

/** From one file to another, in ms. @throws Error with what FFmpeg says. */
export function runNative(
  { name, options }: NativeEncoder,
  input: string,
  output: string,
  bitrate: number,
): number {
  const args = ['-y', '-v', 'error', '-i', input, '-vf', 'sobel', '-c:v', name, ...options];
  const startMs = performance.now();
  const { status, stderr } = spawnSync('ffmpeg', [...args, '-b:v', String(bitrate), '-an', output], {
    encoding: 'utf8',
  });
  const ms = performance.now() - startMs;
  if (status !== 0) throw new Error(`ffmpeg with ${name}: ${stderr.trim()}`);
  return ms;
}
