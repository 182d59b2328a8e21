/**
 * "How it is computed": the plan in words, one line per pass, as a table whose columns stand under each other. Lines
 * that are no pass (the frame, the sums) stay sentences above and below it.
 */

type Column = Readonly<{ name: string; title: string; isNumber?: true }>;

/** What is longest stands last: on a phone the figures are seen, and the rest is a swipe away. */
const columns: readonly Column[] = [
  { name: 'what', title: 'Pass' },
  { name: 'taps', title: 'Taps', isNumber: true },
  { name: 'reads', title: 'Reads/px', isNumber: true },
  { name: 'bytes', title: 'Bytes/px', isNumber: true },
  { name: 'ms', title: 'ms', isNumber: true },
  { name: 'writes', title: 'Writes' },
];

const pass =
  /^(?<what>\d+\. .+) · (?<taps>\S+) taps · (?<writes>.+) · (?<reads>\S+) fetches\/px · (?<bytes>\S+) bytes\/px · (?<ms>\S+) ms$/u;

/** @returns what shows a plan's text, and hides the element while there is none. */
export function createPlan(element: HTMLDetailsElement): (plan: string) => void {
  const before = document.createElement('p');
  const after = document.createElement('p');
  const body = document.createElement('tbody');
  element.append(before, passes(body), after);
  let shown = '';
  return (plan) => {
    element.hidden = plan === '';
    if (plan === '' || plan === shown) return;
    shown = plan;
    const lines = plan.split('\n');
    const isPass = (line: string): boolean => pass.test(line);
    const firstPass = lines.findIndex(isPass);
    before.textContent = lines.slice(0, Math.max(firstPass, 0)).join(' · ');
    after.textContent = lines.filter((line, i) => !isPass(line) && i >= firstPass).join(' · ');
    body.replaceChildren(...lines.filter(isPass).map(row));
  };
}

/** Scrolls by itself where it is too wide; the keyboard scrolls what it can reach. */
function passes(body: HTMLTableSectionElement): HTMLElement {
  const scroller = document.createElement('div');
  scroller.className = 'plan-passes';
  scroller.tabIndex = 0;
  scroller.setAttribute('role', 'region');
  scroller.setAttribute('aria-label', 'Passes');
  const table = document.createElement('table');
  const head = document.createElement('thead');
  head.append(cells('th', ({ title }) => title));
  table.append(head, body);
  scroller.append(table);
  return scroller;
}

function row(line: string): HTMLTableRowElement {
  const parts = pass.exec(line)?.groups;
  return cells('td', ({ name }) => parts?.[name] ?? '');
}

function cells(tag: 'th' | 'td', textOf: (column: Column) => string): HTMLTableRowElement {
  const element = document.createElement('tr');
  for (const column of columns) {
    const cell = document.createElement(tag);
    cell.textContent = textOf(column);
    cell.classList.toggle('is-number', column.isNumber === true);
    if (tag === 'th') cell.setAttribute('scope', 'col');
    element.append(cell);
  }
  return element;
}
