/** Where recordings are written: memory in pages, files in place, and files that are saved from time to time. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openFile, Pages } from '../../src/clips/recording-places.ts';

const bytes = (...values: readonly number[]) => new Uint8Array(values);

afterEach(() => {
  vi.restoreAllMocks();
});

describe('memory', () => {
  test('is one file, whatever is written where', async () => {
    const pages = new Pages();
    const part = new Uint8Array(700_000).map((_, at) => at % 251);
    for (let at = 0; at < 4; at++) pages.write(at * part.length, part);
    pages.write((1 << 20) - 2, bytes(1, 2, 3, 4));
    const blob = await pages.commit('video/mp4');
    expect([blob.size, blob.type]).toEqual([2_800_000, 'video/mp4']);
    const read = new Uint8Array(await blob.arrayBuffer());
    const expected = new Uint8Array(2_800_000).map((_, at) => (at % 700_000) % 251);
    expected.set([1, 2, 3, 4], (1 << 20) - 2);
    expect(Buffer.compare(read, expected)).toBe(0);
  });
});

/** A file of the browser's own file system, with room for so many bytes. */
function inPlace(room: number) {
  const calls: string[] = [];
  let size = 100;
  const file = {
    truncate: (to: number) => {
      size = to;
      calls.push(`truncate ${to}`);
    },
    write: (data: Uint8Array, { at }: { at: number }) => {
      const written = Math.min(data.length, Math.max(0, room - at));
      size = Math.max(size, at + written);
      return written;
    },
    flush: () => calls.push('flush'),
    close: () => calls.push('close'),
  };
  const handle = { createSyncAccessHandle: () => Promise.resolve(file) } as unknown as FileSystemFileHandle;
  return { handle, calls, size: () => size };
}

describe('a file in place', () => {
  test('is emptied, and flushed with each write', async () => {
    const { handle, calls, size } = inPlace(100);
    const place = await openFile(handle);
    await place.write(0, bytes(1, 2, 3));
    await place.write(3, bytes(4));
    expect(await place.commit('')).toBeNull();
    expect(calls).toEqual(['truncate 0', 'flush', 'flush', 'close']);
    expect(size()).toBe(4);
  });

  test('without room says so, and keeps what was written whole', async () => {
    const { handle, calls, size } = inPlace(5);
    const place = await openFile(handle);
    await place.write(0, bytes(1, 2, 3));
    await expect((async () => place.write(3, bytes(4, 5, 6)))()).rejects.toMatchObject({
      name: 'QuotaExceededError',
    });
    await place.abort(null);
    expect(size()).toBe(3);
    expect(calls.at(-1)).toBe('close');
  });
});

describe('a file beside it', () => {
  test('is saved when enough is new, so that all copies together are a small multiple of it', async () => {
    let nowMs = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
    let [size, copied, saves] = [0, 0, 0];
    const createWritable = ({ keepExistingData = false } = {}) => {
      if (keepExistingData) copied += size;
      return Promise.resolve({
        write: ({ position, data }: { position: number; data: Uint8Array }) => {
          size = Math.max(size, position + data.length);
          return Promise.resolve();
        },
        close: () => {
          saves++;
          return Promise.resolve();
        },
      });
    };
    const handle = {
      createSyncAccessHandle: () => Promise.reject(new DOMException('', 'InvalidStateError')),
      createWritable,
    } as unknown as FileSystemFileHandle;
    const place = await openFile(handle);
    let lastSave = 0;
    let longest = 0;
    for (let second = 1; second <= 3600; second++) {
      nowMs = 1000 * second;
      const before = saves;
      await place.write(size, new Uint8Array(1000));
      if (saves > before) lastSave = second;
      longest = Math.max(longest, (second - lastSave) / Math.max(20, second));
    }
    expect(saves).toBeGreaterThan(40);
    expect(copied).toBeLessThan(12 * size);
    // At most a tenth of it is not saved.
    expect(longest).toBeLessThan(0.1);
    await place.commit('');
    expect(size).toBe(3_600_000);
  });
});
