/** The cameras that there are, and when that changes. */
import { mediaDevices } from './media-devices.ts';

export const FACING_MODES = ['user', 'environment'] as const;

/** 'user' looks at whoever holds the device, 'environment' away from them. */
export type FacingMode = (typeof FACING_MODES)[number];

export type Camera = Readonly<{
  /** Names it to `openPipeline`. Empty until the page was allowed a camera. */
  deviceId: string;
  /** For people. Empty until the page was allowed a camera. */
  label: string;
  /** Which way it looks, where that is known. */
  facingMode: FacingMode | '';
}>;

/**
 * The cameras of this machine. Asks nobody: until the user has allowed one, browsers tell little more than whether there is any.
 * @throws PipelineError `camera-unsupported` when the page can't have a camera at all.
 */
export async function listCameras(): Promise<Camera[]> {
  const devices = await mediaDevices().enumerateDevices();
  return devices
    .filter(({ kind }) => kind === 'videoinput')
    .map((device) => ({
      deviceId: device.deviceId,
      label: device.label,
      facingMode: facingModeOf(device),
    }));
}

/** Phones say it in the label where the browser does not. */
function facingModeOf(device: MediaDeviceInfo): FacingMode | '' {
  const { facingMode } = (device as Partial<InputDeviceInfo>).getCapabilities?.() ?? {};
  const told = facingMode?.[0];
  if (told === 'user' || told === 'environment') return told;
  if (/front|user|facetime|selfie/i.test(device.label)) return 'user';
  return /back|rear|environment|world/i.test(device.label) ? 'environment' : '';
}

const watchers = new Set<() => void>();

/** To be called with each camera that opens: only then do browsers tell the names of all of them. */
export function cameraOpened(): void {
  for (const told of watchers) told();
}

/**
 * Tells when a camera was plugged in or out, or when more can be known of them.
 * @returns ends it. Idempotent.
 * @throws PipelineError `camera-unsupported`
 */
export function watchCameras(told: () => void): () => void {
  const devices = mediaDevices();
  devices.addEventListener('devicechange', told);
  watchers.add(told);
  return () => {
    devices.removeEventListener('devicechange', told);
    watchers.delete(told);
  };
}

/** Resolves when the cameras change, after so many ms, or at once when nobody waits any more. @throws PipelineError */
export function nextCameraChange(atMostMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      forget();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, signal.aborted ? 0 : atMostMs);
    const forget = watchCameras(done);
    signal.addEventListener('abort', done);
  });
}
