/** Changes in an MP4's index that ffmpeg has no option for, or another one in each version. The size stays. */

/** Boxes with boxes in them, on the way to what is changed. */
const HOLDERS = new Set(['moov', 'trak', 'mdia', 'edts']);

/**
 * @typedef {Readonly<{ type: string, start: number, body: number, end: number }>} Box
 */

/**
 * @param {Buffer} bytes
 * @param {number} [start]
 * @param {number} [end]
 * @returns {Box[]} Those that lie beside each other in this part.
 */
export function boxesOf(bytes, start = 0, end = bytes.length) {
  const boxes = [];
  for (let at = start; at + 8 <= end;) {
    const size = bytes.readUInt32BE(at);
    if (size < 8) throw new RangeError(`a box of ${size} bytes at ${at}`);
    boxes.push({ type: bytes.toString('latin1', at + 4, at + 8), start: at, body: at + 8, end: at + size });
    at += size;
  }
  return boxes;
}

/** @param {Buffer} bytes @param {Box} box @param {string} type @returns {Box} */
function inside(bytes, box, type) {
  for (const one of boxesOf(bytes, box.body, box.end)) {
    if (one.type === type) return one;
    if (!HOLDERS.has(one.type)) continue;
    try {
      return inside(bytes, one, type);
    } catch {
      // Not in this one.
    }
  }
  throw new RangeError(`no ${type} in ${box.type}`);
}

/** The track with this handler, 'vide' or 'soun'. @param {Buffer} bytes @param {string} handler */
function trackOf(bytes, handler) {
  const index = boxesOf(bytes).find(({ type }) => type === 'moov');
  if (index === undefined) throw new RangeError('no moov');
  const tracks = boxesOf(bytes, index.body, index.end).filter(({ type }) => type === 'trak');
  const isIt = (/** @type {Box} */ track) => {
    const { body } = inside(bytes, track, 'hdlr');
    return bytes.toString('latin1', body + 8, body + 12) === handler;
  };
  const track = tracks.find(isIt);
  if (track === undefined) throw new RangeError(`no track of ${handler}`);
  return { index, track };
}

/** [a b; c d] of a turn clockwise, in 16.16; the file's first four of nine, without u. */
const TURNS = { 90: [0, 1, -1, 0], 180: [-1, 0, 0, -1], 270: [0, -1, 1, 0] };

/**
 * @param {Buffer} clip
 * @param {90 | 180 | 270} degrees Clockwise.
 */
export function patchRotation(clip, degrees) {
  const bytes = Buffer.from(clip);
  const { body } = inside(bytes, trackOf(bytes, 'vide').track, 'tkhd');
  if (bytes[body] !== 0) throw new RangeError('tkhd of version 0 only');
  const [a = 0, b = 0, c = 0, d = 0] = TURNS[degrees];
  const matrix = body + 40;
  for (const [place, value] of [a, b, 0, c, d].entries())
    bytes.writeInt32BE(value * 65536, matrix + 4 * place);
  return bytes;
}

/**
 * @param {Buffer} clip
 * @param {'vide' | 'soun'} handler
 * @param {number} seconds How long the last edit shall be.
 */
export function patchEditDuration(clip, handler, seconds) {
  const bytes = Buffer.from(clip);
  const { index, track } = trackOf(bytes, handler);
  const { body } = inside(bytes, track, 'elst');
  if (bytes[body] !== 0) throw new RangeError('elst of version 0 only');
  const timescale = bytes.readUInt32BE(inside(bytes, index, 'mvhd').body + 12);
  const last = body + 8 + 12 * (bytes.readUInt32BE(body + 4) - 1);
  bytes.writeUInt32BE(Math.round(seconds * timescale), last);
  return bytes;
}
