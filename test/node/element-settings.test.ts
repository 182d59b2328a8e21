/** What an element's attributes say: read, refused by their names, and compared. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { blur, edge, none } from '../../pipelines/index.ts';
import { isSame, parseParams, settingsReader, type SourceObject } from '../../src/element/settings.ts';

class FakeTrack {
  readonly kind = 'video';
}
class FakeStream {
  readonly tracks: readonly FakeTrack[];
  constructor(tracks: readonly FakeTrack[]) {
    this.tracks = tracks;
  }
  getVideoTracks(): readonly FakeTrack[] {
    return this.tracks;
  }
}

beforeEach(() => {
  vi.stubGlobal('MediaStream', FakeStream);
  vi.stubGlobal('MediaStreamTrack', FakeTrack);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const filters = new Map([none, edge, blur].map((filter) => [filter.name, filter]));

const reader = (attributes: Readonly<Record<string, string>>, srcObject: unknown = null, known = filters) =>
  settingsReader({
    attribute: (name) => attributes[name] ?? '',
    srcObject: () => srcObject as SourceObject | null,
    filters: known,
  });

describe('the source', () => {
  test.each([
    [{}, { kind: 'camera' }],
    [{ device: 'a1' }, { kind: 'camera', deviceId: 'a1' }],
    [{ 'facing-mode': 'environment' }, { kind: 'camera', facingMode: 'environment' }],
    [{ src: 'a.webm' }, { kind: 'video', url: 'a.webm' }],
    [{ source: 'camera', src: 'a.webm' }, { kind: 'camera' }],
    [{ source: 'screen', device: 'a1' }, { kind: 'screen' }],
    [{ source: 'pattern' }, { kind: 'pattern' }],
  ])('%j', (attributes, source) => {
    expect(reader(attributes as Record<string, string>).source()).toEqual(source);
  });

  test('is srcObject before all attributes', () => {
    const track = new FakeTrack();
    const clip = new Blob(['x']);
    const pattern = { kind: 'pattern', width: 64, height: 48 };
    expect(reader({ source: 'camera' }, track).source()).toEqual({ kind: 'track', track });
    expect(reader({}, new FakeStream([track, new FakeTrack()])).source()).toEqual({ kind: 'track', track });
    expect(reader({}, clip).source()).toEqual({ kind: 'video', file: clip });
    expect(reader({}, pattern).source()).toBe(pattern);
  });

  test.each([
    [
      { source: 'webcam' },
      null,
      /^source must be 'camera' \| 'screen' \| 'pattern' \| 'video', got "webcam"$/,
    ],
    [{ source: 'video' }, null, /^src must be the address of a clip/],
    [{ 'facing-mode': 'up' }, null, /^facing-mode must be 'user' \| 'environment', got "up"$/],
    [{}, new FakeStream([]), /^srcObject must have a video track/],
  ])('%j with %j is refused', (attributes, srcObject, message) => {
    expect(() => reader(attributes as Record<string, string>, srcObject).source()).toThrow(message);
    expect(() => reader(attributes as Record<string, string>, srcObject).source()).toThrow(TypeError);
  });
});

describe('the filter', () => {
  test('is none by itself, and has all its parameters', () => {
    expect(reader({}).filter()).toEqual({ filter: none, params: {} });
    const { filter, params } = reader({ filter: 'edge', params: '{"strength":2}' }).filter();
    expect(filter).toBe(edge);
    expect(params).toEqual({ strength: 2, threshold: 0 });
  });

  test('that is not known is told with the one that was meant', () => {
    expect(() => reader({ filter: 'blurr' }).filter()).toThrow(
      `filter must be the name of a filter, got "blurr". Did you mean 'blur'?`,
    );
    expect(() => reader({ filter: 'watercolour' }).filter()).toThrow(/Known are none, edge, blur$/);
    expect(() => reader({ filter: 'edge' }, null, new Map()).filter()).toThrow(/import convolux\/define/);
  });

  test.each(['{"sigma":', '[1]', '3', 'null', '"a"'])('params %s are refused', (params) => {
    expect(() => reader({ filter: 'blur', params }).filter()).toThrow(/^params must be a JSON object/);
    expect(() => parseParams(params)).toThrow(TypeError);
  });

  test('params that the filter does not know or allow are refused', () => {
    expect(() => reader({ filter: 'blur', params: '{"sigmaa":1}' }).filter()).toThrow(TypeError);
    expect(() => reader({ filter: 'blur', params: '{"sigma":-1}' }).filter()).toThrow(RangeError);
  });
});

describe('budget and failure policy', () => {
  test('have their defaults, and are read', () => {
    expect(reader({}).budget()).toEqual({ targetFps: null, degradationPreference: 'maintain-framerate' });
    expect(reader({ 'target-fps': '24', degradation: 'balanced' }).budget()).toEqual({
      targetFps: 24,
      degradationPreference: 'balanced',
    });
    expect(reader({}).failurePolicy()).toBe('freeze');
    expect(reader({ failure: 'black' }).failurePolicy()).toBe('black');
  });

  test.each([
    [{ 'target-fps': 'fast' }, TypeError, /^target-fps must be a number, got "fast"$/],
    [{ 'target-fps': '0' }, RangeError, /^target-fps must be 1 to 240 frames per second, got 0$/],
    [{ 'target-fps': 'Infinity' }, TypeError, /^target-fps must be a finite number/],
    [{ degradation: 'none' }, TypeError, /^degradation must be 'maintain-framerate'/],
  ])('%j is refused', (attributes, type, message) => {
    const read = (): unknown => reader(attributes).budget();
    expect(read).toThrow(type);
    expect(read).toThrow(message);
  });

  test('an unknown failure policy is refused', () => {
    expect(() => reader({ failure: 'white' }).failurePolicy()).toThrow(
      `failure must be 'freeze' | 'black' | 'passthrough', got "white"`,
    );
  });
});

test('settings are the same by value, tracks and clips by identity', () => {
  const track = new FakeTrack();
  expect(isSame({ kind: 'camera', deviceId: 'a' }, { kind: 'camera', deviceId: 'a' })).toBe(true);
  expect(isSame({ kind: 'camera', deviceId: 'a' }, { kind: 'camera' })).toBe(false);
  expect(isSame({ kind: 'camera' }, { kind: 'camera', deviceId: 'a' })).toBe(false);
  expect(isSame({ kind: 'track', track }, { kind: 'track', track })).toBe(true);
  expect(isSame({ kind: 'track', track }, { kind: 'track', track: new FakeTrack() })).toBe(false);
  expect(isSame({ filter: edge, params: { a: 1 } }, { filter: edge, params: { a: 1 } })).toBe(true);
  expect(isSame({ filter: edge, params: { a: 1 } }, { filter: edge, params: { a: 2 } })).toBe(false);
});
