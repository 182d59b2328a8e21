/** What is in the package, and what tools that judge packages say of it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import ts from 'typescript';
import { describe, expect, inject, test } from 'vitest';
import { runCommand } from '../../scripts/run-command.mjs';

type Manifest = Readonly<{
  exports: Readonly<Record<string, string | Readonly<{ types: string; default: string }>>>;
  sideEffects: readonly string[];
  private?: boolean;
}>;

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const { tarball, app } = inject('packed');
const folder = join(app, 'node_modules/convolux');
const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
const scripts = files.filter((path) => /^dist\/(?!cli\/).*\.js$/.test(path));
const read = (path: string) => readFileSync(join(folder, path), 'utf8');

/** The sources that a built file was made of. */
const sourcesOf = (path: string) => (JSON.parse(read(`${path}.map`)) as { sources: string[] }).sources;

/** The package of others that a source is of; none of our own. */
const packageOf = (source: string) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? [];

const runNode = (script: string, args: readonly string[]) =>
  runCommand(process.execPath, [join(ROOT, 'node_modules', script), ...args], {
    cwd: ROOT,
    timeoutMs: 60_000,
  });

describe('in the package', () => {
  test('are the licence, the notices and those of what is copied into it', () => {
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'NOTICE', 'README.md', 'CHANGELOG.md']));
    const licences = [
      ...read('dist/LICENCES-of-bundled-software.txt').matchAll(/^([\w@/-]+) \d+\.\d+.*\n=+$/gm),
    ];
    expect(new Set(licences.map(([, name]) => name))).toEqual(
      new Set(scripts.flatMap(sourcesOf).flatMap(packageOf)),
    );
  });

  test('are neither sources, nor tests, nor footage', () => {
    const isKnown =
      /^(LICENSE|NOTICE|README\.md|CHANGELOG\.md|package\.json|eslint-frame-rules\.js|bin\/convolux\.mjs|dist\/(cli|types)\/.*|dist\/[\w./-]+\.js(\.map)?|dist\/custom-elements\.json|dist\/LICENCES-of-bundled-software\.txt)$/;
    expect(files.filter((path) => !isKnown.test(path))).toEqual([]);
    expect(
      files.filter((path) => /^dist\/(cli|types)\//.test(path) && !/\.(js|html|d\.ts)$/.test(path)),
    ).toEqual([]);
    expect(manifest.private).toBeUndefined();
  });

  test('is mediabunny only in what reads and writes clips', () => {
    const having = scripts.filter((path) =>
      sourcesOf(path).some((source) => source.includes('/mediabunny/')),
    );
    expect(having.sort()).toEqual(['dist/clips-worker.js', 'dist/recording.js']);
    expect(scripts.filter((path) => /["']mediabunny["']/.test(read(path)))).toEqual([]);
  });

  test('is no import for its effect alone, which bundlers would leave out', () => {
    expect(scripts.filter((path) => /^import ["']\./m.test(read(path)))).toEqual([]);
  });

  test('has each script its map, with the sources in it', () => {
    for (const path of scripts) {
      const { sources, sourcesContent } = JSON.parse(read(`${path}.map`)) as Record<string, unknown[]>;
      expect(sourcesContent, path).toHaveLength(sources?.length ?? -1);
    }
  });

  test('is left out by bundlers what is imported and not used, but for what does something on import', async () => {
    const patterns = manifest.sideEffects.map((pattern) => pattern.replace(/^\.\//, ''));
    for (const pattern of patterns)
      expect(
        files.some((path) => path === pattern || path.startsWith(pattern.replace(/\*+$/, ''))),
        pattern,
      ).toBe(true);
    // One small module for each script, which imports it and uses nothing of it.
    const imports: Plugin = {
      name: 'imports',
      setup: (bundler) => {
        bundler.onResolve({ filter: /^import / }, ({ path }) => ({ path, namespace: 'imports' }));
        bundler.onLoad({ filter: /^import /, namespace: 'imports' }, ({ path }) => ({
          contents: path,
          resolveDir: folder,
        }));
      },
    };
    const { outputFiles } = await build({
      entryPoints: scripts.map((path) => ({ in: `import './${path}'`, out: path })),
      plugins: [imports],
      outdir: folder,
      bundle: true,
      format: 'esm',
      minify: true,
      write: false,
      packages: 'external',
      logLevel: 'silent',
    });
    const kept = outputFiles.filter(({ text }) => text.trim() !== '');
    const named = patterns.filter((path) => scripts.includes(path));
    expect(kept.map(({ path }) => relative(folder, path).split(sep).join('/')).sort()).toEqual(
      named.map((path) => `${path}.js`).sort(),
    );
  });
});

describe('the entries', () => {
  test('please publint', async () => {
    const { messages, pkg } = await publint({ pkgDir: folder, pack: false, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  test('please attw, as ES modules', async () => {
    const args = [
      '--profile',
      'esm-only',
      '--no-definitely-typed',
      '--format',
      'ascii',
      '--no-color',
      tarball,
    ];
    const { code, output } = await runNode('@arethetypeswrong/cli/dist/index.js', args);
    expect(code, output).toBe(0);
  });

  test('have types that compile, with a bundler and in Node', () => {
    const entries = Object.keys(manifest.exports).filter((name) => !name.endsWith('.json'));
    const names = entries.flatMap((name) =>
      name.endsWith('*') ? ['livekit', 'track'].map((one) => name.replace('*', one)) : [name],
    );
    const code = names.map(
      (name, i) => `import * as e${i} from '${name.replace('.', 'convolux')}';\nexport { e${i} };`,
    );
    expect(mistakesIn(code.join('\n'), ts.ModuleKind.ESNext, ts.ModuleResolutionKind.Bundler)).toEqual([]);
    expect(mistakesIn(code.join('\n'), ts.ModuleKind.Node16, ts.ModuleResolutionKind.Node16)).toEqual([]);
    const wrong = `import { openPipeline } from 'convolux';\nopenPipeline({ sauce: 1 });`;
    expect(mistakesIn(wrong, ts.ModuleKind.ESNext, ts.ModuleResolutionKind.Bundler)).toHaveLength(1);
  });

  test('have an element that the manifest describes as it is', async () => {
    const described = JSON.parse(read('dist/custom-elements.json')) as {
      modules: { path: string; declarations: { tagName: string; attributes: { name: string }[] }[] }[];
    };
    for (const { path } of described.modules) expect(existsSync(join(folder, path)), path).toBe(true);
    const [element] = described.modules.flatMap(({ declarations }) => declarations);
    const built = (await import(join(folder, 'dist/element.js'))) as {
      ConvoluxVideoElement: { observedAttributes: readonly string[] };
    };
    expect(element?.tagName).toBe('convolux-video');
    // More than it observes: some speak to its style alone.
    expect(element?.attributes.map(({ name }) => name)).toEqual(
      expect.arrayContaining([...built.ConvoluxVideoElement.observedAttributes]),
    );
  });
});

describe('sizes', async () => {
  const { output } = await runNode('size-limit/bin.js', ['--json']);
  const sizes = JSON.parse(output) as { name: string; size: number; sizeLimit: number }[];
  const sizeOf = (name: string) => sizes.find((one) => one.name === name)?.size ?? NaN;

  test.each(sizes)('$name stays within $sizeLimit bytes', ({ size, sizeLimit }) => {
    expect(size).toBeLessThanOrEqual(sizeLimit);
  });

  test('the element adds no more than 8 kB', () => {
    const own = sizeOf('the element, with { openPipeline }') - sizeOf('{ openPipeline }');
    expect(own).toBeLessThanOrEqual(8000);
    expect(own).toBeGreaterThan(0);
  });
});

/** The declarations of a package that is installed here. */
function typesOf(name: string): string {
  const options = { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler };
  const { resolvedModule } = ts.resolveModuleName(name, join(ROOT, 'probe.mts'), options, ts.sys);
  if (resolvedModule === undefined) throw new Error(`${name} is not installed`);
  return resolvedModule.resolvedFileName;
}

/** What the compiler has against a module of the application, and against the package's own declarations. */
function mistakesIn(
  code: string,
  module: ts.ModuleKind,
  moduleResolution: ts.ModuleResolutionKind,
): string[] {
  const path = join(app, 'probe.mts');
  const options: ts.CompilerOptions = {
    module,
    moduleResolution,
    target: ts.ScriptTarget.ES2023,
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    strict: true,
    noEmit: true,
    // What an application has that uses all of it.
    paths: Object.fromEntries(
      ['eslint', 'livekit-client', 'typescript'].map((name) => [name, [typesOf(name)]]),
    ),
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (name) => name === path || fileExists(name);
  host.getSourceFile = (name, ...rest) =>
    name === path
      ? ts.createSourceFile(name, code, ts.ScriptTarget.ES2023, true)
      : getSourceFile(name, ...rest);
  const program = ts.createProgram([path], options, host);
  const ours = program
    .getSourceFiles()
    .filter(({ fileName }) => fileName === path || fileName.startsWith(folder));
  return ours
    .flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)])
    .map(
      ({ file, messageText }) =>
        `${file?.fileName ?? ''}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`,
    );
}
