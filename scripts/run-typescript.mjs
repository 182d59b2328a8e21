/** Runs a command of ours that is written in TypeScript, with everything installed first. */
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { ensureInstalled, NotInstalled } from './ensure-installed.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Sets the exit status of this process to the command's; 1 where something could not be installed.
 *
 * @param {string} path Of the module, from the root: importing it runs the command, and it exports `exitStatus`.
 * @param {{ quiet?: boolean }} [options] quiet: of the runner only what fails is told. Default false.
 */
export async function runTypeScript(path, { quiet = false } = {}) {
  try {
    await ensureInstalled();
    // Node of the oldest version that we support runs no TypeScript; Vite, which is there anyway, does.
    const { runnerImport } = await import('vite');
    /** @type {{ module: { exitStatus: number } }} */
    const { module } = await runnerImport(join(ROOT, path), {
      root: ROOT,
      configFile: false,
      ...(quiet ? { logLevel: 'error' } : {}),
    });
    process.exitCode = module.exitStatus;
  } catch (error) {
    if (!(error instanceof NotInstalled)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
