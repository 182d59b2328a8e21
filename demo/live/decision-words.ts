/** What the frame budget decided, in words, with the numbers behind it. Pure string functions. */
import { SCALES, type BudgetDecision } from 'convolux';

type Change = Extract<BudgetDecision, { type: 'setLevel' | 'setDecimation' }>;
export type DropReason = Extract<BudgetDecision, { type: 'close' }>['reason'];

/** One frame, and more than one. */
const drops: Readonly<Record<DropReason, readonly [one: string, many: string]>> = {
  replaced: ['replaced by a newer one', 'replaced by newer ones'],
  stale: ['too old when its turn came', 'too old when their turn came'],
  decimated: ['left out', 'left out evenly'],
  compiling: ['missed while programs were compiled', 'missed while programs were compiled'],
  hidden: ['not computed while the page was hidden', 'not computed while the page was hidden'],
  failed: ['failed', 'failed'],
  stopped: ['waiting at the end', 'waiting at the end'],
};

export function dropWords(reason: DropReason, count: number): string {
  return count === 1 ? `1 frame ${drops[reason][0]}` : `${count} frames ${drops[reason][1]}`;
}

export function decisionWords(decision: Exclude<BudgetDecision, { type: 'close' }>): string {
  switch (decision.type) {
    case 'setLevel': {
      const { from, scale } = decision;
      return `Resolution ${percent(SCALES[from] ?? NaN)} → ${percent(scale)}: ${because(decision)}`;
    }
    case 'setDecimation': {
      const { from, every } = decision;
      return `Frames taken, 1 in ${from} → 1 in ${every}: ${because(decision)}`;
    }
    case 'checkContext':
      return 'No frame was done for a second: looking after the graphics device';
    case 'rebuild':
      return 'The graphics device was reset: starting on it anew';
  }
}

function because({ reason, numbers }: Change): string {
  const { budgetMs, serviceMs, predictedMs, fixedMs } = numbers;
  const took = told(serviceMs, (ms) => `frames took ${ms}`);
  const available = told(budgetMs, (ms) => `${ms} available`);
  const expected = told(predictedMs, (ms) => `${ms} expected`);
  switch (reason) {
    case 'overload':
      return sentence([took || 'frames took too long', available], expected);
    case 'relief':
      return sentence([took || 'there is time again', available], expected);
    case 'panic':
      return sentence(['no frame was done for long', available], expected);
    case 'ineffective': {
      const fixed = fixedMs > serviceMs / 2 ? told(fixedMs, (ms) => `${ms} of it whatever their size`) : '';
      return sentence(['fewer pixels did not help', took, fixed], available);
    }
    case 'target':
      return sentence(['something else is asked for', available], expected);
  }
}

/** What is told of first; then, after a pause, what follows from it. */
function sentence(first: readonly string[], then: string): string {
  return [first.filter((part) => part !== '').join(', '), then].filter((part) => part !== '').join('; ');
}

/** Nothing is said of a number that nobody knows. */
function told(ms: number, words: (text: string) => string): string {
  return Number.isFinite(ms) ? words(`${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`) : '';
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(1))} %`;
}
