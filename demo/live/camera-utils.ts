/**
 * Loads @mediapipe/camera_utils when the portable camera driver asks for it. The script exports
 * nothing: it attaches `Camera` to the global object, so it is loaded as a classic script from this
 * page's own origin, once.
 */
import cameraUtilsUrl from '@mediapipe/camera_utils/camera_utils.js?url';
import { PipelineError, type CameraUtilsConstructor } from 'convolux';

declare global {
  interface Window {
    Camera?: CameraUtilsConstructor;
  }
}

let loading: Promise<CameraUtilsConstructor> | undefined;

export function loadCameraUtils(): Promise<CameraUtilsConstructor> {
  // A failed load is forgotten, so that "Try again" tries again.
  loading ??= load().catch((cause: unknown) => {
    loading = undefined;
    throw cause;
  });
  return loading;
}

async function load(): Promise<CameraUtilsConstructor> {
  const script = document.createElement('script');
  script.src = cameraUtilsUrl;
  const isLoaded = await new Promise<boolean>((resolve) => {
    script.addEventListener('load', () => resolve(true), { once: true });
    script.addEventListener('error', () => resolve(false), { once: true });
    document.head.append(script);
  });
  script.remove();
  if (!isLoaded || window.Camera === undefined) {
    throw new PipelineError('camera-unsupported', `The camera driver ${cameraUtilsUrl} did not load.`, {
      recoverable: true,
    });
  }
  return window.Camera;
}
