/**
 * The order in which a Chromium is looked for, with small shell scripts in the browsers' place. What really runs a
 * download or a package manager is cut off: these tests install nothing.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { chromiumArgs, fakeCameraArgs } from '../../scripts/chromium-args.mjs';
import { browsersOnPath } from '../../scripts/chromium-places.mjs';
import { findChromium } from '../../scripts/find-chromium.mjs';
import { installWithPackageManager } from '../../scripts/install-chromium.mjs';

const RUNS = 'echo "Chromium 140.0.7300.1 for tests"';
const LACKS_LIBRARY = 'echo "error while loading shared libraries: libnss3.so" >&2; exit 127';
const SNAP_STUB = 'echo "requires the chromium snap to be installed" >&2; exit 1';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'convolux-chromium-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function program(name: string, body: string): string {
  const path = join(folder, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** A machine with nothing on it and no way to get anything, but for what a test adds. */
function machine(changes: Parameters<typeof findChromium>[1] = {}) {
  const env = { PATH: folder };
  return {
    env,
    installed: () => browsersOnPath(env),
    downloaded: () => Promise.resolve(undefined),
    download: vi.fn(() => Promise.resolve('no network')),
    addLibraries: vi.fn(() => Promise.resolve('takes root')),
    addPackage: vi.fn(() => Promise.resolve('no package manager')),
    ...changes,
  };
}

describe.skipIf(process.platform === 'win32')('findChromium', () => {
  test('takes CONVOLUX_CHROMIUM before all others', async () => {
    program('chromium', RUNS);
    const mine = program('mine', RUNS);
    expect(await findChromium({}, machine({ env: { PATH: folder, CONVOLUX_CHROMIUM: mine } }))).toBe(mine);
  });

  test('names CONVOLUX_CHROMIUM and its value when that one does not run, and looks no further', async () => {
    program('chromium', RUNS);
    const surroundings = machine({ env: { PATH: folder, CONVOLUX_CHROMIUM: '/nonexistent' } });
    await expect(findChromium({ install: true }, surroundings)).rejects.toThrow(
      /^CONVOLUX_CHROMIUM=\/nonexistent .*no such file/,
    );
    expect(surroundings.download).not.toHaveBeenCalled();
  });

  test('takes an installed browser in the order of preference, not of the PATH', async () => {
    program('google-chrome', RUNS);
    const chromium = program('chromium', RUNS);
    expect(await findChromium({}, machine())).toBe(chromium);
  });

  test('passes over a stub that does not run, and says why', async () => {
    program('chromium-browser', SNAP_STUB);
    const chrome = program('google-chrome', RUNS);
    const log = vi.fn();
    expect(await findChromium({ log }, machine())).toBe(chrome);
    expect(log).toHaveBeenCalledWith(
      expect.stringMatching(/chromium-browser doesn't run .*requires the chromium snap/),
    );
  });

  test('passes over a program that is no browser', async () => {
    program('chromium', 'echo "hello"');
    await expect(findChromium({}, machine())).rejects.toThrow(/--version says "hello"/);
  });

  test('takes what Playwright downloaded before, when nothing else is installed', async () => {
    const own = program('playwright-chrome', RUNS);
    expect(await findChromium({}, machine({ downloaded: () => Promise.resolve(own) }))).toBe(own);
  });

  test('installs nothing unless told to', async () => {
    const surroundings = machine();
    await expect(findChromium({}, surroundings)).rejects.toThrow(/none is installed.*CONVOLUX_CHROMIUM=/);
    expect(surroundings.download).not.toHaveBeenCalled();
    expect(surroundings.addPackage).not.toHaveBeenCalled();
  });

  test("downloads with Playwright before it asks the system's packages", async () => {
    let own: string | undefined;
    const surroundings = machine({
      downloaded: () => Promise.resolve(own),
      download: () => {
        own = program('playwright-chrome', RUNS);
        return Promise.resolve('');
      },
    });
    expect(await findChromium({ install: true }, surroundings)).toBe(own);
    expect(surroundings.addPackage).not.toHaveBeenCalled();
  });

  test('adds the libraries that a download lacks', async () => {
    const own = program('playwright-chrome', LACKS_LIBRARY);
    const surroundings = machine({
      downloaded: () => Promise.resolve(own),
      addLibraries: () => {
        program('playwright-chrome', RUNS);
        return Promise.resolve('');
      },
    });
    expect(await findChromium({ install: true }, surroundings)).toBe(own);
  });

  test('says in one line all that was tried, and how to mend it', async () => {
    program('chromium', SNAP_STUB);
    const error: unknown = await findChromium({ install: true }, machine()).catch(
      (reason: unknown) => reason,
    );
    const message = error instanceof Error ? error.message : '';
    expect(message.split('\n')).toHaveLength(1);
    for (const part of ['the chromium snap', 'no network', 'no package manager', 'set CONVOLUX_CHROMIUM=']) {
      expect(message).toContain(part);
    }
  });
});

describe.skipIf(process.platform === 'win32')('installWithPackageManager', () => {
  const sudo = 'shift; [ "$1" = true ] || exec "$@"';

  test('updates, installs, and the finder takes what appeared', async () => {
    program('sudo', sudo);
    program(
      'apt-get',
      `echo "$@" >> ${folder}/calls; case "$*" in *install*) ${installs(folder)} ;; *) exit 1 ;; esac`,
    );
    const env = { PATH: [folder, '/usr/bin', '/bin'].join(delimiter) };
    const surroundings = machine({
      env,
      installed: () => browsersOnPath({ PATH: folder }),
      addPackage: (log) => installWithPackageManager(log, env),
    });
    expect(await findChromium({ install: true }, surroundings)).toBe(join(folder, 'chromium'));
  });

  test('says what the package manager said', async () => {
    program('sudo', sudo);
    program('apt-get', 'echo "E: Unable to locate package chromium" >&2; exit 100');
    const env = { PATH: [folder, '/usr/bin', '/bin'].join(delimiter) };
    expect(await installWithPackageManager(() => undefined, env)).toMatch(
      /apt-get failed .*Unable to locate package/,
    );
  });

  test('says so where there is none', async () => {
    expect(await installWithPackageManager(() => undefined, { PATH: folder })).toMatch(/no package manager/);
  });
});

describe('the switches', () => {
  test('are extended by CONVOLUX_CHROMIUM_ARGS', () => {
    expect(chromiumArgs({ CONVOLUX_CHROMIUM_ARGS: ' --one  --two=2 ' })).toEqual([
      ...chromiumArgs({}),
      '--one',
      '--two=2',
    ]);
  });

  test('of a fake camera name the file that it plays', () => {
    expect(fakeCameraArgs('/a b.y4m')).toContain('--use-file-for-fake-video-capture=/a b.y4m');
    expect(fakeCameraArgs().join(' ')).not.toContain('file');
  });
});

function installs(into: string): string {
  return `printf '#!/bin/sh\\n${RUNS.replaceAll('"', '\\"')}\\n' > ${into}/chromium; chmod +x ${into}/chromium`;
}
