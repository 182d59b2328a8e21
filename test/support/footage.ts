/**
 * Makes the file that a test's camera plays: real footage, scaled to the size asked for, each frame numbered in its
 * pixels (see frame-counter.ts). Runs in Node. Files are cached under node_modules/.cache by what went into them, since
 * decoding a clip takes seconds; a half-written one never gets the final name, so parallel test workers may race.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeClip } from './decode-clip.ts';
import { burnCounter } from './frame-counter.ts';
import { scalePicture } from './plane-scale.ts';
import { createY4m } from './y4m.ts';

/** The clip that the live page bundles. */
export const SAMPLE_CLIP = fileURLToPath(new URL('../../demo/shared/assets/sample.webm', import.meta.url));

const CACHE = fileURLToPath(new URL('../../node_modules/.cache/convolux/footage/', import.meta.url));

/** Raise it when the counter's layout, the scaling or the header changes: it makes every cached file stale. */
const RECIPE = 1;

export type FootageOptions = Readonly<{
  width: number;
  height: number;
  /** Frames per second that the camera shall deliver. Default 30. */
  fps?: number;
  /** How many frames before the camera starts over; fewer where the clip is shorter. Default 60. */
  frames?: number;
  /** The WebM file, VP8 or VP9. Default: the page's sample. */
  clip?: string;
  /** The Chromium that decodes it. */
  executablePath: string;
  args: readonly string[];
}>;

/** Returns the path of a Y4M file; makes it where it isn't there yet. */
export async function cameraFootage(options: FootageOptions): Promise<string> {
  const { width, height, fps = 30, frames = 60, clip = SAMPLE_CLIP } = options;
  const bytes = readFileSync(clip);
  const key = createHash('sha256')
    .update(bytes)
    .update(JSON.stringify([RECIPE, width, height, fps, frames]))
    .digest('hex');
  const path = join(CACHE, `${width}x${height}-${fps}-${frames}-${key.slice(0, 16)}.y4m`);
  if (existsSync(path)) return path;
  mkdirSync(CACHE, { recursive: true });
  const unfinished = `${path}.${process.pid}.part`;
  const file = createY4m(unfinished, { width, height, fps: { numerator: fps, denominator: 1 } });
  let number = 0;
  try {
    await decodeClip(
      bytes,
      { executablePath: options.executablePath, args: options.args, count: frames },
      (picture) => {
        file.write(burnCounter(scalePicture(picture, width, height), number));
        number += 1;
      },
    );
    if (number === 0) throw new Error(`${clip}: no picture in it`);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  } finally {
    file.close();
  }
  renameSync(unfinished, path);
  return path;
}
