/** When an install is needed: against small roots on disk, with lockfiles of a few packages. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkNode, whyInstall } from '../../scripts/ensure-installed.mjs';

type Packages = Record<string, { version: string; optional?: boolean }>;

const LOCKED: Packages = {
  'node_modules/vite': { version: '8.3.8' },
  'node_modules/fsevents': { version: '2.3.3', optional: true },
};

let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'convolux-root-'));
  write('package.json', {});
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function write(file: string, content: unknown): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), JSON.stringify(content));
}

function setUp(locked: Packages, installed: Packages): string {
  write('package-lock.json', { packages: { '': {}, ...locked } });
  write('node_modules/.package-lock.json', { packages: installed });
  write('node_modules/vite/package.json', { name: 'vite' });
  return whyInstall(root);
}

describe('whyInstall', () => {
  test('is content when all that is locked is installed', () => {
    expect(setUp(LOCKED, LOCKED)).toBe('');
  });

  test('is content without what is optional on this platform', () => {
    expect(setUp(LOCKED, { 'node_modules/vite': { version: '8.3.8' } })).toBe('');
  });

  test('sees that nothing is installed', () => {
    write('package-lock.json', { packages: LOCKED });
    expect(whyInstall(root)).toBe('the dependencies are not installed');
  });

  test('sees a package that is missing', () => {
    expect(setUp({ ...LOCKED, 'node_modules/rxjs': { version: '7.8.2' } }, LOCKED)).toBe(
      'node_modules/rxjs is missing',
    );
  });

  test('sees another version', () => {
    expect(setUp(LOCKED, { ...LOCKED, 'node_modules/vite': { version: '7.0.0' } })).toBe(
      'node_modules/vite is 7.0.0, not 8.3.8',
    );
  });

  test('sees a package that is no longer locked', () => {
    expect(setUp(LOCKED, { ...LOCKED, 'node_modules/old': { version: '1.0.0' } })).toBe(
      'node_modules/old is not in package-lock.json',
    );
  });

  test('sees files that were deleted by hand', () => {
    setUp(LOCKED, LOCKED);
    rmSync(join(root, 'node_modules/vite'), { recursive: true });
    expect(whyInstall(root)).toBe('node_modules is incomplete');
  });

  test('makes do without a lockfile', () => {
    setUp(LOCKED, LOCKED);
    rmSync(join(root, 'package-lock.json'));
    expect(whyInstall(root)).toBe('');
  });
});

describe('checkNode', () => {
  test.each(['20.19.0', '20.20.2', '22.0.0', '100.1.0'])('accepts %s', (version) => {
    expect(() => {
      checkNode(version);
    }).not.toThrow();
  });

  test.each(['20.18.3', '18.20.0', '9.99.9'])('refuses %s', (version) => {
    expect(() => {
      checkNode(version);
    }).toThrow(`Node 20.19 or newer is needed, this is ${version}`);
  });
});
