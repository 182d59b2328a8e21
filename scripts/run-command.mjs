/**
 * Runs a child process with a time limit and takes its whole family down with it: a browser or a server must not
 * outlive the command that started it. Needs no dependency, so that it works before `npm ci`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import process from 'node:process';

/**
 * @typedef {object} RunOptions
 * @property {number} timeoutMs Past it the process and its children are killed.
 * @property {NodeJS.ProcessEnv} [env] Default: this process' own.
 * @property {string} [cwd] Default: this process' own.
 * @property {boolean} [show] Print the output as it comes, instead of collecting it. Default false.
 * @property {boolean} [shell] Through the shell, where Windows knows a command only as a .cmd file. Default false.
 */

/**
 * @typedef {object} RunResult
 * @property {number | null} code The exit status; null when it never started or was killed.
 * @property {boolean} timedOut
 * @property {string} output Standard output, empty when shown.
 * @property {string} problem Empty on success, else why it failed, on one line.
 */

/**
 * A browser that a runner started sits in a process group of its own, where our signals don't reach; the runner closes
 * it when asked to end, and gets this long to do so.
 */
const GRACE_MS = 5000;

const isWindows = process.platform === 'win32';

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/**
 * Starts a command and waits for its end. Never rejects: a command that can't start is a result like another.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} options
 * @returns {Promise<RunResult>}
 */
export function runCommand(command, args, options) {
  const { timeoutMs, env = process.env, cwd = process.cwd(), show = false, shell = false } = options;
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env,
      shell,
      // A process group of its own is what makes the whole family killable.
      detached: !isWindows,
      stdio: show ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    });
    watch(child);
    let output = '';
    let errors = '';
    let timedOut = false;
    child.stdout?.setEncoding('utf8').on('data', (/** @type {string} */ text) => (output += text));
    child.stderr?.setEncoding('utf8').on('data', (/** @type {string} */ text) => (errors += text));
    const timer = setTimeout(() => {
      timedOut = true;
      endFamily(child, 'SIGINT');
      setTimeout(() => {
        endFamily(child, 'SIGKILL');
      }, GRACE_MS).unref();
    }, timeoutMs);
    /** @param {number | null} code @param {string} problem */
    const end = (code, problem) => {
      clearTimeout(timer);
      unwatch(child);
      resolve({ code, timedOut, output, problem });
    };
    child.on('error', (error) => {
      end(null, error.message);
    });
    child.on(
      show ? 'exit' : 'close',
      (/** @type {number | null} */ code, /** @type {NodeJS.Signals | null} */ signal) => {
        if (timedOut) end(null, `no end after ${timeoutMs / 1000} s`);
        else if (code === 0) end(0, '');
        else
          end(
            code,
            [signal ?? `exit status ${code}`, tellingLine(errors) || tellingLine(output)]
              .filter(Boolean)
              .join(': '),
          );
      },
    );
  });
}

/**
 * @param {readonly string[]} args
 * @param {RunOptions} options
 * @returns {Promise<RunResult>}
 */
export function runNpm(args, options) {
  // Set where npm itself started us; then the same npm answers, without a shell, on every system.
  const script = process.env['npm_execpath'];
  if (script?.endsWith('npm-cli.js')) return runCommand(process.execPath, [script, ...args], options);
  return runCommand('npm', args, { ...options, shell: isWindows });
}

/**
 * The line of a program's output that most likely says what went wrong: the last that speaks of an error, else the last.
 *
 * @param {string} text
 */
function tellingLine(text) {
  const lines = text.split('\n').map((line) => line.trim());
  return (
    lines.findLast((line) => /^E:|error|fail|cannot|unable/i.test(line)) ?? lines.findLast(Boolean) ?? ''
  );
}

const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/** @param {import('node:child_process').ChildProcess} child */
function watch(child) {
  running.add(child);
  if (running.size > 1) return;
  process.on('exit', killAll);
  for (const signal of SIGNALS) process.on(signal, leave);
}

/**
 * Hands the signals back once nothing runs: what comes next may have a way of its own to end.
 *
 * @param {import('node:child_process').ChildProcess} child
 */
function unwatch(child) {
  running.delete(child);
  if (running.size > 0) return;
  process.off('exit', killAll);
  for (const signal of SIGNALS) process.off(signal, leave);
}

/** @param {NodeJS.Signals} signal */
function leave(signal) {
  const status = 128 + constants.signals[signal];
  for (const child of running) {
    endFamily(child, 'SIGINT');
    child.once('exit', () => {
      unwatch(child);
      if (running.size === 0) process.exit(status);
    });
  }
  setTimeout(() => process.exit(status), GRACE_MS);
}

function killAll() {
  for (const child of running) endFamily(child, 'SIGKILL');
}

/** @param {import('node:child_process').ChildProcess} child @param {NodeJS.Signals} signal */
function endFamily(child, signal) {
  if (child.pid === undefined) return;
  if (isWindows) {
    spawnSync('taskkill', ['/pid', String(child.pid), '/T', '/F']);
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It ended between the decision and the signal.
  }
}
