/** Files of the command line: outputs that are whole or not there, what dead processes leave, inputs by name and pattern. */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import process from 'node:process';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { findInputs } from '../../src/cli/find-inputs.ts';
import { OutputFile } from '../../src/cli/output-file.ts';
import { closePart, openPart, removeStaleParts } from '../../src/cli/part-files.ts';
import { placeOf, placesIn, refuseStanding, standingOf } from '../../src/cli/plan-outputs.ts';
import { UsageError } from '../../src/cli/usage-error.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'convolux-files-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const at = (...names: readonly string[]): string => join(folder, ...names);
function put(name: string, text = name): string {
  writeFileSync(at(name), text);
  return at(name);
}

describe('an output', () => {
  test('has its name when it is whole, and another until then', async () => {
    const file = await OutputFile.create(at('out.mp4'));
    const [part = ''] = readdirSync(folder);
    expect(part).toMatch(new RegExp(`^\\.out\\.mp4\\.convolux-.+-${process.pid}-[0-9a-f]{8}\\.part$`));
    await file.write(Buffer.from('world'), 6);
    await file.write(Buffer.from('hello '), 0);
    expect(existsSync(at('out.mp4'))).toBe(false);
    await file.commit(11);
    expect(readdirSync(folder)).toEqual(['out.mp4']);
    expect(readFileSync(at('out.mp4'), 'utf8')).toBe('hello world');
    await file.discard();
    expect(readdirSync(folder)).toEqual(['out.mp4']);
  });

  test('keeps what was there until it is whole', async () => {
    put('out.mp4', 'before');
    const file = await OutputFile.create(at('out.mp4'));
    await file.write(Buffer.from('after'), 0);
    expect(readFileSync(at('out.mp4'), 'utf8')).toBe('before');
    await file.commit(5);
    expect(readFileSync(at('out.mp4'), 'utf8')).toBe('after');
  });

  test('that is given up leaves nothing, and takes no more', async () => {
    const file = await OutputFile.create(at('out.mp4'));
    const writing = file.write(new Uint8Array(1 << 20), 0);
    await Promise.all([writing, file.discard()]);
    await file.discard();
    expect(readdirSync(folder)).toEqual([]);
    await expect(file.write(Buffer.from('x'), 0)).rejects.toMatchObject({ code: 'aborted' });
  });

  test('that lacks bytes is no clip', async () => {
    const file = await OutputFile.create(at('out.mp4'));
    await file.write(Buffer.from('half'), 0);
    await expect(file.commit(8)).rejects.toMatchObject({
      code: 'clip-unwritable',
      message: /holds 4 bytes and should hold 8/,
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('whose place is gone says so', async () => {
    await expect(OutputFile.create(at('none', 'out.mp4'))).rejects.toMatchObject({ code: 'clip-unwritable' });
    const file = await OutputFile.create(at('out.mp4'));
    mkdirSync(at('out.mp4'));
    await expect(file.commit(0)).rejects.toMatchObject({ code: 'clip-unwritable' });
    expect(readdirSync(folder)).toEqual(['out.mp4']);
  });

  test.each([
    ['ENOSPC', 'disk-full'],
    ['EDQUOT', 'disk-full'],
    ['EIO', 'clip-unwritable'],
  ])('that meets %s says %s, and remembers it', async (code, fault) => {
    const handle = await open(put('any'), 'r');
    const write = vi.spyOn(Object.getPrototypeOf(handle) as typeof handle, 'write');
    await handle.close();
    try {
      write.mockRejectedValue(Object.assign(new Error(code), { code }));
      const file = await OutputFile.create(at('out.mp4'));
      await expect(file.write(Buffer.from('x'), 0)).rejects.toMatchObject({ code: fault });
      expect(file.fault).toMatchObject({ code: fault });
      await file.discard();
      expect(existsSync(at('out.mp4'))).toBe(false);
    } finally {
      write.mockRestore();
    }
  });
});

describe('part files', () => {
  const gone = (): number => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    return pid;
  };
  const partOf = (host: string, pid: number): string => `.a.mp4.convolux-${host}-${pid}-0123abcd.part`;
  const here = hostname()
    .replaceAll(/[^\w.-]/gu, '_')
    .slice(0, 63);

  test('of dead processes of this machine go, of no others', () => {
    const dead = partOf(here, gone());
    const kept = [partOf(here, process.ppid), partOf(`not-${here}`, gone()), '.a.mp4.part', 'a.mp4'];
    for (const name of [dead, ...kept]) put(name);
    expect(removeStaleParts(folder)).toEqual([dead]);
    expect(readdirSync(folder).sort()).toEqual([...kept].sort());
  });

  test('of this process stay while they are open; one of the same number before it goes', () => {
    const open = openPart(at('b.mp4'));
    writeFileSync(open, '');
    put(partOf(here, process.pid));
    expect(removeStaleParts(folder)).toEqual([partOf(here, process.pid)]);
    expect(existsSync(open)).toBe(true);
    closePart(open);
    expect(removeStaleParts(folder)).toEqual([basename(open)]);
  });

  test('have names that a disk takes, however long the clip’s', () => {
    const part = openPart(at(`${'長'.repeat(80)}.mp4`));
    writeFileSync(part, '');
    closePart(part);
    expect(removeStaleParts(folder)).toHaveLength(1);
  });
});

describe('inputs', () => {
  test('are found by pattern, in the order that people count in, each once', async () => {
    mkdirSync(at('deep'));
    for (const name of ['b10.mp4', 'b9.mp4', 'a.webm', 'c.mp4.txt', join('deep', 'd.mp4')]) put(name);
    const names = async (...patterns: readonly string[]): Promise<readonly string[]> => {
      const found = await findInputs(patterns.map((pattern) => at(pattern)));
      // As absolute as the pattern.
      return found.map((path) => path.slice(folder.length + 1));
    };
    expect(await names('*.mp4')).toEqual(['b9.mp4', 'b10.mp4']);
    expect(await names('**/*.mp4')).toEqual(['b9.mp4', 'b10.mp4', join('deep', 'd.mp4')]);
    expect(await names('{a,b9}.{webm,mp4}')).toEqual(['a.webm', 'b9.mp4']);
    expect(await names('a.webm', 'b9.mp4', 'a.webm')).toEqual(['a.webm', 'b9.mp4']);
  });

  test('that look like a pattern are files where there is one', async () => {
    put('clip [1].mp4');
    expect(await findInputs([at('clip [1].mp4')])).toEqual([at('clip [1].mp4')]);
  });

  test.each([
    ['none.mp4', /none\.mp4: there is no such file/],
    ['*.mov', /\*\.mov' fits no file/],
    ['', /is a folder: give a pattern such as/],
  ])('%j is refused', async (name, message) => {
    await expect(findInputs([at(name)])).rejects.toThrow(message);
    await expect(findInputs([at(name)])).rejects.toThrow(UsageError);
  });
});

describe('where a clip goes', () => {
  test('its container follows from the name', () => {
    const input = put('in.mov');
    expect(placeOf(input, at('x.MP4'), { force: false }).container).toBe('mp4');
    expect(placeOf(input, at('x.webm'), { force: false }).container).toBe('webm');
    expect(placeOf(input, at('x.bin'), { container: 'webm', force: false }).container).toBe('webm');
  });

  test.each([
    ['x.bin', {}, /ends in neither \.mp4 nor \.webm: say --container/],
    ['x.mp4', { container: 'webm' as const }, /contradict each other/],
    ['none/x.mp4', {}, /there is no folder/],
    ['in.mp4', { force: true }, /is the input itself/],
    ['link.mp4', { force: true }, /is the input itself/],
    ['there.mp4', {}, /there\.mp4 is there already: --force writes over it/],
    ['folder.mp4', { force: true }, /folder\.mp4 is no file/],
  ])('%s is refused', (name, options, message) => {
    const input = put('in.mp4');
    put('there.mp4');
    symlinkSync(input, at('link.mp4'));
    mkdirSync(at('folder.mp4'));
    const place = () => placeOf(input, at(name), { force: false, ...options });
    expect(place).toThrow(message);
    expect(place).toThrow(UsageError);
  });

  test('an input that is none is refused; an output that is there is taken with --force', () => {
    expect(() => placeOf(at('none.mp4'), at('x.mp4'), { force: false })).toThrow(
      /none\.mp4: there is no such file/,
    );
    expect(() => placeOf(folder, at('x.mp4'), { force: false })).toThrow(/is no file/);
    expect(placeOf(put('in.mp4'), put('there.mp4'), { force: true }).output).toBe(at('there.mp4'));
  });

  test('many go under their own names, in their own container where it is one of ours', () => {
    const inputs = [put('a.webm'), put('b.mov'), put('c.mp4')];
    const names = (container?: 'webm') =>
      placesIn(at('out'), inputs, container).map(({ output }) => basename(output));
    expect(names()).toEqual(['a.webm', 'b.mp4', 'c.mp4']);
    expect(names('webm')).toEqual(['a.webm', 'b.webm', 'c.webm']);
  });

  test('two that would have one name are refused, and one that would be its own input', () => {
    const inputs = [put('a.mov'), put('a.mp4')];
    expect(() => placesIn(at('out'), inputs, undefined)).toThrow(
      /a\.mov and .*a\.mp4 would both become .*a\.mp4/,
    );
    expect(() => placesIn(folder, [at('a.mp4')], undefined)).toThrow(/is the input itself/);
  });
});

describe('what is there', () => {
  const place = { input: '', output: '', container: 'mp4' as const };

  test('is up to date where it is not older than its input', () => {
    const [input, output] = [put('in.mp4'), put('out.mp4')];
    const age = (path: string, seconds: number): void => {
      utimesSync(path, seconds, seconds);
    };
    age(input, 1000);
    age(output, 2000);
    expect(standingOf({ ...place, input, output })).toBe('up-to-date');
    age(output, 1000);
    expect(standingOf({ ...place, input, output })).toBe('up-to-date');
    age(output, 999);
    expect(standingOf({ ...place, input, output })).toBe('old');
    expect(standingOf({ ...place, input, output: at('none.mp4') })).toBe('missing');
  });

  test('is told, with what to do about it', () => {
    const input = put('in.mp4');
    const there = [put('a.mp4'), put('b.mp4')].map((output) => ({ ...place, input, output }));
    expect(() => refuseStanding(there)).toThrow(/a\.mp4 and 1 more are there already: --resume .* --force/);
    expect(() => refuseStanding(there.slice(1))).toThrow(/b\.mp4 is there already/);
    expect(() => refuseStanding([{ ...place, input, output: at('none.mp4') }])).not.toThrow();
  });
});
