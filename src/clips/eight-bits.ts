/**
 * Frames of 10 and 12 bits in 8, as all that follows has them: on their own planes. The browser's way to colours loses more.
 * ITU-R BT.2100, table 9: codes of the limited range are those of 8 bits times a power of two.
 */

/** The DOM library lacks some of these. */
const BITS: Readonly<Record<string, number | undefined>> = { I420P10: 10, I420P12: 12 };

/**
 * @consumes frame
 * @returnsOwned the frame itself where it has 8 bits.
 */
export async function inEightBits(frame: VideoFrame): Promise<VideoFrame> {
  const bits = frame.format === null ? undefined : BITS[frame.format];
  const { visibleRect } = frame;
  if (bits === undefined || visibleRect === null) return frame;
  try {
    const deep = new Uint16Array(frame.allocationSize() / 2);
    const layout = await frame.copyTo(deep);
    const { width, height } = visibleRect;
    const [columns, rows] = [Math.ceil(width / 2), Math.ceil(height / 2)];
    const data = new Uint8Array(width * height + 2 * columns * rows);
    const codes = codesOf(bits, frame.colorSpace.fullRange === true);
    let to = 0;
    for (const [plane, { offset, stride }] of layout.entries()) {
      const [w, h] = plane === 0 ? [width, height] : [columns, rows];
      for (let y = 0; y < h; y++) {
        const from = (offset + y * stride) / 2;
        for (let x = 0; x < w; x++) data[to++] = codes[deep[from + x] ?? 0] ?? 0;
      }
    }
    const { displayWidth, displayHeight, timestamp, colorSpace } = frame;
    return new VideoFrame(data, {
      format: 'I420',
      codedWidth: width,
      codedHeight: height,
      displayWidth,
      displayHeight,
      timestamp,
      colorSpace: colorSpace.toJSON(),
    });
  } finally {
    frame.close();
  }
}

/** What each code of `bits` is in 8. */
function codesOf(bits: number, isFull: boolean): Uint8ClampedArray {
  const scale = isFull ? 255 / (2 ** bits - 1) : 2 ** (8 - bits);
  return Uint8ClampedArray.from({ length: 2 ** bits }, (_, code) => code * scale);
}
