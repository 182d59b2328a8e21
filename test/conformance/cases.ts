/** Conformance cases as others wrote them: the schema, and a parser that refuses a text that isn't one. */

/** Numbers in the order of `layout`; null where the axes have no meaning. */
export type CaseTensor = Readonly<{
  shape: readonly number[];
  layout: string | null;
  data: readonly number[];
}>;

export type CaseParams = Readonly<Record<string, unknown>>;

export type Case = Readonly<{
  name: string;
  op: string;
  dtype: string;
  input: CaseTensor;
  weight: CaseTensor | null;
  bias: CaseTensor | null;
  extra?: Readonly<Record<string, CaseTensor>>;
  params: CaseParams;
  expected: CaseTensor;
  /** `fraction`: how many of the values may differ on a GPU. */
  tol: Readonly<{ atol: number; rtol: number; fraction?: number }>;
}>;

/** A file that can't be read or is no list of cases; the message says which and why, for the terminal. */
export class BadCaseFile extends Error {
  override readonly name = 'BadCaseFile';
}

/**
 * The cases in the text of a file.
 * @param from Names the file in messages.
 * @throws BadCaseFile
 */
export function parseCases(text: string, from: string): readonly Case[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new BadCaseFile(`${from}: no JSON (${error instanceof Error ? error.message : String(error)})`);
  }
  return checkCases(value, from);
}

function checkCases(value: unknown, from: string): readonly Case[] {
  if (!Array.isArray(value) || value.length === 0) {
    throw new BadCaseFile(`${from}: must be a JSON array of cases, with one at least`);
  }
  value.forEach((one, index) => {
    const problem = problemOf(one);
    if (problem !== undefined) throw new BadCaseFile(`${from}: case ${index}: ${problem}`);
  });
  return value as Case[];
}

function problemOf(value: unknown): string | undefined {
  if (!isRecord(value)) return 'must be an object';
  for (const key of ['name', 'op', 'dtype'])
    if (typeof value[key] !== 'string') return `${key} must be a text`;
  if (!isRecord(value['params'])) return 'params must be an object';
  const tolerance = value['tol'];
  if (!isRecord(tolerance) || !isTolerance(tolerance['atol']) || !isTolerance(tolerance['rtol'])) {
    return 'tol must be { atol, rtol } with numbers ≥ 0';
  }
  if (tolerance['fraction'] !== undefined && !isTolerance(tolerance['fraction'])) {
    return 'tol.fraction must be a number ≥ 0';
  }
  const extra = value['extra'] ?? {};
  if (!isRecord(extra)) return 'extra must be an object';
  const tensors: readonly (readonly [string, unknown])[] = [
    ['input', value['input']],
    ['expected', value['expected']],
    ...['weight', 'bias'].flatMap((key) => (value[key] === null ? [] : [[key, value[key]] as const])),
    ...Object.entries(extra).map(([key, one]) => [`extra.${key}`, one] as const),
  ];
  return tensors.map(([key, one]) => tensorProblem(key, one)).find((problem) => problem !== undefined);
}

function tensorProblem(name: string, value: unknown): string | undefined {
  if (!isRecord(value)) return `${name} must be a tensor { shape, layout, data }`;
  const { shape, layout, data } = value;
  if (!Array.isArray(shape) || !shape.every((side) => Number.isInteger(side) && Number(side) >= 1)) {
    return `${name}.shape must be an array of whole numbers ≥ 1`;
  }
  if (layout !== null && (typeof layout !== 'string' || layout.length !== shape.length)) {
    return `${name}.layout must have a letter for each of the ${shape.length} axes, or be null`;
  }
  const size = (shape as readonly number[]).reduce((product, side) => product * side, 1);
  if (!Array.isArray(data) || data.length !== size || !data.every((one: unknown) => Number.isFinite(one))) {
    return `${name}.data must hold ${size} numbers`;
  }
  return undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const isTolerance = (value: unknown): boolean => Number.isFinite(value) && Number(value) >= 0;
