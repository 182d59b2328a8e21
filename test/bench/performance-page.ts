/** docs/performance.md: the figures of one run, and a section by hand that outlives it. */
import { barsTable, type MeasuredBar } from './bars-table.ts';
import type { PageFacts } from './ops-protocol.ts';
import { opsTable, type MeasuredOp } from './ops-table.ts';
import { growthLines, scalingTable, type MeasuredScaling } from './scaling-table.ts';
import { markdownTable } from './table.ts';

export type OpsBenchResults = Readonly<{
  ops: readonly MeasuredOp[];
  bars: readonly MeasuredBar[];
  scalings: readonly MeasuredScaling[];
}>;

export type RunFacts = Pick<PageFacts, 'tfjsVersion' | 'opencvVersion' | 'renderer'> &
  Readonly<{
    /** YYYY-MM-DD */
    date: string;
    machine: string;
    browserVersion: string;
    runs: number;
  }>;

const HAND_START = '<!-- kept by hand from here: `npm run bench:ops -- --write` leaves it as it is -->';
const HAND_END = '<!-- kept by hand to here -->';
const NOTHING_BY_HAND = 'No figures of a GPU yet: `npm run bench:ops` measures them on yours.';

/**
 * What stands between the markers.
 * @throws Error when only one of them is there: what is by hand would be lost.
 */
export function keptByHand(page: string): string {
  const [start, end] = [page.indexOf(HAND_START), page.indexOf(HAND_END)];
  if (start === -1 && end === -1) return NOTHING_BY_HAND;
  if (start === -1 || end < start)
    throw new Error(`docs/performance.md must have both markers, in this order: ${HAND_START} ${HAND_END}`);
  return page.slice(start + HAND_START.length, end).trim();
}

export function performancePage(facts: RunFacts, results: OpsBenchResults, byHand: string): string {
  return [
    '# Performance',
    `Written by \`npm run bench:ops -- --write\` on ${facts.date}.`,
    markdownTable(factsTable(facts)),
    '## How it was measured',
    howMeasured(facts.runs),
    '## Against TensorFlow.js and OpenCV.js',
    BARS_NOTE,
    markdownTable(barsTable(results.bars)),
    '## How the times grow',
    GROWTH_NOTE,
    ...results.scalings.flatMap((scaling) => [
      `### ${sentence(scaling.name)}`,
      markdownTable(scalingTable(scaling)),
      ...growthLines(scaling),
    ]),
    '## Each operator beside TensorFlow.js',
    'Tensors and camera frames that are on the device already. The ratio is the time of TensorFlow.js by ours.',
    markdownTable(opsTable(results.ops)),
    '## On hardware',
    `${HAND_START}\n\n${byHand}\n\n${HAND_END}`,
    '',
  ]
    .join('\n\n')
    .trimEnd()
    .concat('\n');
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

const factsTable = (facts: RunFacts) => ({
  head: ['', ''],
  rows: [
    ['machine', facts.machine],
    ['browser', `Chromium ${facts.browserVersion}`],
    ['WebGL renderer', facts.renderer],
    ['TensorFlow.js', `${facts.tfjsVersion}, webgl backend`],
    ['OpenCV.js', `${facts.opencvVersion}, WebAssembly, one thread`],
  ],
});

const howMeasured = (
  runs: number,
): string => `All contenders are in one page, which is cross-origin isolated for a clock of 5 µs. They
take turns, and whoever comes first changes with each turn. Three executions warm each up; then the median of ${runs} samples
counts. A sample is as many executions as make 6 ms, at least one, and ends when all is computed: on WebGL one texel of the
result is read, for which the GPU has to be done.

convolux takes an I420 frame of a camera as a running pipeline does, with the programs that such a pipeline has after its first
idle moments; the upload is not counted, nor is showing the result. TensorFlow.js has its input on the GPU, OpenCV.js in its own
memory. OpenCV.js works on 8 bits and in the build that its documentation offers, without SIMD; TensorFlow.js works on floats.
Where a peer has a quicker way than the usual one, a row without a bar shows it. The results are compared pixel by pixel,
colours by their luma; one that is off by more than its rounding explains fails the run.

Filters over time get a sequence of frames one by one, and are compared after the last one; what is timed is one more frame, all
that is remembered being there. The peers have all frames of the sequence: TensorFlow.js as one tensor, of which conv3d filters
each frame with the padding 'same'; OpenCV.js as five images, which it adds up in 8 bits.

Where the renderer is SwiftShader, there is no GPU: WebGL's shaders run on the CPU, which is what a virtual machine, a machine in
a test farm or a blocked driver gives. TensorFlow.js' webgl backend and convolux both run there on all cores, OpenCV.js on one.
Ratios between shaders carry over to a GPU only in part, and those against OpenCV.js not at all: a GPU is much faster than both.`;

const BARS_NOTE = `Milliseconds of one execution, and how many times as long the peer takes. The bar is the least that we accept; the
benchmark fails below it. In brackets: how many samples the median is of, where they are fewer.`;

const GROWTH_NOTE = `convolux alone. What is in one table was measured in turns. MB: what is remembered from frame to frame.`;
