/** Examples of the documentation compile against the package as its users import it, and plans are those that it makes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { filters } from '../../pipelines/index.ts';
import { conv3d, frameAt, graph, luma, makePlan, stack, tensor, type Tensor } from '../../src/index.ts';
import { planInWords } from '../../src/plan/explain.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What the examples take as given: their reader's own. */
const GIVEN = `
import type { Observable } from 'rxjs';
import type { BudgetEvent, DeviceCapabilities, FrameForm, FrameLease, Graph, Pipeline, Tensor, Voxels } from 'convolux';
declare global {
  const weights: Tensor, gaussian5x5x5: Tensor, first: Tensor, last: Tensor;
  const layers: readonly Readonly<{ filter: Tensor; gate: Tensor; out: Tensor }>[];
  const pixels: number[], images: readonly Readonly<{ x: Tensor; timestampUs: number }>[];
  const graph: Graph, frame: FrameForm, device: DeviceCapabilities;
  const peer: RTCPeerConnection, cameraTrack: MediaStreamTrack, otherTrack: MediaStreamTrack;
  const pipeline: Pipeline, voxels: Voxels, audioBuffer: AudioBuffer;
  const canvas: HTMLCanvasElement, pen: CanvasRenderingContext2D, gl: WebGL2RenderingContext, input: HTMLInputElement & { files: FileList };
  const frames$: Observable<FrameLease<VideoFrame>>;
  const work: (lease: FrameLease<VideoFrame>) => Promise<number>, draw: typeof work, thumbnail: typeof work, filter: (scale: number) => Promise<number>;
  const compute: (id: number, scale: number, epoch: number) => void, closeFrame: (id: number, reason: string) => void, rebuild: () => Promise<void>;
  const onFrame: (listener: (frame: VideoFrame, id: number) => void) => void, show: (...values: unknown[]) => void;
  const record: (...details: unknown[]) => void, stopRecording: () => void;
}`;

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  allowImportingTsExtensions: true,
  noEmit: true,
  strict: true,
  skipLibCheck: true,
  lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  types: [],
  paths: {
    convolux: [join(ROOT, 'src/index.ts')],
    'convolux/clips': [join(ROOT, 'src/clips.ts')],
    'convolux/pipelines': [join(ROOT, 'pipelines/index.ts')],
    'convolux/element': [join(ROOT, 'src/element.ts')],
    'convolux/define': [join(ROOT, 'src/define.ts')],
    'convolux/adapters/*': [join(ROOT, 'src/adapters/*.ts')],
  },
};

type Module = Readonly<{ path: string; text: string }>;

/** A block that imports begins a module, those that don't go on with it. Lines stay where they are in the document. */
function modulesOf(name: string, document: string): readonly Module[] {
  const modules: { path: string; text: string }[] = [];
  for (const { index, 1: code = '' } of document.matchAll(/^```ts\n([^]*?)^```$/gm)) {
    const line = document.slice(0, index).split('\n').length;
    const module = modules.at(-1);
    if (module === undefined || /^import /m.test(code)) {
      modules.push({ path: join(ROOT, `${name}.${modules.length}.ts`), text: '\n'.repeat(line) + code });
    } else {
      module.text += '\n'.repeat(line + 1 - module.text.split('\n').length) + code;
    }
  }
  return modules;
}

/** @returns what the compiler has against `modules`, with the line of the document. */
function mistakesIn(modules: readonly Module[]): readonly string[] {
  const given = { path: join(ROOT, 'docs/given.ts'), text: GIVEN };
  const texts = new Map([given, ...modules].map(({ path, text }) => [path, text]));
  const host = ts.createCompilerHost(OPTIONS);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (path) => texts.has(path) || fileExists(path);
  host.getSourceFile = (path, ...rest) => {
    const text = texts.get(path);
    return text === undefined ? getSourceFile(path, ...rest) : ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true); // prettier-ignore
  };
  const program = ts.createProgram([...texts.keys()], OPTIONS, host);
  return [...texts.keys()].flatMap((path) => {
    const source = program.getSourceFile(path);
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return found.map(({ start = 0, messageText }) => {
      const line = 1 + (source?.getLineAndCharacterOfPosition(start).line ?? 0);
      return `${path.slice(ROOT.length).replace(/\.\d+\.ts$/, '')}:${line} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
    });
  });
}

describe('examples of the documentation', () => {
  const guides = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
  const documents = ['README.md', ...guides.map((name) => `docs/${name}`)];
  const modules = documents.flatMap((name) => modulesOf(name, readFileSync(join(ROOT, name), 'utf8')));

  test('compile', () => {
    expect(modules.length).toBeGreaterThan(10);
    expect(mistakesIn(modules)).toEqual([]);
  }, 60_000);

  test('would not compile with a mistake in one, which is told with its line', () => {
    const document = [
      '# A',
      '```ts',
      "import { graph } from 'convolux';",
      '```',
      'and',
      '```ts',
      'graph(1);',
      '```',
    ];
    const [mistake] = mistakesIn(modulesOf('docs/a.md', document.join('\n')));
    expect(mistake).toMatch(/^docs\/a\.md:7 /);
  }, 60_000);
});

test('filters in docs/time.md have the parameters that are told', () => {
  const [, table = ''] = readFileSync(join(ROOT, 'docs/time.md'), 'utf8').split('\n## Filters\n');
  const rows = [...table.matchAll(/^\| `([\w-]+)` \|.*\| ([^|]+) \|$/gm)];
  expect(rows.length).toBeGreaterThan(0);
  for (const [, name = '', params = ''] of rows) {
    const filter = filters.find((one) => one.name === name);
    expect(
      Object.keys(filter?.params ?? {})
        .map((param) => `\`${param}\``)
        .join(', '),
      name,
    ).toBe(params);
  }
});

describe('plans in docs/planner.md', () => {
  const document = readFileSync(join(ROOT, 'docs/planner.md'), 'utf8');
  const bell = [1, 4, 6, 4, 1];
  const mean = bell.flatMap((t) => bell.flatMap((y) => bell.map((x) => (t * y * x) / 4096)));
  const any = Array.from({ length: 125 }, (_, i) => Math.sin(i * i) / 64);
  const padding = [[0, 0], [2, 2], [2, 2]] as const; // prettier-ignore
  const over = (weights: Tensor) =>
    graph(({ frame }) => frameAt(conv3d(stack(luma(frame), { frames: 5 }), { weights, padding })));

  test.each([
    ['a product', mean],
    ['full rank', any],
  ])('%s: as the planner has it', (_, weights) => {
    const color = { matrix: 'bt601', fullRange: false } as const;
    const form = { width: 1280, height: 720, layout: 'planar420', color } as const;
    expect(document).toContain(planInWords(makePlan(over(tensor([5, 5, 5], weights)), form)));
  });
});
