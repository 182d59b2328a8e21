/**
 * What a clip is called while it is made: a hidden file beside its final place, with the machine and the process in its
 * name, so that what a process that died has left behind can be told from what another is writing.
 */
import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';

const NAME_LIMIT = 40;
const HOST_LIMIT = 63;
const PATTERN = /^\..*\.convolux-(?<host>[\w.-]+)-(?<pid>\d+)-[0-9a-f]{8}\.part$/u;

/** Of this process. They go with it, however it ends, short of SIGKILL. */
const open = new Set<string>();

/** A name for `path` while it is made; counted as open until `closePart`. */
export function openPart(path: string): string {
  if (open.size === 0) process.on('exit', removeOpen);
  const name = Array.from(basename(path)).slice(0, NAME_LIMIT).join('');
  const part = join(
    dirname(path),
    `.${name}.convolux-${thisHost()}-${process.pid}-${randomBytes(4).toString('hex')}.part`,
  );
  open.add(part);
  return part;
}

export function closePart(part: string): void {
  open.delete(part);
  if (open.size === 0) process.off('exit', removeOpen);
}

/**
 * Removes what processes of this machine left in `folder` when they died. What other machines write into a shared folder is theirs.
 * @returns the names of what is gone.
 */
export function removeStaleParts(folder: string): readonly string[] {
  return readdirSync(folder).filter((name) => {
    const { host, pid } = PATTERN.exec(name)?.groups ?? {};
    if (host !== thisHost() || isOpen(join(folder, name), Number(pid))) return false;
    rmSync(join(folder, name), { force: true });
    return true;
  });
}

function isOpen(part: string, pid: number): boolean {
  // In a container the process before this one often had the same number.
  if (pid === process.pid) return open.has(part);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function removeOpen(): void {
  for (const part of open) rmSync(part, { force: true });
}

function thisHost(): string {
  return hostname()
    .replaceAll(/[^\w.-]/gu, '_')
    .slice(0, HOST_LIMIT);
}
