#!/usr/bin/env node
/** `convolux`: runs the built command line. In a clone it is built first, where a source is newer. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** In a clone alone: the package has what it builds. */
const BUILD = new URL('../scripts/build-cli.mjs', import.meta.url);

/** A process of its own, all that it says on the other output: ours holds what was asked for. */
function build() {
  process.stderr.write('convolux: building the command line …\n');
  return spawnSync(process.execPath, [fileURLToPath(BUILD)], { stdio: ['ignore', 2, 2] }).status === 0;
}

async function isBuilt() {
  if (!existsSync(BUILD)) return true;
  const { isOutdated } = await import('../scripts/build-cli.mjs');
  return !isOutdated() || build();
}

if (await isBuilt()) await import(new URL('../dist/cli/main.js', import.meta.url).href);
else process.exitCode = 1;
