/** Which files are meant: names, as a shell expands them, and patterns that it left to us. */
import { existsSync, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { glob, isDynamicPattern } from 'tinyglobby';
import { UsageError } from './usage-error.ts';

/**
 * Each file once, sorted within each pattern.
 * @throws UsageError for a name that is no file, and for a pattern that nothing fits.
 */
export async function findInputs(patterns: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const pattern of patterns) found.push(...(await expand(pattern)));
  return [...new Set(found)];
}

async function expand(pattern: string): Promise<readonly string[]> {
  // A file may well be called 'clip [1].mp4'.
  if (existsSync(pattern)) {
    if (statSync(pattern).isFile()) return [pattern];
    throw new UsageError(`${pattern} is a folder: give a pattern such as '${pattern}/*.mp4'`);
  }
  if (!isDynamicPattern(pattern)) throw new UsageError(`${pattern}: there is no such file`);
  const files = await glob(pattern.replaceAll('\\', '/'), {
    expandDirectories: false,
    absolute: isAbsolute(pattern),
  });
  if (files.length === 0) throw new UsageError(`'${pattern}' fits no file`);
  return files.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
}
