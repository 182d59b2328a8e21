/**
 * `npm run bench:ops [-- --bars --op NAME,… --size WxH,… --runs N --write]`: measures the operators against their peers
 * (test/bench/ops.ts), with everything installed first.
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
  /** @type {{ module: typeof import('../test/bench/ops.ts') }} */
  const { module } = await runnerImport(join(ROOT, 'test/bench/ops.ts'), { root: ROOT, configFile: false });
  process.exitCode = module.exitStatus;
} catch (error) {
  if (!(error instanceof NotInstalled)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
