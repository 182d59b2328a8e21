/** Serves the pages of this folder, which are no part of the site, with the package under its public names. Runs in Node. */
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';
import { dependencies, packageAlias } from '../../../vite.config.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

export type ServedPages = Readonly<{ addressOf: (page: string) => string; close: () => Promise<void> }>;

export async function servePages(): Promise<ServedPages> {
  const server = await createServer({
    root: ROOT,
    configFile: false,
    appType: 'mpa',
    logLevel: 'warn',
    publicDir: false,
    // Of its own: the site's server, which runs at the same time, has other dependencies.
    cacheDir: 'node_modules/.vite-pages',
    resolve: { alias: packageAlias },
    optimizeDeps: { include: [...dependencies, 'livekit-client'], noDiscovery: true },
    worker: { format: 'es' },
    server: { watch: null, hmr: false },
  });
  await server.listen();
  const [base = ''] = server.resolvedUrls?.local ?? [];
  return {
    addressOf: (page) => `${base}test/e2e/pages/${page}/`,
    close: () => server.close(),
  };
}
