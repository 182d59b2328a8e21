/**
 * Serves and builds the pages of demo/. Each page is a folder with an index.html; the live page is the one at `/`.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const ROOT = fileURLToPath(new URL('.', import.meta.url));
const DEMO = join(ROOT, 'demo');
const FRONT = 'live';

/** The package under its public names, as its users import it: here from its sources (tsconfig.base.json has the same). */
export const packageAlias = [
  { find: /^convolux$/, replacement: join(ROOT, 'src/index.ts') },
  { find: /^convolux\/(clips|element|define)$/, replacement: join(ROOT, 'src/$1.ts') },
  { find: /^convolux\/adapters\/(\w+)$/, replacement: join(ROOT, 'src/adapters/$1.ts') },
  { find: /^convolux\/pipelines$/, replacement: join(ROOT, 'pipelines/index.ts') },
];

/** Known ahead, so that no dependency is discovered late and reloads an open page or a running test. */
export const dependencies = ['comlink', 'mediabunny', 'rxjs'];

export default defineConfig({
  root: DEMO,
  appType: 'mpa',
  publicDir: false,
  clearScreen: false,
  plugins: [frontPage(), sideEffects()],
  resolve: { alias: packageAlias },
  server: { fs: { allow: [ROOT] } },
  optimizeDeps: {
    include: dependencies,
    // A classic script whose URL the page asks for (`?url`): as a module it would export nothing.
    exclude: ['@mediapipe/camera_utils'],
    noDiscovery: true,
  },
  worker: { format: 'es' },
  build: {
    outDir: join(ROOT, 'dist/demo'),
    emptyOutDir: true,
    target: 'es2023',
    // A `data:` URL would break the policy below.
    assetsInlineLimit: 0,
    rolldownOptions: { input: pages() },
  },
  preview: {
    headers: {
      // blob: is for the player alone, which shows a clip that was made on this page.
      'Content-Security-Policy':
        "default-src 'self'; media-src 'self' blob:; object-src 'none'; base-uri 'none'",
    },
  },
});

/** Puts the live page's folder at the root of the site, in the dev server and in the build. */
function frontPage(): Plugin {
  const inFront = `/${FRONT}`;
  return {
    name: 'convolux:front-page',
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        const url = new URL(request.url ?? '/', 'http://localhost');
        const path = url.pathname === '/' ? '/index.html' : decodeURIComponent(url.pathname);
        if (isFile(join(DEMO, inFront, path)) && !isFile(join(DEMO, path)))
          request.url = `${inFront}${path}${url.search}`;
        next();
      });
    },
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const page = bundle[`${FRONT}/index.html`];
        if (page?.type !== 'asset') return;
        this.emitFile({ type: 'asset', fileName: 'index.html', source: page.source });
        Reflect.deleteProperty(bundle, page.fileName);
      },
    },
  };
}

/** package.json speaks of what is built: of the sources, a page's own modules and define.ts do something when imported. */
function sideEffects(): Plugin {
  return {
    name: 'convolux:side-effects',
    apply: 'build',
    transform: {
      filter: { id: /[\\/](demo[\\/].*|src[\\/]define)\.ts$/ },
      handler: (code) => ({ code, map: null, moduleSideEffects: true }),
    },
  };
}

function pages(): string[] {
  return readdirSync(DEMO)
    .map((page) => join(DEMO, page, 'index.html'))
    .filter(isFile);
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}
