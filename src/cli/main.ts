/** The process `convolux`: hands what it was started with to the command line, and its signals too. */
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { isatty } from 'node:tty';
import { fileURLToPath } from 'node:url';
import { openBrowserRunner } from './browser-runner.ts';
import { runCommandLine } from './command-line.ts';
import { ENDING_SIGNALS, EXIT_CODES, SIGNAL_CODES } from './exit-codes.ts';
import type { Terminal } from './surroundings.ts';

/** What clips get to end in, after a signal. */
const GRACE_MS = 5000;
const PLAIN_COLUMNS = 80;

const interruption = new AbortController();

for (const signal of ENDING_SIGNALS) {
  process.on(signal, () => {
    // A terminal sends Ctrl+C to npx and to us, and npx hands it on: the second is no second wish.
    if (interruption.signal.aborted) return;
    interruption.abort(signal);
    setTimeout(() => process.exit(SIGNAL_CODES[signal]), GRACE_MS).unref();
  });
}

function terminal(stream: NodeJS.WriteStream & { fd: number }): Terminal {
  // Whoever read along is gone, as `| head` goes: nobody is left to tell.
  stream.on('error', () => process.exit(EXIT_CODES.failed));
  return {
    write: (text) => void stream.write(text),
    isTTY: isatty(stream.fd),
    get columns() {
      return stream.columns || PLAIN_COLUMNS;
    },
  };
}

function versionOf(path: URL): string {
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
}

process.exitCode = await runCommandLine(process.argv.slice(2), {
  version: versionOf(new URL('../../package.json', import.meta.url)),
  stdout: terminal(process.stdout),
  stderr: terminal(process.stderr),
  env: process.env,
  now: () => performance.now(),
  signal: interruption.signal,
  openRunner: () => openBrowserRunner(fileURLToPath(new URL('page/', import.meta.url))),
});
