import { graph } from '../src/graph/builder.ts';
import { defineFilter } from '../src/graph/filter.ts';
import { add, clamp, gaussianBlur, mul, sub } from '../src/graph/operators.ts';

export const sharpen = defineFilter({
  name: 'sharpen',
  title: 'Sharpen',
  description: 'Unsharp mask: what a blur would take away is added instead.',
  params: {
    amount: { type: 'number', title: 'Amount', min: 0, max: 4, step: 0.1, default: 1, unit: '×' },
    sigma: { type: 'number', title: 'Radius σ', min: 0.3, max: 3, step: 0.1, default: 1, unit: 'px' },
  },
  build: ({ amount, sigma }) =>
    graph(({ frame }) => clamp(add(frame, mul(sub(frame, gaussianBlur(frame, { sigma })), amount)))),
});
