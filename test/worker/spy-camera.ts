/** Watches which tracks of the camera a page was given, clones too, and lets the camera fail. */
import { vi } from 'vitest';

const { getUserMedia } = MediaDevices.prototype;
const { clone } = MediaStreamTrack.prototype;

export type CameraSpy = Readonly<{
  /** All that were given, and their clones. */
  tracks: MediaStreamTrack[];
  /** The constraints that were asked for. */
  asked: MediaStreamConstraints[];
  /** Asked before each: the name of the fault that it is to fail with; null lets it open. */
  fault: { of: (constraints: MediaStreamConstraints) => string | null | Promise<string | null> };
  live: () => number;
}>;

/** Until `vi.restoreAllMocks`. */
export function spyOnCamera(): CameraSpy {
  const spy: CameraSpy = {
    tracks: [],
    asked: [],
    fault: { of: () => null },
    live: () => spy.tracks.filter(({ readyState }) => readyState === 'live').length,
  };
  vi.spyOn(MediaDevices.prototype, 'getUserMedia').mockImplementation(async (constraints = {}) => {
    spy.asked.push(constraints);
    const fault = await spy.fault.of(constraints);
    if (fault !== null) throw new DOMException('as the browser says', fault);
    const stream = await getUserMedia.call(navigator.mediaDevices, constraints);
    spy.tracks.push(...stream.getTracks());
    return stream;
  });
  vi.spyOn(MediaStreamTrack.prototype, 'clone').mockImplementation(function (this: MediaStreamTrack) {
    const copy = clone.call(this);
    if (spy.tracks.includes(this)) spy.tracks.push(copy);
    return copy;
  });
  return spy;
}
