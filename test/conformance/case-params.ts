/** A case's parameters, read by name: one that nobody has read is an option that we don't support. */
import type { CaseParams } from './cases.ts';

/** What a file says for its readers; none of it changes the result. */
const REMARKS = ['resolvedPadding', 'autoPad', 'note', 'multiplier'];

export class ParamReader {
  readonly #params: CaseParams;
  readonly #read = new Set<string>(REMARKS);

  constructor(params: CaseParams) {
    this.#params = params;
  }

  /** The parameter as it stands; undefined where there is none, or null. */
  value(name: string): unknown {
    this.#read.add(name);
    return this.#params[name] ?? undefined;
  }

  number(name: string): number | undefined {
    return this.#typed(name, 'a number', (value) => typeof value === 'number') as number | undefined;
  }

  text(name: string): string | undefined {
    return this.#typed(name, 'a text', (value) => typeof value === 'string') as string | undefined;
  }

  flag(name: string): boolean {
    return (this.#typed(name, 'true or false', (value) => typeof value === 'boolean') ?? false) as boolean;
  }

  numbers(name: string): readonly number[] | undefined {
    const isList = (value: unknown) => Array.isArray(value) && value.every((one) => typeof one === 'number');
    return this.#typed(name, 'an array of numbers', isList) as readonly number[] | undefined;
  }

  /** `[[begin, end], …]` */
  pairs(name: string): readonly (readonly [number, number])[] | undefined {
    const isPair = (value: unknown) => Array.isArray(value) && value.length === 2;
    const isList = (value: unknown) => Array.isArray(value) && value.every(isPair);
    return this.#typed(name, 'an array of pairs', isList) as
      readonly (readonly [number, number])[] | undefined;
  }

  /** What `words` has for the text; `words` without it is an error. */
  choice<T>(name: string, words: Readonly<Record<string, T>>, otherwise: string): T {
    const word = this.text(name) ?? otherwise;
    const found = Object.hasOwn(words, word) ? words[word] : undefined;
    if (found === undefined) throw new Error(`params.${name} ${JSON.stringify(word)} is not supported`);
    return found;
  }

  /** @throws Error when a parameter was not read. */
  finish(): void {
    const left = Object.keys(this.#params).filter((name) => !this.#read.has(name));
    if (left.length > 0) throw new Error(`params.${left.join(', params.')} not supported`);
  }

  #typed(name: string, kind: string, test: (value: unknown) => boolean): unknown {
    const value = this.value(name);
    if (value !== undefined && !test(value)) throw new Error(`params.${name} must be ${kind}`);
    return value;
  }
}

/** `options` without those that are undefined: an absent option takes its default. */
export function given(options: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
