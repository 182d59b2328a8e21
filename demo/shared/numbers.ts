/** Numbers as the page writes them. */

/** What stands where there is no value. */
export const none = '–';

export function tenth(value: number): string {
  return Number.isFinite(value) ? value.toFixed(1) : none;
}

export function number(value: number, digits: number): string {
  return Number.isFinite(value) ? String(Number(value.toFixed(digits))) : none;
}
