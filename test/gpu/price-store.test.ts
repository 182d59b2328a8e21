/** Prices in the browser's own database: kept, found, removed, and no harm where it refuses. */
import { afterEach, expect, test, vi } from 'vitest';
import { IndexedDbPriceStore } from '../../src/engine/price-store.ts';
import { DEFAULT_PRICES } from '../../src/plan/prices.ts';

const store = new IndexedDbPriceStore();

afterEach(async () => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  await store.remove('a test');
});

test('what was saved is loaded, by every store of the page, until it is removed', async () => {
  expect(await store.load('a test')).toBeUndefined();
  await store.save('a test', DEFAULT_PRICES);
  expect(await new IndexedDbPriceStore().load('a test')).toEqual(DEFAULT_PRICES);
  await store.save('a test', { other: 1 });
  expect(await store.load('a test')).toEqual({ other: 1 });
  expect(await store.load('another test')).toBeUndefined();
  await store.remove('a test');
  expect(await store.load('a test')).toBeUndefined();
});

test('nothing is left open: the database can be deleted at once', async () => {
  await store.save('a test', 1);
  const blocked = vi.fn();
  await new Promise<void>((resolve, reject) => {
    const deleting = indexedDB.deleteDatabase('convolux');
    deleting.onblocked = blocked;
    deleting.onsuccess = () => {
      resolve();
    };
    deleting.onerror = () => {
      reject(new Error('not deleted'));
    };
  });
  expect(blocked).not.toHaveBeenCalled();
});

test('what can not be cloned is not kept', async () => {
  await store.save('a test', () => undefined);
  expect(await store.load('a test')).toBeUndefined();
});

test('it works in a worker, where prices are used', async () => {
  const source = "self.onmessage = () => self.postMessage(typeof indexedDB !== 'undefined')";
  const worker = new Worker(URL.createObjectURL(new Blob([source])));
  const answer = new Promise<unknown>((resolve) => {
    worker.onmessage = ({ data }) => {
      resolve(data);
    };
  });
  worker.postMessage(null);
  expect(await answer).toBe(true);
  worker.terminate();
});

test.each<[string, () => void]>([
  ['has none', () => vi.stubGlobal('indexedDB', undefined)],
  [
    'refuses',
    () => {
      vi.spyOn(indexedDB, 'open').mockImplementation(() => {
        throw new DOMException('no', 'SecurityError');
      });
    },
  ],
  [
    'refuses later',
    () => {
      vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(() => {
        throw new DOMException('no', 'InvalidStateError');
      });
    },
  ],
  ['never answers', () => vi.spyOn(indexedDB, 'open').mockReturnValue({} as IDBOpenDBRequest)],
])('a browser that %s keeps nothing, and says so soon', async (_, refuse) => {
  refuse();
  const start = performance.now();
  await store.save('a test', DEFAULT_PRICES);
  expect(await store.load('a test')).toBeUndefined();
  await store.remove('a test');
  expect(performance.now() - start).toBeLessThan(5000);
});
