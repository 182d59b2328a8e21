/**
 * Packs the package as it would be published, and installs it, with what it depends on, for an application in a temporary
 * folder: nothing in there comes from the sources beside it, nor from the network. Runs once, before the tests.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { runCommand, runNpm } from '../../scripts/run-command.mjs';

const LIMIT_MS = 5 * 60_000;

export type Packed = Readonly<{
  /** The file as it would go to the registry. */
  tarball: string;
  /** An application that has it in its node_modules. */
  app: string;
}>;

declare module 'vitest' {
  interface ProvidedContext {
    packed: Packed;
  }
}

// Vitest asks for this name, and takes what it returns for the end.
export async function setup(project: TestProject): Promise<() => void> {
  const root = project.config.root;
  const folder = mkdtempSync(join(tmpdir(), 'convolux-package-'));
  project.provide('packed', await install(root, folder, await pack(root, folder)));
  return () => {
    rmSync(folder, { recursive: true, force: true });
  };
}

async function pack(root: string, folder: string): Promise<string> {
  const limits = { cwd: root, timeoutMs: LIMIT_MS };
  const { problem } = await runNpm(['pack', '--pack-destination', folder], limits);
  const [name] = readdirSync(folder);
  if (problem !== '' || name === undefined) throw new Error(`npm pack failed: ${problem}`);
  return join(folder, name);
}

async function install(root: string, folder: string, tarball: string): Promise<Packed> {
  const app = join(folder, 'app');
  const modules = join(app, 'node_modules');
  cpSync(join(root, 'test/package/app'), app, { recursive: true });
  const { problem } = await runCommand('tar', ['-xzf', tarball], { cwd: folder, timeoutMs: LIMIT_MS });
  if (problem !== '') throw new Error(`the package can't be unpacked: ${problem}`);
  mkdirSync(modules);
  renameSync(join(folder, 'package'), join(modules, 'convolux'));
  for (const name of dependenciesOf(join(modules, 'convolux'), join(root, 'node_modules')))
    cpSync(join(root, 'node_modules', name), join(modules, name), { recursive: true });
  return { tarball, app };
}

/** What it needs to run, and what that needs: npm would install these with it. */
function dependenciesOf(folder: string, modules: string, found = new Set<string>()): ReadonlySet<string> {
  const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>;
  };
  for (const name of Object.keys(dependencies)) {
    if (found.has(name)) continue;
    found.add(name);
    dependenciesOf(join(modules, name), modules, found);
  }
  return found;
}
