import { PipelineError } from '../../core/errors.ts';

/** @throws PipelineError `camera-unsupported` when the page can't have a camera at all. */
export function mediaDevices(): MediaDevices {
  // Missing on pages that are not served securely, whatever the types say.
  const devices = (navigator as { mediaDevices?: MediaDevices }).mediaDevices;
  if (devices !== undefined) return devices;
  throw new PipelineError(
    'camera-unsupported',
    'This page can not use the camera: browsers give it only to pages served over https or from localhost.',
  );
}
