/** What makes a test's camera: a Y4M file comes back as it was written, planes are scaled, a WebM clip is taken apart. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { busyPicture } from '../support/busy-picture.ts';
import { scalePicture, scalePlane } from '../support/plane-scale.ts';
import { readWebm } from '../support/webm.ts';
import { createY4m, openY4m } from '../support/y4m.ts';

describe('the Y4M file', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'convolux-y4m-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each([
    [16, 8],
    [17, 9],
    [1, 1],
  ])('comes back as written at %i×%i', (width, height) => {
    const path = join(folder, `${width}.y4m`);
    const pictures = [0, 1, 2].map((shift) => {
      const picture = busyPicture(width, height);
      return { ...picture, y: picture.y.map((value) => value - shift) };
    });
    const header = { width, height, fps: { numerator: 30000, denominator: 1001 } };
    const writer = createY4m(path, header);
    pictures.forEach((picture) => writer.write(picture));
    writer.close();
    const file = openY4m(path);
    expect(file).toMatchObject({ ...header, frameCount: 3 });
    expect([0, 1, 2].map((index) => file.frame(index))).toEqual(pictures);
    expect(() => file.frame(3)).toThrow('frame 3 of 3 is missing');
    file.close();
  });

  test('refuses what is no 8-bit 4:2:0 file, and a picture of another size', () => {
    const path = join(folder, 'other.y4m');
    writeFileSync(path, 'YUV4MPEG2 W4 H4 F30:1 C444\nFRAME\n');
    expect(() => openY4m(path)).toThrow("chroma '444'");
    writeFileSync(path, 'RIFF W4 H4 F30:1\n');
    expect(() => openY4m(path)).toThrow('not YUV4MPEG2');
    const writer = createY4m(path, { width: 8, height: 8, fps: { numerator: 30, denominator: 1 } });
    expect(() => writer.write(busyPicture(10, 8))).toThrow('picture must be 8×8');
    writer.close();
  });
});

describe('scaling', () => {
  test('keeps a flat plane flat and a ramp straight', () => {
    expect(scalePlane(new Uint8Array(35).fill(77), 7, 5, 12, 9)).toEqual(new Uint8Array(108).fill(77));
    expect([...scalePlane(Uint8Array.from([0, 40, 80, 120]), 4, 1, 8, 1)]).toEqual([
      0, 10, 30, 50, 70, 90, 110, 120,
    ]);
    expect([...scalePlane(Uint8Array.from([0, 40, 80, 120]), 4, 1, 2, 1)]).toEqual([20, 100]);
  });

  test('gives all three planes their size, odd ones included', () => {
    const scaled = scalePicture(busyPicture(64, 48), 37, 21);
    expect([scaled.y.length, scaled.u.length, scaled.v.length]).toEqual([37 * 21, 19 * 11, 19 * 11]);
  });
});

describe('the WebM reader', () => {
  const element = (id: string, ...body: readonly (string | Buffer)[]): Buffer => {
    const content = Buffer.concat(
      body.map((part) => (typeof part === 'string' ? Buffer.from(part, 'hex') : part)),
    );
    const size = Buffer.from([0x40 | (content.length >> 8), content.length & 255]);
    return Buffer.concat([Buffer.from(id, 'hex'), size, content]);
  };
  const file = (codec: string): Buffer =>
    Buffer.concat([
      element('1a45dfa3'),
      element(
        '18538067',
        element('1549a966', element('2ad7b1', '0f4240')),
        element(
          '1654ae6b',
          element('ae', element('d7', '01'), element('83', '02')),
          element(
            'ae',
            element('d7', '02'),
            element('83', '01'),
            element('86', Buffer.from(codec)),
            element('e0', element('b0', '0280'), element('ba', '0168')),
          ),
        ),
        element(
          '1f43b675',
          element('e7', '03e8'),
          element('a3', '82', '0000', '80', 'aabb'),
          element('a3', '81', '0000', '80', 'ee'),
          element('a0', element('a1', '82', '0021', '00', 'cc'), element('fb', 'df')),
        ),
      ),
    ]);

  test("finds the video track's packets, in both kinds of block, and leaves the audio", () => {
    expect(readWebm(file('V_VP9'))).toEqual({
      codec: 'vp9',
      width: 640,
      height: 360,
      packets: [
        { timestampUs: 1_000_000, key: true, data: Buffer.from('aabb', 'hex') },
        { timestampUs: 1_033_000, key: false, data: Buffer.from('cc', 'hex') },
      ],
    });
  });

  test('says what it cannot read', () => {
    expect(() => readWebm(file('V_AV1'))).toThrow('the video is V_AV1, not VP8 or VP9');
    expect(() => readWebm(element('1a45dfa3'))).toThrow('no segment');
    expect(() => readWebm(new Uint8Array(16))).toThrow('no element at byte 0');
  });
});
