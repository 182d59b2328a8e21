/**
 * Where measured prices outlive the page: IndexedDB, which workers have as well. A browser may refuse it, forget it, or
 * never answer; nothing is lost then but the time to measure again.
 */

/** Keeps values by name. Neither method rejects: what can't be kept is simply not there. */
export interface PriceStore {
  /** What was kept, by whatever version of this code; undefined when there is nothing. */
  load(key: string): Promise<unknown>;
  save(key: string, value: unknown): Promise<void>;
  remove(key: string): Promise<void>;
}

const DATABASE = 'convolux';
const TABLE = 'prices';
/** Longer than any answer takes, and short beside what waits for it. */
const PATIENCE_MS = 500;

export class IndexedDbPriceStore implements PriceStore {
  load(key: string): Promise<unknown> {
    return answered<unknown>('readonly', (table) => table.get(key));
  }

  async save(key: string, value: unknown): Promise<void> {
    await answered('readwrite', (table) => table.put(value, key));
  }

  async remove(key: string): Promise<void> {
    await answered('readwrite', (table) => table.delete(key));
  }
}

/** Asks a table for something. */
type Ask<T> = (table: IDBObjectStore) => IDBRequest<T>;

/** The answer; undefined where there is none, for whatever reason. */
async function answered<T>(mode: IDBTransactionMode, ask: Ask<T>): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, undefined);
  });
  try {
    return await Promise.race([inDatabase(mode, ask), patience]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

/** Rejects when the browser refuses. The database is closed again in any case, so that nobody waits to delete it. */
async function inDatabase<T>(mode: IDBTransactionMode, ask: Ask<T>): Promise<T> {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore(TABLE);
  };
  const database = await settled(opening);
  try {
    const transaction = database.transaction(TABLE, mode);
    // Listened to before anything is asked: it may be over when the answer is there.
    const over = new Promise<void>((resolve) => {
      transaction.oncomplete = transaction.onabort = () => {
        resolve();
      };
    });
    const answer = await settled(ask(transaction.objectStore(TABLE)));
    await over;
    return answer;
  } finally {
    database.close();
  }
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(request.error ?? new Error('the database refused'));
    };
  });
}
