/**
 * A frame's colours in memory, kept from frame to frame: R, G, B and a byte that nobody reads. What comes as R, G and B
 * is copied as it is, and B, G, R is turned round here: browsers that convert one into the other take the unused byte
 * for opacity and divide by it.
 */
import { WordBytes } from './word-bytes.ts';

type Copying = Readonly<{ width: number; format: VideoPixelFormat; options: VideoFrameCopyToOptions }>;

export class RgbxCopy {
  readonly #memory = new WordBytes();
  #last: Copying | null = null;

  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#memory.bytes;
  }

  /**
   * @borrows frame
   * @throws whatever `copyTo` rejects with.
   */
  async take(frame: VideoFrame, format: VideoPixelFormat, width: number, height: number): Promise<void> {
    this.#memory.reserve(4 * width * height);
    if (this.#last?.width !== width || this.#last.format !== format)
      this.#last = { width, format, options: optionsOf(format, width) };
    await frame.copyTo(this.#memory.bytes, this.#last.options);
    if (isReversed(format)) reverse(this.#memory.words);
  }
}

const isReversed = (format: VideoPixelFormat): boolean => format === 'BGRX' || format === 'BGRA';

function optionsOf(format: VideoPixelFormat, width: number): VideoFrameCopyToOptions {
  const layout = [{ offset: 0, stride: 4 * width }];
  return isReversed(format) || format === 'RGBX' || format === 'RGBA'
    ? { layout }
    : { layout, format: 'RGBX' };
}

/** The first and the third byte of each word change places. */
function reverse(words: Uint32Array): void {
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? 0;
    words[i] = (word & 0xff00ff00) | ((word >>> 16) & 0xff) | ((word & 0xff) << 16);
  }
}
