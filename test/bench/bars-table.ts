/** The rows that have a bar against each peer, and what misses it. */
import { sizeText } from './ops-table.ts';
import { PEERS, type BarInfo, type BarMeasurement, type Peer } from './ops-protocol.ts';
import { line, millis, times, type Table } from './table.ts';

const WIDTHS = [56, 9, 12, 10, 13, 8, 11, 31, 4] as const;
const HEAD = [
  'operator',
  'size',
  'convolux ms',
  'TF.js ms',
  'OpenCV.js ms',
  '× TF.js',
  '× OpenCV.js',
  'bar',
  '',
] as const;

export const BARS_TABLE_HEAD = line(HEAD, WIDTHS);

export const PEER_NAMES: Readonly<Record<Peer, string>> = { tfjs: 'TF.js', opencv: 'OpenCV.js' };

export type MeasuredBar = BarInfo & Readonly<{ measurement: BarMeasurement }>;

const peerOf = ({ measurement }: MeasuredBar, peer: Peer) => measurement.peers[peer];

/** How many times as long the peer takes. */
function ratioTo(measured: MeasuredBar, peer: Peer): number | undefined {
  const other = peerOf(measured, peer);
  return other === undefined ? undefined : other.ms / measured.measurement.ms;
}

/** What is wrong with one row: a bar that is missed or was not measured, outputs that differ. */
function faultsOf(measured: MeasuredBar): string[] {
  const { bars, name, size } = measured;
  return PEERS.flatMap((peer) => {
    const [bar, other, ratio] = [bars[peer], peerOf(measured, peer), ratioTo(measured, peer) ?? NaN];
    const slow =
      bar !== undefined && !(ratio >= bar)
        ? [`${times(ratio)} as fast as ${PEER_NAMES[peer]}, the bar is ${bar}×`]
        : [];
    const wrong =
      other !== undefined && !(other.difference <= other.tolerance)
        ? [`differs from ${PEER_NAMES[peer]} by ${other.difference.toPrecision(3)}`]
        : [];
    return [...slow, ...wrong].map((fault) => `${name} ${sizeText(size)}: ${fault}`);
  });
}

function verdictOf(measured: MeasuredBar): string {
  if (faultsOf(measured).length > 0) return 'FAIL';
  return Object.keys(measured.bars).length === 0 ? '-' : 'PASS';
}

/** With the number of samples, where these are fewer than usual: `4454.2 (3)`. */
function peerMillis(measured: MeasuredBar, peer: Peer): string {
  const other = peerOf(measured, peer);
  if (other === undefined) return '-';
  const isFewer = other.samples < measured.measurement.samples;
  return `${millis(other.ms)}${isFewer ? ` (${other.samples})` : ''}`;
}

function cellsOf(measured: MeasuredBar): readonly string[] {
  const { name, size, bars, measurement } = measured;
  const ratios = PEERS.map((peer) => ratioTo(measured, peer));
  return [
    name,
    sizeText(size),
    millis(measurement.ms),
    ...PEERS.map((peer) => peerMillis(measured, peer)),
    ...ratios.map((ratio) => (ratio === undefined ? '-' : times(ratio))),
    PEERS.flatMap((peer) => (bars[peer] === undefined ? [] : [`${PEER_NAMES[peer]} ≥ ${bars[peer]}×`])).join(
      ', ',
    ),
    verdictOf(measured),
  ];
}

export const barsTableRow = (measured: MeasuredBar): string => line(cellsOf(measured), WIDTHS);

export const barsTable = (all: readonly MeasuredBar[]): Table => ({ head: HEAD, rows: all.map(cellsOf) });

/** What is wrong with the run, a line each; none when all is well. */
export const barFaults = (all: readonly MeasuredBar[]): string[] => all.flatMap(faultsOf);
