/** CPU time of a process and all its descendants, from Linux' /proc. A browser is some ten processes; this adds them up. */
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

/** CPU milliseconds since their starts; `undefined` where there is no /proc. What a process that has ended used is lost. */
export function cpuMsOfTree(root: number): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const processes = new Map<number, ProcessTimes>();
  for (const name of readdirSync('/proc')) {
    const times = /^\d+$/.test(name) ? timesOf(Number(name)) : undefined;
    if (times !== undefined) processes.set(Number(name), times);
  }
  const isInTree = (pid: number): boolean => {
    if (pid === root) return true;
    const parent = processes.get(pid)?.parent ?? 0;
    return parent > 1 && isInTree(parent);
  };
  const ticks = [...processes]
    .filter(([pid]) => isInTree(pid))
    .reduce((sum, [, times]) => sum + times.ticks, 0);
  return ticks * MS_PER_TICK;
}
