/** What an open camera can do beside giving frames: its light, its zoom. */
import { checkNumber } from '../../core/check.ts';

export interface CameraControl {
  /** What the camera can do, as the browser tells it; empty where the browser tells nothing. */
  capabilities(): MediaTrackCapabilities;
  /** What it does now: its size, its rate, which way it faces. */
  settings(): MediaTrackSettings;
  /** Turns its light on or off. @throws TypeError when it has none. */
  setTorch(on: boolean): Promise<void>;
  /** @throws TypeError when it can't zoom. @throws RangeError that names what it can. */
  setZoom(zoom: number): Promise<void>;
}

/** Not in the DOM library: https://w3c.github.io/mediacapture-image/ */
type ImageCapabilities = Readonly<{
  torch?: boolean;
  zoom?: Readonly<{ min: number; max: number; step?: number }>;
}>;
type ImageConstraint = Readonly<{ torch?: boolean; zoom?: number }>;

/** @param track of the camera; borrowed. */
export function controlOf(track: MediaStreamTrack): CameraControl {
  // Missing in older browsers, whatever the types say.
  const capabilities = (): MediaTrackCapabilities =>
    (track as Partial<Pick<MediaStreamTrack, 'getCapabilities'>>).getCapabilities?.() ?? {};
  // What is not said again would be let go, the size too.
  const apply = (change: ImageConstraint): Promise<void> => {
    const { advanced, ...asked } = track.getConstraints();
    return track.applyConstraints({ ...asked, advanced: [{ ...advanced?.[0], ...change }] });
  };
  return {
    capabilities,
    settings: () => track.getSettings(),
    setTorch: async (on) => {
      if ((capabilities() as ImageCapabilities).torch !== true)
        throw new TypeError(`the camera '${track.label}' has no light that can be turned on`);
      await apply({ torch: on });
    },
    setZoom: async (zoom) => {
      const range = (capabilities() as ImageCapabilities).zoom;
      if (range === undefined) throw new TypeError(`the camera '${track.label}' has no zoom`);
      checkNumber('zoom', zoom, { min: range.min, max: range.max });
      await apply({ zoom });
    },
  };
}
