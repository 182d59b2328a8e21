/** What TensorFlow.js and OpenCV.js do in the rows that have a bar. Outside of the picture TensorFlow.js reads zeros. */
import * as tf from '@tensorflow/tfjs-core';
import { lumaExpansion } from '../../../src/core/frame-color.ts';
import type { Tensor } from '../../../src/core/tensor.ts';
import { HD, type Rival } from './bar-case.ts';
import { asShown, sobelBoth, sobelOfRgb } from './image-cases.ts';
import { opencv, type Mat, type OpenCv } from './opencv.ts';
import { COLOR, type Picture } from './picture.ts';
import { tfjs } from './tfjs.ts';

/** One level of 8 bits, where each side rounds once. */
export const LEVEL = 1.01 / 255;
/** Where colours are rounded on their way in and out: as Y of limited range here, as R, G and B there. */
const COLOR_LEVELS = 2 / 255;

const { scale, offset } = lumaExpansion(COLOR);

/** R'G'B' in 8 bits. */
const rgbBytes = (picture: Picture): Uint8Array =>
  Uint8Array.from(picture.rgb().data, (value) => Math.round(255 * value));

export function matOf(cv: OpenCv, type: number, bytes: Uint8Array): Mat {
  const mat = new cv.Mat(HD.height, HD.width, type);
  mat.data.set(bytes);
  return mat;
}

/** As OpenCV's tutorials do it. */
export function sobelInOpenCv(picture: Picture): Rival {
  return gradientInOpenCv(picture, (cv, own, input) => {
    const [dx, dy] = [own(new cv.Mat()), own(new cv.Mat())];
    const run = (): void => {
      cv.Sobel(input, dx, cv.CV_32F, 1, 0, 3, 1, 0, cv.BORDER_REPLICATE);
      cv.Sobel(input, dy, cv.CV_32F, 0, 1, 3, 1, 0, cv.BORDER_REPLICATE);
    };
    return { run, dx, dy };
  });
}

/** Both derivatives in one call: the quickest way that we know. */
export function spatialGradientInOpenCv(picture: Picture): Rival {
  return gradientInOpenCv(picture, (cv, own, input) => {
    const [dx16, dy16, dx, dy] = [new cv.Mat(), new cv.Mat(), new cv.Mat(), new cv.Mat()];
    [dx16, dy16, dx, dy].forEach(own);
    const run = (): void => {
      cv.spatialGradient(input, dx16, dy16, 3, cv.BORDER_REPLICATE);
      dx16.convertTo(dx, cv.CV_32F);
      dy16.convertTo(dy, cv.CV_32F);
    };
    return { run, dx, dy };
  });
}

type Own = (mat: Mat) => Mat;
type Derivatives = (cv: OpenCv, own: Own, input: Mat) => Readonly<{ run: () => void; dx: Mat; dy: Mat }>;

/** The codes' range is stretched in the last step, which costs nothing: derivatives are linear. */
function gradientInOpenCv({ y }: Picture, derivatives: Derivatives): Rival {
  const contender = opencv((cv, own) => {
    const { run, dx, dy } = derivatives(cv, own, own(matOf(cv, cv.CV_8UC1, y)));
    const [length, output] = [own(new cv.Mat()), own(new cv.Mat())];
    return {
      run: () => {
        run();
        cv.magnitude(dx, dy, length);
        length.convertTo(output, cv.CV_8U, scale, 0);
      },
      output,
    };
  });
  return { contender, tolerance: LEVEL, rimPx: 0 };
}

/** From R'G'B', as its users have frames. */
export function sobelInTfjs(picture: Picture): Rival {
  const contender = tfjs(sobelOfRgb, { frame: picture.rgb() });
  return { contender: asShown(contender, HD), tolerance: LEVEL, rimPx: 1 };
}

export function sobelOfLumaInTfjs({ y }: Picture): Rival {
  const luma: Tensor = {
    shape: [HD.height, HD.width, 1],
    data: Float32Array.from(y, (code) => (code / 255) * scale + offset),
  };
  const contender = tfjs(
    ({ input, constant }) => {
      const both = tf.conv2d(input('luma'), constant(sobelBoth) as tf.Tensor4D, 1, 'same');
      return tf.sqrt(tf.sum(tf.square(both), -1, true));
    },
    { luma },
  );
  return { contender: asShown(contender, HD), tolerance: LEVEL, rimPx: 1 };
}

export function filterInOpenCv({ y }: Picture, kernel: Tensor): Rival {
  const contender = opencv((cv, own) => {
    const input = own(matOf(cv, cv.CV_8UC1, y));
    const output = own(new cv.Mat());
    const [rows = 0, columns = 0] = kernel.shape;
    const weights = Array.from(kernel.data, (weight) => scale * weight);
    const mat = own(cv.matFromArray(rows, columns, cv.CV_32F, weights));
    // The range's other end: the weights sum to 1.
    const delta = 255 * offset;
    const middle = new cv.Point(-1, -1);
    const run = (): void => cv.filter2D(input, output, cv.CV_8U, mat, middle, delta, cv.BORDER_REPLICATE);
    return { run, output };
  });
  return { contender, tolerance: LEVEL, rimPx: 0 };
}

export function filterInTfjs(picture: Picture, kernel: Tensor): Rival {
  const each: Tensor = {
    shape: [...kernel.shape, 3, 1],
    data: Float32Array.from({ length: 3 * kernel.data.length }, (_, i) => kernel.data[Math.floor(i / 3)]!),
  };
  const contender = tfjs(
    ({ input, constant }) => tf.depthwiseConv2d(input('frame'), constant(each) as tf.Tensor4D, 1, 'same'),
    { frame: picture.rgb() },
  );
  return { contender: asShown(contender, HD), tolerance: COLOR_LEVELS, rimPx: (kernel.shape[0]! - 1) / 2 };
}

export function gaussianInOpenCv(picture: Picture, sigma: number): Rival {
  const contender = opencv((cv, own) => {
    const input = own(matOf(cv, cv.CV_8UC3, rgbBytes(picture)));
    const output = own(new cv.Mat());
    const sizeOfSigma = new cv.Size(0, 0);
    const run = (): void => cv.GaussianBlur(input, output, sizeOfSigma, sigma, sigma, cv.BORDER_REPLICATE);
    return { run, output };
  });
  return { contender, tolerance: COLOR_LEVELS, rimPx: 0 };
}
