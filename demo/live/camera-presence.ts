/**
 * What can be known about cameras before asking for one: whether there is any, and whether this page
 * may use it without a question. Neither opens the camera.
 */
import { concatMap, fromEvent, of, startWith, type Observable } from 'rxjs';
import type { CameraPresence } from './store.ts';

/** Emits at once and whenever a device is plugged in or out. */
export function cameraPresence(): Observable<CameraPresence> {
  // Undefined on insecure origins, whatever the type says.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices === undefined) return of<CameraPresence>('unsupported');
  return fromEvent(devices, 'devicechange').pipe(
    startWith(undefined),
    concatMap(() => look(devices)),
  );
}

/** True only when starting the camera shows no permission question. */
export async function isCameraGranted(): Promise<boolean> {
  try {
    return (await navigator.permissions.query({ name: 'camera' })).state === 'granted';
  } catch {
    // Some browsers do not know the name 'camera': then the visitor is asked by the button.
    return false;
  }
}

async function look(devices: MediaDevices): Promise<CameraPresence> {
  try {
    const all = await devices.enumerateDevices();
    return all.some(({ kind }) => kind === 'videoinput') ? 'present' : 'missing';
  } catch {
    return 'unknown';
  }
}
