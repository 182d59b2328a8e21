import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { checkUnread, slimSource } from '../../scripts/slim-worker.mjs';

const OP = `import { assert } from '../core/assert.ts';
export const twice: Op<NoOptions> = {
  name: 'twice',
  reference(inputs, { factor = 2 }) {
    return inputs.map((input) => factor * input);
  },
  lower: (inputs) => inputs[0],
  layer: () => ({ parameters: 1 }),
};
`;

describe('slimSource', () => {
  it('leaves out the references and layer facts of ops, and keeps the lines', () => {
    const slim = slimSource(OP, 'src/ops/twice.ts');
    expect(slim).not.toMatch(/reference|factor|layer|parameters/);
    expect(slim).toContain('lower: (inputs) => inputs[0]');
    expect(slim.split('\n')).toHaveLength(OP.split('\n').length);
    const lineOf = (code: string) => code.slice(0, code.indexOf('lower')).split('\n').length;
    expect(lineOf(slim)).toBe(lineOf(OP));
  });

  it('cuts shorthand members and those that hold others', () => {
    const code = `const a = { check, reference, lower }; const b = { reference: { initial: 0, fold }, lower };`;
    expect(slimSource(code, 'src/ops/a.ts')).toBe('const a = { check, lower }; const b = { lower };');
  });

  it('leaves them elsewhere, where such names mean something else', () => {
    expect(slimSource(OP, 'src/plan/twice.ts')).toBe(OP);
  });

  it('takes the words of invariants, and of nothing else', () => {
    const code = `assert(isOpen(), 'it is open'); fail(new TypeError('options.a must be > 0')); at(list, 'x');`;
    const slim = `assert(isOpen(), ''); fail(new TypeError('options.a must be > 0')); at(list, 'x');`;
    expect(slimSource(code, 'src/plan/a.ts')).toBe(slim);
  });

  it('finds a reference in every op, and leaves none', () => {
    const sources = readdirSync('src/ops').filter((name) => name.endsWith('.ts'));
    const read = (name: string) => readFileSync(`src/ops/${name}`, 'utf8');
    const ops = sources.filter((name) => /^ {2,4}reference[(:,]/m.test(read(name)) && name !== 'op.ts');
    expect(ops.length).toBeGreaterThan(20);
    for (const name of ops) {
      const { outputText } = ts.transpileModule(slimSource(read(name), `src/ops/${name}`), {
        compilerOptions: { target: ts.ScriptTarget.ESNext },
      });
      expect(outputText, name).not.toMatch(/^\s*(reference|layer)\b\s*[({:,]/m);
    }
  });
});

describe('checkUnread', () => {
  it.each([
    ['op.reference(inputs)'],
    ["op['reference'](inputs)"],
    ['op.layer?.(inputs)'],
    ['const { reference } = op'],
    ['const { layer: facts } = op'],
    ['(({ reference }) => reference)(op)'],
  ])('refuses a bundle that says %s', (code) => {
    expect(() => {
      checkUnread(code);
    }).toThrow(/the worker reads '(reference|layer)'/);
  });

  it('takes one that has the words alone', () => {
    checkUnread("const layer = 'reference'; draw(layer, { kind: 'layer' });");
  });
});
