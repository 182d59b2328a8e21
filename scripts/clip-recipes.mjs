/** How each clip of test/fixtures/clips is made: with ffmpeg, and where it can't, by writing over a few bytes. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { boxesOf, patchEditDuration, patchRotation } from './patch-mp4.mjs';

/** The four sources. */
/** @typedef {'friday.mp4' | 'rabbit320.mp4' | 'chroma-key-man.mp4' | 'flower.webm'} Source */

/**
 * @typedef {object} Kitchen
 * @property {(...args: readonly string[]) => void} ffmpeg
 * @property {(name: Source) => string} media A clip's path.
 * @property {(name: string, source: Source, part: readonly [fromS: number, seconds: number], ...args: readonly string[]) => void} make
 * A fixture from a part of a clip.
 * @property {(name: string) => string} out A fixture's path.
 * @property {(name: string) => string} part The path of what is needed on the way.
 */

const SMALL = ['-vf', 'scale=160:120,setsar=1'];
const WIDE = ['-vf', 'scale=160:96,setsar=1'];
const H264 = ['-c:v', 'libx264', '-preset', 'slow', '-crf', '30', '-pix_fmt', 'yuv420p'];
const B_FRAMES = ['-bf', '3', '-b_strategy', '0', '-g', '30'];
const VP9 = ['-c:v', 'libvpx-vp9', '-crf', '40', '-b:v', '0', '-g', '30', '-row-mt', '0', '-threads', '1'];
const VP9_10_BIT = [...VP9, '-pix_fmt', 'yuv420p10le', '-profile:v', '2'];
const VP8 = ['-c:v', 'libvpx', '-crf', '25', '-b:v', '200k', '-g', '30', '-threads', '1'];
const AAC = ['-c:a', 'aac', '-b:a', '32k', '-ac', '1', '-ar', '44100'];
const OPUS = ['-c:a', 'libopus', '-b:a', '24k', '-ac', '1'];
const SILENT = ['-an'];

/** @param {string} primaries @param {string} transfer @param {string} matrix @param {'tv' | 'pc'} range */
const tagged = (primaries, transfer, matrix, range = 'tv') => ['-color_primaries', primaries, '-color_trc', transfer, '-colorspace', matrix, '-color_range', range]; // prettier-ignore
const BT601 = tagged('smpte170m', 'smpte170m', 'smpte170m');
const BT709 = tagged('bt709', 'bt709', 'bt709');

/** Frames that are shown for one to four thirtieths of a second. */
const UNEVEN = "select='not(eq(mod(n,7),2)+eq(mod(n,11),5)+between(mod(n,20),9,11))'";

/**
 * @param {string} media The folder of the CC0 clips.
 * @param {string} out The folder where the fixtures go.
 */
export function makeClips(media, out) {
  const parts = mkdtempSync(join(tmpdir(), 'convolux-clips-'));
  /** @type {Kitchen['ffmpeg']} */
  const ffmpeg = (...args) => void execFileSync('ffmpeg', ['-v', 'error', '-y', ...args]);
  /** @type {Kitchen} */
  const kitchen = {
    ffmpeg,
    media: (name) => join(media, name),
    out: (name) => join(out, name),
    part: (name) => join(parts, name),
    make: (name, source, [fromS, seconds], ...args) =>
      ffmpeg('-ss', `${fromS}`, '-t', `${seconds}`, '-i', join(media, source), '-bitexact', '-map_metadata', '-1', ...args, join(out, name)), // prettier-ignore
  };
  try {
    for (const some of [ordinary, edited, codecsAndSounds, turned, colours, tracks, resized]) some(kitchen);
  } finally {
    rmSync(parts, { recursive: true });
  }
}

/** @param {Kitchen} kitchen */
function ordinary({ make }) {
  const video = [...SMALL, ...H264, ...B_FRAMES, ...BT601];
  // H.264 with B-frames, and AAC, as most clips are: edit lists take what both begin with away.
  make('b-frames.mp4', 'friday.mp4', [0, 2], ...video, ...AAC, '-movflags', '+faststart');
  // With offsets below zero in place of the edit list, and the index at the end.
  make('negative-offsets.mp4', 'friday.mp4', [2, 1], ...video, ...AAC, '-movflags', 'negative_cts_offsets');
  // In fragments, as recorders write them.
  make('fragments.mp4', 'friday.mp4', [1, 1.5], ...video, '-g', '15', ...AAC, '-movflags', 'frag_keyframe+delay_moov'); // prettier-ignore
  const uneven = ['-vf', `${UNEVEN},scale=160:120,setsar=1`, '-vsync', 'vfr'];
  make('vfr.mp4', 'friday.mp4', [1, 3], ...uneven, ...H264, ...B_FRAMES, ...BT601, ...AAC);
  make('vfr.webm', 'rabbit320.mp4', [1, 2], ...uneven, ...VP9, ...SILENT);
  make('no-sound.mp4', 'chroma-key-man.mp4', [3, 0.5], ...WIDE, ...H264, ...BT601, ...SILENT);
}

/** @param {Kitchen} kitchen */
function edited({ ffmpeg, make, media, out, part }) {
  const long = part('long.mp4');
  ffmpeg('-t', '3', '-i', media('rabbit320.mp4'), '-bitexact', ...SMALL, ...H264, ...B_FRAMES, ...BT601, ...AAC, long); // prettier-ignore
  const copied = ['-bitexact', '-map_metadata', '-1', '-c', 'copy'];
  // Cut out of a longer one without encoding it: the edit list hides the frames from the key frame up to the cut.
  ffmpeg('-ss', '1.4', '-t', '1.2', '-i', long, ...copied, out('edit-list-cut.mp4'));
  // The picture begins 250 ms after the sound: an edit of nothing comes first.
  ffmpeg('-itsoffset', '0.25', '-i', long, '-i', long, '-t', '1.25', '-map', '0:v', '-map', '1:a', ...copied, out('late-video.mp4')); // prettier-ignore
  // And the other way round.
  ffmpeg('-i', long, '-itsoffset', '0.4', '-i', long, '-t', '1', '-map', '0:v', '-map', '1:a', ...copied, out('late-sound.mp4')); // prettier-ignore
  // An edit list that ends before its track does: how editors cut an end off.
  make('edit-list-end.mp4', 'friday.mp4', [0, 1], ...SMALL, ...H264, ...B_FRAMES, ...BT601, ...AAC);
  writeFileSync(
    out('edit-list-end.mp4'),
    patchEditDuration(readFileSync(out('edit-list-end.mp4')), 'vide', 0.7),
  );
}

/** @param {Kitchen} kitchen */
function codecsAndSounds({ make }) {
  const video = [...SMALL, ...H264, ...BT601];
  make('vp8-vorbis.webm', 'rabbit320.mp4', [2, 1], ...SMALL, ...VP8, '-c:a', 'libvorbis', '-b:a', '48k', '-ac', '1', '-ar', '44100'); // prettier-ignore
  make('vp9-opus.webm', 'rabbit320.mp4', [4, 1], ...SMALL, ...VP9, ...OPUS);
  make('odd-size.webm', 'flower.webm', [0, 1], '-vf', 'scale=161:121,setsar=1', ...VP9, ...OPUS);
  make('av1.mp4', 'flower.webm', [1, 0.5], ...SMALL, '-c:v', 'libaom-av1', '-crf', '40', '-b:v', '0', '-cpu-used', '6', ...SILENT); // prettier-ignore
  make(
    'mp3.mp4',
    'friday.mp4',
    [3, 1],
    ...video,
    '-c:a',
    'libmp3lame',
    '-b:a',
    '32k',
    '-ac',
    '1',
    '-ar',
    '44100',
  );
  // The same sound under QuickTime's own name for it, which few readers know.
  make(
    'mp3.mov',
    'friday.mp4',
    [3, 1],
    ...video,
    '-c:a',
    'libmp3lame',
    '-b:a',
    '32k',
    '-ac',
    '1',
    '-ar',
    '44100',
  );
  make('pcm.mov', 'friday.mp4', [4, 1], ...video, '-c:a', 'pcm_s16le', '-ac', '1', '-ar', '8000');
  // What Chromium decodes on hardware only, and what browsers don't know at all.
  make('hevc.mp4', 'chroma-key-man.mp4', [0, 0.5], ...WIDE, '-c:v', 'libx265', '-x265-params', 'log-level=error:info=0', '-crf', '32', '-tag:v', 'hvc1', '-pix_fmt', 'yuv420p', ...SILENT); // prettier-ignore
  make('mpeg4.mp4', 'chroma-key-man.mp4', [0, 0.5], ...WIDE, '-c:v', 'mpeg4', '-q:v', '12', ...SILENT);
}

/** @param {Kitchen} kitchen */
function turned({ make, out }) {
  make('wide-pixels.mp4', 'chroma-key-man.mp4', [4, 0.5], '-vf', 'scale=160:120,setsar=2/1', ...H264, ...BT601, ...SILENT); // prettier-ignore
  make('rotate-90.mp4', 'chroma-key-man.mp4', [2, 0.5], ...WIDE, ...H264, ...BT601, ...SILENT);
  const upright = readFileSync(out('rotate-90.mp4'));
  for (const degrees of /** @type {const} */ ([90, 180, 270]))
    writeFileSync(out(`rotate-${degrees}.mp4`), patchRotation(upright, degrees));
}

/** @param {Kitchen} kitchen */
function colours({ make }) {
  const scaled = (/** @type {string} */ options) => ['-vf', `scale=160:120:${options},setsar=1`];
  make('full-range.mp4', 'flower.webm', [2, 0.5], ...scaled('out_range=full'), ...H264, '-crf', '24', '-pix_fmt', 'yuvj420p', ...tagged('smpte170m', 'smpte170m', 'smpte170m', 'pc'), ...SILENT); // prettier-ignore
  make('bt709.mp4', 'flower.webm', [3, 0.5], ...scaled('out_color_matrix=bt709'), ...H264, '-crf', '24', ...BT709, ...SILENT); // prettier-ignore
  make('ten-bit.webm', 'flower.webm', [0, 0.5], ...SMALL, ...VP9_10_BIT, ...BT601, ...SILENT);
  // They say that they are HDR; no more of them is.
  const pq = [...SMALL, ...VP9_10_BIT, ...tagged('bt2020', 'smpte2084', 'bt2020nc'), ...SILENT];
  make('hdr-pq.webm', 'flower.webm', [0, 0.5], ...pq);
  make('hdr-pq.mp4', 'flower.webm', [0, 0.5], ...pq);
  make('hdr-hlg.mp4', 'flower.webm', [0, 0.5], ...SMALL, ...VP9_10_BIT, ...tagged('bt2020', 'arib-std-b67', 'bt2020nc'), ...SILENT); // prettier-ignore
}

/** @param {Kitchen} kitchen */
function tracks({ ffmpeg, make, media, out, part }) {
  const titles = part('titles.srt');
  writeFileSync(titles, '1\n00:00:00,100 --> 00:00:00,900\nGood morning.\n');
  // Two languages and subtitles; the second sound is an octave higher.
  const sounds = '[0:a]asplit[a][b];[b]asetrate=88200,aresample=44100,apad,atrim=end=1[c]';
  ffmpeg('-t', '1', '-i', media('friday.mp4'), '-i', titles, '-bitexact', '-map_metadata', '-1', '-filter_complex', `[0:v]scale=160:120,setsar=1[v];${sounds}`, '-map', '[v]', '-map', '[a]', '-map', '[c]', '-map', '1:s', ...H264, ...BT601, ...AAC, '-c:s', 'mov_text', '-metadata:s:a:0', 'language=eng', '-metadata:s:a:1', 'language=deu', out('tracks.mp4')); // prettier-ignore
  make('sound-only.mp4', 'friday.mp4', [0, 1], '-vn', ...AAC);
  // A recording that ended before its first fragment: tracks without frames.
  const started = readFileSync(out('fragments.mp4'));
  const end = boxesOf(started).find(({ type }) => type === 'moof')?.start;
  writeFileSync(out('no-frames.mp4'), started.subarray(0, end));
}

/** The size changes in the middle, as in a recorded call. @param {Kitchen} kitchen */
function resized({ ffmpeg, media, out, part }) {
  const halves = ['160:120', '200:152'].map((size, i) => {
    const half = part(`${i}.webm`);
    ffmpeg('-ss', `${i}`, '-t', '0.5', '-i', media('flower.webm'), '-bitexact', '-vf', `scale=${size},setsar=1`, ...VP8, ...SILENT, half); // prettier-ignore
    return half;
  });
  writeFileSync(part('halves.txt'), halves.map((half) => `file '${half}'\n`).join(''));
  ffmpeg(
    '-f',
    'concat',
    '-safe',
    '0',
    '-i',
    part('halves.txt'),
    '-bitexact',
    '-c',
    'copy',
    out('size-change.webm'),
  );
}
