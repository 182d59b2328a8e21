/** What ffprobe says of a clip, cut down to what the tests of clips ask for. Needs ffprobe. */
import { execFileSync } from 'node:child_process';

/**
 * @typedef {object} ProbedPicture
 * @property {string} codec
 * @property {number} width As it is coded.
 * @property {number} height
 * @property {number} rotation In degrees clockwise.
 * @property {number} pixelAspect A pixel's width over its height.
 */

/**
 * @typedef {object} ProbedSound
 * @property {string} codec
 * @property {number} channels
 * @property {number} sampleRate
 * @property {number} packets Without those that an edit list takes away whole.
 * @property {number} startS When the first of them is played.
 * @property {number} endS
 */

/**
 * @typedef {object} ProbedClip
 * @property {ProbedPicture | null} video Null where there is none.
 * @property {number[]} timestampsUs Of the frames that are shown, in the order in which they are.
 * @property {ProbedSound[]} sounds
 * @property {number} durationS
 */

/**
 * @typedef {object} Stream
 * @property {number} index
 * @property {string} codec_type
 * @property {string} codec_name
 * @property {string} time_base
 * @property {number} width
 * @property {number} height
 * @property {string} [sample_aspect_ratio]
 * @property {{ rotation?: number }[]} [side_data_list]
 * @property {number} channels
 * @property {string} sample_rate
 */

/**
 * @typedef {object} Answer
 * @property {Stream[]} [streams]
 * @property {{ duration?: string }} [format]
 * @property {{ best_effort_timestamp: number }[]} [frames]
 * @property {{ pts: number, duration?: number, flags: string }[]} [packets]
 */

/** @param {string} path @param {readonly string[]} args */
function ask(path, ...args) {
  const text = execFileSync('ffprobe', ['-v', 'error', '-of', 'json', ...args, path], { encoding: 'utf8', maxBuffer: 1e9 }); // prettier-ignore
  const answer = /** @type {unknown} */ (JSON.parse(text));
  return /** @type {Answer} */ (answer);
}

/** @param {string} text 'a/b' or 'a:b' */
function ratio(text) {
  const [a = 0, b = 1] = text.split(/[/:]/).map(Number);
  return a / b;
}

/**
 * @param {string} path
 * @returns {ProbedClip}
 */
export function probeClip(path) {
  const { streams = [], format = {} } = ask(path, '-show_streams', '-show_format');
  const video = streams.find(({ codec_type: type }) => type === 'video');
  return {
    video: video === undefined ? null : pictureOf(video),
    timestampsUs: video === undefined ? [] : framesOf(path, video),
    sounds: streams.filter(({ codec_type: type }) => type === 'audio').map((stream) => soundOf(path, stream)),
    durationS: Number(format.duration ?? 0),
  };
}

/**
 * @param {Stream} stream
 * @returns {ProbedPicture}
 */
function pictureOf({ codec_name: codec, width, height, sample_aspect_ratio: aspect, side_data_list: sides }) {
  const turn = sides?.find(({ rotation }) => rotation !== undefined)?.rotation ?? 0;
  // ffprobe counts degrees the other way round.
  return { codec, width, height, rotation: (360 - turn) % 360, pixelAspect: ratio(aspect ?? '1:1') };
}

/** @param {string} path @param {Stream} stream */
function framesOf(path, { index, time_base: tick }) {
  const entries = 'frame=best_effort_timestamp';
  const { frames = [] } = ask(path, '-select_streams', `${index}`, '-show_frames', '-show_entries', entries);
  return frames.map(({ best_effort_timestamp: ticks }) => Math.round(1e6 * ticks * ratio(tick)));
}

/**
 * @param {string} path
 * @param {Stream} stream
 * @returns {ProbedSound}
 */
function soundOf(path, { index, codec_name: codec, channels, sample_rate: rate, time_base: tick }) {
  const entries = 'packet=pts,duration,flags';
  const { packets: all = [] } = ask(path, '-select_streams', `${index}`, '-show_packets', '-show_entries', entries); // prettier-ignore
  const packets = all.filter(({ flags }) => !flags.includes('D'));
  const [first, last] = [packets.at(0), packets.at(-1)];
  const inS = (/** @type {number} */ ticks) => Math.round(1e6 * ticks * ratio(tick)) / 1e6;
  return {
    codec,
    channels,
    sampleRate: Number(rate),
    packets: packets.length,
    startS: first === undefined ? 0 : inS(first.pts),
    endS: last === undefined ? 0 : inS(last.pts + (last.duration ?? 0)),
  };
}
