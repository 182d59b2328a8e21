/** Which ways in a frame can take, and in which order they are tried. */
import type { FrameImage, UploadPath } from '../port.ts';
import { isPlanar } from './plane-copy.ts';

type Paths = Readonly<Record<UploadPath, readonly UploadPath[]>>;

const OF_PLANES: Paths = {
  planes: ['planes', 'rgbx', 'texture'],
  rgbx: ['rgbx', 'planes', 'texture'],
  texture: ['texture', 'planes', 'rgbx'],
};

/** Of colours, and of planes that are larger or deeper than those of a plan: the browser converts them. */
const OF_OTHERS: Paths = {
  planes: ['rgbx', 'texture'],
  rgbx: ['rgbx', 'texture'],
  texture: ['texture', 'rgbx'],
};

/** Only the browser itself can read what tells no format. */
const OF_OPAQUE: readonly UploadPath[] = ['texture'];

/** @param preferred comes first where it is possible. */
export function uploadPathsOf(frame: FrameImage, preferred: UploadPath): readonly UploadPath[] {
  if (!('copyTo' in frame) || frame.format === null) return OF_OPAQUE;
  return (isPlanar(frame.format) ? OF_PLANES : OF_OTHERS)[preferred];
}
