/**
 * `npm start [-- --port N] [--host [ADDRESS]]`: serves the live page from source, with everything installed first.
 */
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ensureInstalled, NotInstalled } from './ensure-installed.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const CLOSE_LIMIT_MS = 3000;
const USAGE = 'The options are --port N (1 to 65535) and --host [ADDRESS]';

/** A mistake of the caller's, in one line. */
export class BadUsage extends Error {
  /** @override */
  name = 'BadUsage';
}

/**
 * @param {readonly string[]} args
 * @returns {{ port?: number, host?: string | true }}
 * @throws {BadUsage}
 */
export function readOptions(args) {
  /** @type {{ port?: number, host?: string | true }} */
  const options = {};
  const rest = args.flatMap((arg) =>
    /^--\w+=/.test(arg) ? [arg.slice(0, arg.indexOf('=')), arg.slice(arg.indexOf('=') + 1)] : [arg],
  );
  while (rest.length > 0) {
    const option = rest.shift();
    const value = rest[0]?.startsWith('--') ? undefined : rest.shift();
    if (option === '--port') options.port = readPort(value);
    else if (option === '--host') options.host = value ?? true;
    else throw new BadUsage(`Unknown option ${option}. ${USAGE}`);
  }
  return options;
}

/** @param {string | undefined} value */
function readPort(value) {
  const port = Number(value);
  if (value !== undefined && /^\d+$/.test(value) && port >= 1 && port <= 65_535) return port;
  throw new BadUsage(`--port must be a whole number from 1 to 65535, got ${value || 'nothing'}`);
}

/** @param {{ port?: number, host?: string | true }} options */
async function serve({ port, host }) {
  const { createServer } = await import('vite');
  const server = await createServer({
    configFile: join(ROOT, 'vite.config.ts'),
    logLevel: 'warn',
    // A port that was asked for is the one or none; otherwise the next free one will do.
    server: {
      ...(port === undefined ? {} : { port, strictPort: true }),
      ...(host === undefined ? {} : { host }),
    },
  });
  try {
    await server.listen();
  } catch (error) {
    await server.close();
    if (error instanceof Error && error.message.includes('already in use'))
      throw new BadUsage(`Port ${port} is already in use`);
    throw error;
  }
  const { local = [], network = [] } = server.resolvedUrls ?? {};
  console.log(`convolux live page: ${[...local, ...network].join(' or ')}`);

  // A terminal sends Ctrl+C to npm and to us, and npm hands it on: the second is no second wish.
  let isEnding = false;
  const end = () => {
    if (isEnding) return;
    isEnding = true;
    setTimeout(() => process.exit(0), CLOSE_LIMIT_MS);
    void server.close().then(() => process.exit(0));
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    const options = readOptions(process.argv.slice(2));
    await ensureInstalled();
    await serve(options);
  } catch (error) {
    if (!(error instanceof BadUsage || error instanceof NotInstalled)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
