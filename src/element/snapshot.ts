/** A still picture of what a `<video>` shows. */
import { PipelineError } from '../core/errors.ts';

/** As it is, whatever the page's style makes of it: of its full size, not mirrored. @throws PipelineError `aborted` */
export async function snapshotOf(video: HTMLVideoElement, options?: ImageEncodeOptions): Promise<Blob> {
  const { videoWidth: width, videoHeight: height } = video;
  if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || width === 0)
    throw new PipelineError('aborted', 'There is no picture yet: start it, and wait until it runs.');
  const canvas = new OffscreenCanvas(width, height);
  const pen = canvas.getContext('2d');
  if (pen === null) throw new PipelineError('output-unsupported', 'This browser can not draw a picture.');
  pen.drawImage(video, 0, 0);
  return canvas.convertToBlob(options);
}
