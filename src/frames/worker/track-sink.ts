/**
 * Pixels → VideoFrames → the writable of a MediaStreamTrackGenerator: the cheapest way to the screen where GL is
 * software, because no canvas is presented.
 */
import type { Pixels } from '../../core/pixels.ts';

/** Grey values are luma in full range; sRGB's primaries and curve, so that nothing is converted on the way. */
const GREY: VideoColorSpaceInit = {
  matrix: 'smpte170m',
  primaries: 'bt709',
  transfer: 'iec61966-2-1',
  fullRange: true,
};
const RGB: VideoColorSpaceInit = {
  matrix: 'rgb',
  primaries: 'bt709',
  transfer: 'iec61966-2-1',
  fullRange: true,
};

const NEUTRAL_CHROMA = 128;

export class TrackSink {
  readonly #writer: WritableStreamDefaultWriter<VideoFrame>;
  #planes = new Uint8Array(0);

  /** @consumes writable */
  constructor(writable: WritableStream<VideoFrame>) {
    this.#writer = writable.getWriter();
  }

  /**
   * Resolves when the frame is handed over.
   * @borrows pixels
   */
  async show(pixels: Pixels, timestampUs: number): Promise<void> {
    // The stream owns what is written and closes it, whether or not the write succeeds.
    await this.#writer.write(
      pixels.layout === 'grey' ? this.#greyFrame(pixels, timestampUs) : rgbFrame(pixels, timestampUs),
    );
  }

  async close(): Promise<void> {
    // The page may have stopped the track before: then the stream is closed or errored already.
    await this.#writer.close().catch(() => undefined);
  }

  /** Luma as it is, chroma neutral. */
  #greyFrame({ width, height, strideBytes, data }: Pixels, timestamp: number): VideoFrame {
    const chromaStride = Math.ceil(width / 2);
    const chromaStart = strideBytes * height;
    const chromaLength = chromaStride * Math.ceil(height / 2);
    const length = chromaStart + 2 * chromaLength;
    if (this.#planes.length !== length)
      this.#planes = new Uint8Array(length).fill(NEUTRAL_CHROMA, chromaStart);
    this.#planes.set(data);
    return new VideoFrame(this.#planes, {
      format: 'I420',
      codedWidth: width,
      codedHeight: height,
      timestamp,
      colorSpace: GREY,
      layout: [
        { offset: 0, stride: strideBytes },
        { offset: chromaStart, stride: chromaStride },
        { offset: chromaStart + chromaLength, stride: chromaStride },
      ],
    });
  }
}

function rgbFrame({ width, height, strideBytes, data }: Pixels, timestamp: number): VideoFrame {
  return new VideoFrame(data, {
    format: 'RGBX',
    codedWidth: width,
    codedHeight: height,
    timestamp,
    colorSpace: RGB,
    layout: [{ offset: 0, stride: strideBytes }],
  });
}
