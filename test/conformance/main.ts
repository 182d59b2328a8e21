/** `npm run conformance`: runs files of cases on the backends and prints what passed. Loaded by scripts/conformance.mjs. */
import { NoChromium } from '../../scripts/find-chromium.mjs';
import { BadCaseFile } from './cases.ts';
import { BadConformanceOption, readConformanceOptions, type BackendName } from './options.ts';
import { readCases } from './read-cases.ts';
import { reportLines } from './report.ts';
import { referenceBackend, runCases, type CaseResult } from './run-cases.ts';
import type { OpenBackend } from './webgl2-browser.ts';

/** 1 when a case failed, or the command line or a file is wrong. */
export const exitStatus = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    const { files, backends } = readConformanceOptions(args);
    const cases = (await Promise.all(files.map(readCases))).flat();
    const results: CaseResult[] = [];
    for (const name of backends) {
      const backend = await openBackend(name);
      try {
        results.push(...(await runCases(cases, backend)));
      } finally {
        await backend.close();
      }
    }
    for (const line of reportLines(results)) console.log(line);
    return results.some(({ reason }) => reason !== undefined) ? 1 : 0;
  } catch (error) {
    const expected = [BadCaseFile, BadConformanceOption, NoChromium].some((kind) => error instanceof kind);
    if (!expected) throw error;
    console.error((error as Error).message);
    return 1;
  }
}

async function openBackend(name: BackendName): Promise<OpenBackend> {
  if (name === 'reference') return { ...referenceBackend, close: () => Promise.resolve() };
  const { openWebGl2 } = await import('./webgl2-browser.ts');
  return openWebGl2();
}
