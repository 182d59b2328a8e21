/** Which cameras there are, and when that changes, against a fake of the browser's list. */
import { afterEach, expect, test, vi } from 'vitest';
import {
  cameraOpened,
  listCameras,
  nextCameraChange,
  watchCameras,
} from '../../src/frames/page/camera-list.ts';

type Device = Readonly<{ kind: string; deviceId: string; label: string; getCapabilities?: () => unknown }>;

class FakeDevices extends EventTarget {
  readonly devices: readonly Device[];

  constructor(devices: readonly Device[] = []) {
    super();
    this.devices = devices;
  }

  enumerateDevices(): Promise<readonly Device[]> {
    return Promise.resolve(this.devices);
  }
}

function pretend(devices?: readonly Device[]): FakeDevices {
  const mediaDevices = new FakeDevices(devices);
  vi.stubGlobal('navigator', { mediaDevices });
  return mediaDevices;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

test('names cameras alone, and which way they look where that is known', async () => {
  const camera = (label: string, facing?: string): Device => ({
    kind: 'videoinput',
    deviceId: label,
    label,
    ...(facing === undefined ? {} : { getCapabilities: () => ({ facingMode: [facing] }) }),
  });
  pretend([
    { kind: 'audioinput', deviceId: 'mic', label: 'Microphone' },
    camera('A', 'environment'),
    camera('B', 'left'),
    camera('camera2 1, facing front'),
    camera('Back Dual Camera'),
    camera('USB 2.0'),
  ]);
  expect((await listCameras()).map(({ deviceId, facingMode }) => [deviceId, facingMode])).toEqual([
    ['A', 'environment'],
    ['B', ''],
    ['camera2 1, facing front', 'user'],
    ['Back Dual Camera', 'environment'],
    ['USB 2.0', ''],
  ]);
});

test('a page that can have no camera is told so', async () => {
  vi.stubGlobal('navigator', {});
  await expect(listCameras()).rejects.toMatchObject({ code: 'camera-unsupported' });
  expect(() => watchCameras(() => undefined)).toThrow(/https or from localhost/);
});

test('what changes is told until nobody wants to hear of it', () => {
  const devices = pretend();
  const told = vi.fn();
  const forget = watchCameras(told);
  devices.dispatchEvent(new Event('devicechange'));
  // With the first one that opens, all get their names.
  cameraOpened();
  expect(told).toHaveBeenCalledTimes(2);
  forget();
  forget();
  devices.dispatchEvent(new Event('devicechange'));
  cameraOpened();
  expect(told).toHaveBeenCalledTimes(2);
});

test('the next change ends a wait, and so do its time and its end', async () => {
  const devices = pretend();
  const forever = 1_000_000;
  const { signal } = new AbortController();
  const waiting = nextCameraChange(forever, signal);
  devices.dispatchEvent(new Event('devicechange'));
  await waiting;
  await nextCameraChange(1, signal);
  const nobody = new AbortController();
  const given = nextCameraChange(forever, nobody.signal);
  nobody.abort();
  await given;
  await nextCameraChange(forever, nobody.signal);
});
