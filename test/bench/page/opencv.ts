/** OpenCV.js' side of the benchmark: one thread of WebAssembly without SIMD, 8-bit images, its results in memory that is kept. */
import exported from '@techstark/opencv-js';
import type * as Declared from '@techstark/opencv-js';
import type { Contender } from './contender.ts';
import { lumaOfRgb } from './luma-of.ts';

type Constant = 'BORDER_REPLICATE' | 'CV_8U' | 'CV_32F' | 'CV_8UC1' | 'CV_8UC3';

/** The part that is used here; the package declares its constants as `any`. */
export type OpenCv = Pick<
  typeof Declared,
  | 'GaussianBlur'
  | 'Mat'
  | 'Point'
  | 'Size'
  | 'Sobel'
  | 'addWeighted'
  | 'filter2D'
  | 'magnitude'
  | 'matFromArray'
  | 'spatialGradient'
> &
  Readonly<Record<Constant, number>> &
  Readonly<{ getBuildInformation(): string }>;
export type Mat = Declared.Mat;

let loaded: OpenCv | null = null;

/** Answers its version. */
export async function openOpenCv(): Promise<string> {
  const cv = exported as unknown as OpenCvModule;
  // Neither awaited nor imported dynamically: its own `then` answers with itself, for ever.
  await new Promise<void>((resolve) => {
    cv.then(() => resolve());
  });
  loaded = cv;
  const [, version = 'of unknown version'] = /OpenCV (\S+)/.exec(cv.getBuildInformation()) ?? [];
  return version;
}

type OpenCvModule = OpenCv & Readonly<{ then(ready: () => void): void }>;

/** A filter whose memory is there already: `run` computes `output`, of 8 bits and one or three channels. */
export type OpenCvFilter = Readonly<{ run: () => void; output: Mat }>;

/** @param build calls `own` for each of its matrices. */
export function opencv(build: (cv: OpenCv, own: (mat: Mat) => Mat) => OpenCvFilter): Contender {
  if (loaded === null) throw new Error('OpenCV.js was not loaded');
  const mats: Mat[] = [];
  const { run, output } = build(loaded, (mat) => {
    mats.push(mat);
    return mat;
  });
  run();
  return {
    run,
    wait: () => undefined,
    output: () => {
      const values = Float32Array.from(output.data, (code) => code / 255);
      return output.channels() === 1 ? values : lumaOfRgb(values);
    },
    dispose: () => {
      for (const mat of mats) mat.delete();
    },
  };
}
