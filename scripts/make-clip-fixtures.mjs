/**
 * `node scripts/make-clip-fixtures.mjs MEDIA`: makes the clips of test/fixtures/clips from the CC0 clips in the folder
 * MEDIA (friday.mp4, rabbit320.mp4, chroma-key-man.mp4, flower.webm) with ffmpeg, and writes down in expected.json what
 * ffprobe says of each of them and of every clip in MEDIA. What it makes is committed: no test runs it. Another version of
 * ffmpeg gives other bytes, so make all of them or none.
 *
 * There is no H.264 clip of an odd size: with 4:2:0 its cropping goes in steps of two pixels.
 */
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { makeClips } from './clip-recipes.mjs';
import { probeClip } from './probe-clip.mjs';

const OUT = fileURLToPath(new URL('../test/fixtures/clips/', import.meta.url));
const MOST_BYTES = 60_000;
const MOST_BYTES_TOGETHER = 400_000;

const media = process.argv[2];
if (media === undefined) throw new TypeError('usage: node scripts/make-clip-fixtures.mjs MEDIA');

mkdirSync(OUT, { recursive: true });
makeClips(media, OUT);

const isClip = (/** @type {string} */ name) => /\.(mp4|m4a|mov|webm|mkv)$/.test(name);
const clips = readdirSync(OUT).filter(isClip).sort();
let together = 0;
for (const name of clips) {
  const { size } = statSync(join(OUT, name));
  together += size;
  if (size > MOST_BYTES) throw new RangeError(`${name} has ${size} bytes, more than ${MOST_BYTES}`);
}
if (together > MOST_BYTES_TOGETHER) throw new RangeError(`all together have ${together} bytes`);

const probeAll = (/** @type {string} */ folder, /** @type {readonly string[]} */ names) =>
  Object.fromEntries(names.map((name) => [basename(name), probeClip(join(folder, name))]));
const expected = {
  fixtures: probeAll(OUT, clips),
  media: probeAll(media, readdirSync(media).filter(isClip).sort()),
};
writeFileSync(join(OUT, 'expected.json'), `${JSON.stringify(expected)}\n`);
