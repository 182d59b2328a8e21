/** The runner's command line: `FILE.json… [--backend reference|webgl2|all]`. */
import { parseArgs } from 'node:util';

export const BACKENDS = ['reference', 'webgl2'] as const;
export type BackendName = (typeof BACKENDS)[number];

export type ConformanceOptions = Readonly<{ files: readonly string[]; backends: readonly BackendName[] }>;

const USAGE = `npm run conformance -- FILE.json… [--backend ${[...BACKENDS, 'all'].join('|')}]`;

/** A mistake on the command line, in one line. */
export class BadConformanceOption extends Error {
  override readonly name = 'BadConformanceOption';
}

/** @throws BadConformanceOption */
export function readConformanceOptions(args: readonly string[]): ConformanceOptions {
  const { files, backend } = parse(args);
  if (files.length === 0) throw new BadConformanceOption(`No file of cases given: ${USAGE}`);
  if (backend === 'all') return { files, backends: BACKENDS };
  const found = BACKENDS.find((name) => name === backend);
  if (found === undefined)
    throw new BadConformanceOption(`Unknown backend ${JSON.stringify(backend)}: ${USAGE}`);
  return { files, backends: [found] };
}

function parse(args: readonly string[]): Readonly<{ files: readonly string[]; backend: string }> {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { backend: { type: 'string', default: 'reference' } },
      allowPositionals: true,
    });
    return { files: positionals, backend: values.backend };
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split('. ', 1);
    throw new BadConformanceOption(`${reason}: ${USAGE}`);
  }
}
