/**
 * Where a Chromium may already be: on the PATH, in the usual places of each system, in Playwright's own cache. Lists
 * files only; whether one runs is for find-chromium.mjs to prove.
 */
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';

const NAMES = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge',
  'microsoft-edge-stable',
  'brave-browser',
];

const MAC_APPS = [
  'Chromium.app/Contents/MacOS/Chromium',
  'Google Chrome.app/Contents/MacOS/Google Chrome',
  'Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing',
  'Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
];

const WINDOWS_PROGRAMS = [
  'Chromium\\Application\\chrome.exe',
  'Google\\Chrome\\Application\\chrome.exe',
  'Microsoft\\Edge\\Application\\msedge.exe',
];

/**
 * The first executable of this name on the PATH.
 *
 * @param {string} name
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined}
 */
export function onPath(name, env) {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  const folders = (env['PATH'] ?? '').split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, file)).find(isExecutable);
}

/**
 * Every browser that PATH knows, in the order in which we'd like them.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {string[]}
 */
export function browsersOnPath(env) {
  return NAMES.map((name) => onPath(name, env)).filter((path) => path !== undefined);
}

/**
 * Places outside the PATH where installers put a browser.
 *
 * @param {NodeJS.ProcessEnv} env
 * @param {NodeJS.Platform} [platform] Default: this machine's.
 * @returns {string[]}
 */
export function usualPlaces(env, platform = process.platform) {
  if (platform === 'darwin') {
    const folders = ['/Applications', join(env['HOME'] ?? '/', 'Applications')];
    return folders.flatMap((folder) => MAC_APPS.map((app) => join(folder, app))).filter(isExecutable);
  }
  if (platform === 'win32') {
    const folders = [env['PROGRAMFILES'], env['PROGRAMFILES(X86)'], env['LOCALAPPDATA']].filter(
      (folder) => folder !== undefined,
    );
    return folders
      .flatMap((folder) => WINDOWS_PROGRAMS.map((program) => join(folder, program)))
      .filter(existsSync);
  }
  return [
    '/usr/lib/chromium/chromium',
    '/usr/lib64/chromium-browser/chromium-browser',
    '/opt/google/chrome/chrome',
  ].filter(isExecutable);
}

/**
 * The Chromium that Playwright downloaded for its own version, if it did.
 *
 * @returns {Promise<string | undefined>}
 */
export async function playwrightsOwn() {
  const { chromium } = await import('playwright');
  const path = chromium.executablePath();
  return existsSync(path) ? path : undefined;
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
