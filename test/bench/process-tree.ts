/** CPU time and memory of a process and all its descendants, from Linux' /proc. A browser is some ten processes; this adds them up. */
import { readdirSync, readFileSync } from 'node:fs';

/** The kernel reports times to programs in hundredths of a second, on every architecture that Node runs on. */
const MS_PER_TICK = 10;

type ProcessTimes = Readonly<{ parent: number; ticks: number }>;

/** The process' parent and its utime + stime; `undefined` when it ended meanwhile. See proc_pid_stat(5). */
function timesOf(pid: number): ProcessTimes | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name stands in parentheses and may hold anything; behind it come the fields from the third on.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return undefined;
  }
}

const pids = (): number[] =>
  readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));

function treeOf(root: number): ReadonlyMap<number, ProcessTimes> {
  const processes = new Map<number, ProcessTimes>();
  for (const pid of pids()) {
    const times = timesOf(pid);
    if (times !== undefined) processes.set(pid, times);
  }
  const isInTree = (pid: number): boolean => {
    if (pid === root) return true;
    const parent = processes.get(pid)?.parent ?? 0;
    return parent > 1 && isInTree(parent);
  };
  return new Map([...processes].filter(([pid]) => isInTree(pid)));
}

/** CPU milliseconds since their starts; `undefined` where there is no /proc. What a process that has ended used is lost. */
export function cpuMsOfTree(root: number): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const ticks = [...treeOf(root).values()].reduce((sum, one) => sum + one.ticks, 0);
  return ticks * MS_PER_TICK;
}

/**
 * Memory in bytes, what several share counted once in all; `undefined` where there is no /proc. Without what is mapped from
 * files: the program itself, which the system can drop at any time and which other browsers share. See proc_pid_smaps(5).
 */
export function memoryBytesOfTree(root: number): number | undefined {
  if (process.platform !== 'linux') return undefined;
  return [...treeOf(root).keys()].reduce((sum, pid) => sum + memoryBytesOf(pid), 0);
}

/** Its proportional set size; 0 when it ended meanwhile. */
function memoryBytesOf(pid: number): number {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
    const bytes = (name: string): number =>
      1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(rollup)?.[1] ?? NaN);
    return bytes('Pss_Anon') + bytes('Pss_Shmem');
  } catch {
    return 0;
  }
}

/** The process whose command line has this argument and that no process of the same program started. */
export function findProcess(argument: string): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const found = pids().filter((pid) => argumentsOf(pid).includes(argument));
  return found.find((pid) => !found.includes(timesOf(pid)?.parent ?? 0));
}

function argumentsOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
