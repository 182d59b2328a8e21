/** Pixels → VideoFrames, in colours that browsers show as they are. */
import { assertNever } from '../../core/assert.ts';
import type { ColorMatrix } from '../../core/frame-color.ts';
import type { InterleavedPixels, Pixels, PlanarPixels } from '../../core/pixels.ts';
import type { ShownAs } from './frame-sink.ts';

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

export class PixelFrames {
  /** Luma and neutral chroma of grey pictures. */
  #planes = new Uint8Array(0);
  /** Backends give one object for all frames of a form: what is made of it is made once. */
  #last: Pixels | null = null;
  #init: VideoFrameBufferInit = { format: 'I420', codedWidth: 1, codedHeight: 1, timestamp: 0 };

  /**
   * @borrows pixels
   * @returnsOwned
   */
  frameOf(pixels: Pixels, { timestampUs, width, height }: ShownAs): VideoFrame {
    if (pixels !== this.#last) {
      this.#last = pixels;
      this.#init = initOf(pixels);
      if (pixels.layout === 'grey')
        this.#planes = new Uint8Array(greyPlanes(pixels).length).fill(NEUTRAL_CHROMA);
    }
    this.#init.timestamp = timestampUs;
    this.#init.displayWidth = width;
    this.#init.displayHeight = height;
    if (pixels.layout !== 'grey') return new VideoFrame(pixels.data, this.#init);
    this.#planes.set(pixels.data);
    return new VideoFrame(this.#planes, this.#init);
  }
}

function initOf(pixels: Pixels): VideoFrameBufferInit {
  switch (pixels.layout) {
    case 'grey':
      return greyInit(pixels);
    case 'rgbx':
      return rgbInit(pixels);
    case 'i420':
      return planarInit(pixels);
    default:
      return assertNever(pixels);
  }
}

/** Where luma ends, and the planes of neutral chroma after it. */
function greyPlanes({ width, height, strideBytes }: InterleavedPixels) {
  const chromaStride = Math.ceil(width / 2);
  const chromaStart = strideBytes * height;
  const chromaLength = chromaStride * Math.ceil(height / 2);
  return { chromaStride, chromaStart, chromaLength, length: chromaStart + 2 * chromaLength };
}

/** Luma as it is, chroma neutral. */
function greyInit(pixels: InterleavedPixels): VideoFrameBufferInit {
  const { width, height, strideBytes } = pixels;
  const { chromaStride, chromaStart, chromaLength } = greyPlanes(pixels);
  return {
    format: 'I420',
    codedWidth: width,
    codedHeight: height,
    timestamp: 0,
    colorSpace: GREY,
    layout: [
      { offset: 0, stride: strideBytes },
      { offset: chromaStart, stride: chromaStride },
      { offset: chromaStart + chromaLength, stride: chromaStride },
    ],
  };
}

function rgbInit({ width, height, strideBytes }: InterleavedPixels): VideoFrameBufferInit {
  return {
    format: 'RGBX',
    codedWidth: width,
    codedHeight: height,
    timestamp: 0,
    colorSpace: RGB,
    layout: [{ offset: 0, stride: strideBytes }],
  };
}

const MATRIX_TAGS: Readonly<Record<ColorMatrix, string>> = {
  bt601: 'smpte170m',
  bt709: 'bt709',
  bt2020: 'bt2020-ncl',
};

/** In the colour that the camera's own frames have; sRGB's primaries and curve, so that nothing is converted. */
function planarInit(pixels: PlanarPixels): VideoFrameBufferInit {
  const { width, height, strideBytes, chromaStrideBytes, uOffset, vOffset, color } = pixels;
  return {
    format: 'I420',
    codedWidth: width,
    codedHeight: height,
    timestamp: 0,
    colorSpace: {
      // The DOM library's list lacks BT.2020.
      matrix: MATRIX_TAGS[color.matrix] as VideoMatrixCoefficients,
      primaries: 'bt709',
      transfer: 'iec61966-2-1',
      fullRange: color.fullRange,
    },
    layout: [
      { offset: 0, stride: strideBytes },
      { offset: uOffset, stride: chromaStrideBytes },
      { offset: vOffset, stride: chromaStrideBytes },
    ],
  };
}
