/**
 * `npm run conformance -- FILE.json… [--backend reference|webgl2|all]`: runs cases that others wrote (see
 * test/conformance/README.md), with everything installed first.
 */
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { ensureInstalled, NotInstalled } from './ensure-installed.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

try {
  await ensureInstalled();
  // Node of the oldest version that we support runs no TypeScript; Vite, which is there anyway, does.
  const { runnerImport } = await import('vite');
  /** @type {{ module: typeof import('../test/conformance/main.ts') }} */
  const { module } = await runnerImport(join(ROOT, 'test/conformance/main.ts'), {
    root: ROOT,
    configFile: false,
    // Only what fails is worth a line of the runner's.
    logLevel: 'error',
  });
  process.exitCode = module.exitStatus;
} catch (error) {
  if (!(error instanceof NotInstalled)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
