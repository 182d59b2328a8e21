/**
 * YUV4MPEG2, the raw video format that Chromium plays as a camera: one text header, then per frame the line `FRAME` and
 * the three planes of an I420 picture. Runs in Node. Writing and reading go frame by frame through the file, because a few
 * seconds of 1280×720 are hundreds of megabytes.
 */
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { chromaSize, type I420Picture } from './picture.ts';

export type FrameRate = Readonly<{ numerator: number; denominator: number }>;

export type Y4mHeader = Readonly<{ width: number; height: number; fps: FrameRate }>;

const FRAME_MARK = Buffer.from('FRAME\n', 'latin1');

const planeBytes = (width: number, height: number): number =>
  width * height + 2 * chromaSize(width) * chromaSize(height);

/** `C420mpeg2` would claim left-sited chroma; plain `C420` leaves the siting to the reader, as a webcam does. */
const headerText = ({ width, height, fps }: Y4mHeader): string =>
  `YUV4MPEG2 W${width} H${height} F${fps.numerator}:${fps.denominator} Ip A1:1 C420\n`;

export type Y4mWriter = Readonly<{ write(picture: I420Picture): void; close(): void }>;

/** Creates the file (an existing one is emptied) and appends pictures, all of the size in the header. */
export function createY4m(path: string, header: Y4mHeader): Y4mWriter {
  const file = openSync(path, 'w');
  writeSync(file, headerText(header));
  return {
    write(picture) {
      if (picture.width !== header.width || picture.height !== header.height) {
        throw new RangeError(
          `picture must be ${header.width}×${header.height} as the header says, got ${picture.width}×${picture.height}`,
        );
      }
      for (const part of [FRAME_MARK, picture.y, picture.u, picture.v]) writeSync(file, part);
    },
    close: () => closeSync(file),
  };
}

export type Y4mFile = Y4mHeader &
  Readonly<{ frameCount: number; frame(index: number): I420Picture; close(): void }>;

/** Opens a file of {@link createY4m}'s kind: 4:2:0, 8 bits, no parameters on the FRAME lines. */
export function openY4m(path: string): Y4mFile {
  const file = openSync(path, 'r');
  const head = Buffer.alloc(256);
  const length = readSync(file, head, 0, head.length, 0);
  const lineEnd = head.subarray(0, length).indexOf(0x0a);
  if (lineEnd < 0) throw new Error(`${path}: no header line`);
  const header = parseHeader(head.toString('latin1', 0, lineEnd), path);
  const stride = FRAME_MARK.length + planeBytes(header.width, header.height);
  const frameCount = Math.floor((fstatSync(file).size - lineEnd - 1) / stride);
  return {
    ...header,
    frameCount,
    frame: (index) =>
      readFrame(file, lineEnd + 1 + index * stride, header, `${path}: frame ${index} of ${frameCount}`),
    close: () => closeSync(file),
  };
}

function parseHeader(line: string, path: string): Y4mHeader {
  const [magic, ...fields] = line.split(' ');
  if (magic !== 'YUV4MPEG2') throw new Error(`${path}: starts with '${magic}', not YUV4MPEG2`);
  const field = (key: string): string | undefined => fields.find((text) => text.startsWith(key))?.slice(1);
  const [numerator, denominator] = (field('F') ?? '').split(':').map(Number);
  const header = {
    width: Number(field('W')),
    height: Number(field('H')),
    fps: { numerator: numerator ?? NaN, denominator: denominator ?? NaN },
  };
  const numbers = [header.width, header.height, header.fps.numerator, header.fps.denominator];
  if (!numbers.every((value) => Number.isInteger(value) && value > 0))
    throw new Error(`${path}: bad header '${line}'`);
  const chroma = field('C') ?? '420';
  if (!/^420($|jpeg|mpeg2|paldv)/.test(chroma))
    throw new Error(`${path}: chroma '${chroma}' is not 8-bit 4:2:0`);
  return header;
}

function readFrame(file: number, offset: number, { width, height }: Y4mHeader, name: string): I420Picture {
  const bytes = new Uint8Array(FRAME_MARK.length + planeBytes(width, height));
  const read = readSync(file, bytes, 0, bytes.length, offset);
  if (read !== bytes.length || FRAME_MARK.compare(bytes, 0, FRAME_MARK.length) !== 0)
    throw new Error(`${name} is missing`);
  const chroma = chromaSize(width) * chromaSize(height);
  const y = FRAME_MARK.length;
  const u = y + width * height;
  const v = u + chroma;
  return {
    width,
    height,
    y: bytes.subarray(y, u),
    u: bytes.subarray(u, v),
    v: bytes.subarray(v, v + chroma),
  };
}
