/** Which of the names there are was probably meant. Pure. */

/** Of this many letters one may be wrong, or missing. */
const LETTERS_PER_SLIP = 3;

/** The name that takes the fewest changes of letters; undefined where none is near. */
export function closestName(given: string, names: readonly string[]): string | undefined {
  const wanted = given.toLowerCase();
  const limit = Math.max(1, Math.ceil(wanted.length / LETTERS_PER_SLIP));
  const [best] = names
    .map((name) => ({ name, changes: changesBetween(wanted, name.toLowerCase()) }))
    .filter(({ name, changes }) => changes <= limit || isBeginning(wanted, name.toLowerCase()))
    .sort((a, b) => a.changes - b.changes);
  return best?.name;
}

function isBeginning(wanted: string, name: string): boolean {
  return wanted.length >= LETTERS_PER_SLIP && (name.startsWith(wanted) || wanted.startsWith(name));
}

/** Levenshtein's distance, by rows: d(i, j) = min(d(i−1, j) + 1, d(i, j−1) + 1, d(i−1, j−1) + [a_i ≠ b_j]). */
function changesBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, replaced));
    }
    row = next;
  }
  return row[b.length]!;
}
