/**
 * Two ways to get a Chromium onto a machine that has none: Playwright's own download, and the system's package manager
 * where we may use it without asking for a password. Each installs and says what went wrong; whether the browser then
 * runs is for find-chromium.mjs to prove.
 */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { onPath } from './chromium-places.mjs';
import { runCommand } from './run-command.mjs';

const DOWNLOAD_LIMIT_MS = 10 * 60_000;
const PACKAGES_LIMIT_MS = 10 * 60_000;

/** @type {readonly { tool: string, packages: string[], steps: string[][] }[]} */
const PACKAGE_MANAGERS = [
  {
    tool: 'apt-get',
    packages: ['chromium', 'fonts-dejavu-core'],
    steps: [['update'], ['-o', 'DPkg::Lock::Timeout=120', 'install', '-y', '--no-install-recommends']],
  },
  { tool: 'dnf', packages: ['chromium', 'dejavu-sans-fonts'], steps: [['install', '-y']] },
  { tool: 'apk', packages: ['chromium', 'font-dejavu'], steps: [['add', '--no-cache']] },
  { tool: 'pacman', packages: ['chromium', 'ttf-dejavu'], steps: [['-Sy', '--noconfirm', '--needed']] },
];

/**
 * @param {(line: string) => void} log
 * @returns {Promise<string>} Empty on success, else why not.
 */
export async function downloadWithPlaywright(log) {
  log("no Chromium here: trying Playwright's own download …");
  const { problem } = await runCommand(
    process.execPath,
    [playwrightCli(), 'install', '--no-shell', '--no-progress', 'chromium'],
    {
      timeoutMs: DOWNLOAD_LIMIT_MS,
    },
  );
  return problem && `Playwright's download failed (${problem})`;
}

/**
 * The shared libraries that Playwright's build expects from the system.
 *
 * @param {(line: string) => void} log
 * @returns {Promise<string>} Empty on success, else why not.
 */
export async function installLibraries(log) {
  if ((await asAdministrator(process.env)) === undefined) return 'installing its libraries takes root';
  log('installing the libraries that it lacks …');
  const { problem } = await runCommand(process.execPath, [playwrightCli(), 'install-deps', 'chromium'], {
    timeoutMs: PACKAGES_LIMIT_MS,
  });
  return problem && `its libraries couldn't be installed (${problem})`;
}

/**
 * @param {(line: string) => void} log
 * @param {NodeJS.ProcessEnv} [env] Default: this process' own.
 * @returns {Promise<string>} Empty on success, else why not.
 */
export async function installWithPackageManager(log, env = process.env) {
  const manager = PACKAGE_MANAGERS.find(({ tool }) => onPath(tool, env) !== undefined);
  if (manager === undefined) return 'no package manager that we know (apt-get, dnf, apk, pacman)';
  const prefix = await asAdministrator(env);
  if (prefix === undefined) return `${manager.tool} takes root or a sudo that asks for no password`;
  log(`trying ${manager.tool} install ${manager.packages.join(' ')} …`);
  let problem = '';
  for (const [index, step] of manager.steps.entries()) {
    const isLast = index === manager.steps.length - 1;
    const [command = '', ...args] = [...prefix, manager.tool, ...step, ...(isLast ? manager.packages : [])];
    // One broken repository makes an update fail, and the install behind it may still find its packages.
    ({ problem } = await runCommand(command, args, {
      timeoutMs: PACKAGES_LIMIT_MS,
      env: { ...env, DEBIAN_FRONTEND: 'noninteractive' },
    }));
  }
  return problem && `${manager.tool} failed (${problem})`;
}

/**
 * What goes before a command that only the administrator may run: nothing as root, else sudo; undefined where neither
 * works without a question.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string[] | undefined>}
 */
async function asAdministrator(env) {
  if (process.getuid?.() === 0) return [];
  const { code } = await runCommand('sudo', ['-n', 'true'], { timeoutMs: 10_000, env });
  return code === 0 ? ['sudo', '-n'] : undefined;
}

function playwrightCli() {
  return join(dirname(createRequire(import.meta.url).resolve('playwright/package.json')), 'cli.js');
}
