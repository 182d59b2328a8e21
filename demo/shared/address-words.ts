/** What an address says, read and refused in words. Pure; runs anywhere. */

export type Range = Readonly<{ min: number; max: number }>;

export function numberWithin({ min, max }: Range, text: string): number | undefined {
  const value = text.trim() === '' ? NaN : Number(text);
  return value >= min && value <= max ? value : undefined;
}

export function numberFrom({ min, max }: Range): string {
  return `a number from ${min} to ${max}`;
}

export function refusal(key: string, text: string, allowed: string): string {
  return `${key} can not be “${shortened(text)}”. It can be ${allowed}; the default is used.`;
}

/** An address can hold anything; a notice has room for a line. */
export function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

export function listed(words: readonly string[], last: 'or' | 'and' = 'or'): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1) ?? ''}`;
}
