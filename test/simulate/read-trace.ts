/** Files of load traces, read in Node. */
import { readFile } from 'node:fs/promises';
import { BadTrace, parseTrace, type Trace } from './trace.ts';

/** @throws BadTrace */
export async function readTrace(path: string): Promise<Trace> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new BadTrace(`${path}: can't be read (${error instanceof Error ? error.message : String(error)})`);
  });
  return parseTrace(text, path);
}
