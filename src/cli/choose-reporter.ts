/** Who is told what happens: a program, a person at a terminal, or a person who reads a log. */
import { BarReporter } from './bar-reporter.ts';
import type { Reporter } from './clip-event.ts';
import { JsonReporter } from './json-reporter.ts';
import { LineReporter } from './line-reporter.ts';
import type { Surroundings } from './surroundings.ts';

export function chooseReporter(
  { stdout, stderr, env, now }: Surroundings,
  { json, total }: Readonly<{ json: boolean; total: number }>,
): Reporter {
  const out = (line: string): void => {
    stdout.write(`${line}\n`);
  };
  if (json) return new JsonReporter(out, now);
  if (stdout.isTTY && stderr.isTTY && env['TERM'] !== 'dumb') {
    return new BarReporter({
      write: (text) => {
        stdout.write(text);
      },
      columns: () => stdout.columns,
      // As no-color.org asks: any value but an empty one.
      isColored: (env['NO_COLOR'] ?? '') === '',
      now,
      total,
    });
  }
  const err = (line: string): void => {
    stderr.write(`${line}\n`);
  };
  return new LineReporter({ out, err, now });
}
