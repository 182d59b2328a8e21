/** Files of conformance cases, read in Node. */
import { readFile } from 'node:fs/promises';
import { BadCaseFile, parseCases, type Case } from './cases.ts';

/** @throws BadCaseFile */
export async function readCases(path: string): Promise<readonly Case[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new BadCaseFile(
      `${path}: can't be read (${error instanceof Error ? error.message : String(error)})`,
    );
  });
  return parseCases(text, path);
}
