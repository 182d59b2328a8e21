/** Numbers and names as the terminal shows them. */

/** 75 → '1:15', 3700 → '1:01:40'. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number): string => String(value).padStart(2, '0');
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** 1_250_000 → '1.3 MB'. */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, count)) / 3));
  const value = count / 1000 ** step;
  return `${step === 0 || value >= 99.95 ? value.toFixed(0) : value.toFixed(1)} ${units[step] ?? ''}`;
}

/** To a tenth, and without one from 100 on. */
export function rate(value: number): string {
  return value >= 99.95 ? value.toFixed(0) : value.toFixed(1);
}

/** A name from a disk may hold what would move the cursor. */
export function plain(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '�');
}

/** At most `width` characters, its middle left out. */
export function shortened(text: string, width: number): string {
  const letters = Array.from(text);
  if (letters.length <= width) return text;
  const kept = Math.max(0, width - 1);
  const head = Math.ceil(kept / 2);
  return [...letters.slice(0, head), '…', ...letters.slice(letters.length - (kept - head))].join('');
}
