/** Tells people line by line: results on standard output, what fails on the other. */
import type { ClipEvent, Reporter } from './clip-event.ts';
import { bytes, clock, plain, rate } from './words.ts';

const PROGRESS_EVERY_MS = 10_000;

export type LineOutputs = Readonly<{
  /** Takes whole lines, without their ends. */
  out: (line: string) => void;
  err: (line: string) => void;
  now: () => number;
}>;

type EventOf<Name extends ClipEvent['event']> = Extract<ClipEvent, { event: Name }>;

export class LineReporter implements Reporter {
  readonly #outputs: LineOutputs;
  /** When each clip that runs was last told of. */
  readonly #toldAtMs = new Map<string, number>();

  constructor(outputs: LineOutputs) {
    this.#outputs = outputs;
  }

  report(event: ClipEvent): void {
    const { out, err, now } = this.#outputs;
    switch (event.event) {
      case 'start':
        this.#toldAtMs.set(event.input, now());
        return;
      case 'progress':
        if (now() - (this.#toldAtMs.get(event.input) ?? 0) < PROGRESS_EVERY_MS) return;
        this.#toldAtMs.set(event.input, now());
        err(progressLine(event));
        return;
      case 'failed':
        err(failureLine(event));
        return;
      case 'done':
        for (const line of doneLines(event)) out(line);
        return;
      case 'skipped':
        out(`${plain(event.input)}: skipped, ${plain(event.output)} is newer`);
        return;
      case 'summary':
        for (const line of summaryLines(event)) out(line);
    }
  }

  close(): void {
    this.#toldAtMs.clear();
  }
}

export function percent(share: number): string {
  return `${Math.floor(share * 100)} %`;
}

function progressLine({ input, share, fps, secondsLeft }: EventOf<'progress'>): string {
  const left = secondsLeft === null ? '' : `, ${clock(secondsLeft)} left`;
  return `${plain(input)}: ${percent(share)}, ${rate(fps)} frames per second${left}`;
}

export function failureLine({ input, code, message, positionS }: EventOf<'failed'>): string {
  const where = positionS === undefined ? '' : ` at ${Number(positionS.toFixed(3))} s`;
  return code === 'error'
    ? `${plain(input)}: ${plain(message)}`
    : `${plain(input)}: ${code}${where}: ${plain(message)}`;
}

export function doneLines(event: EventOf<'done'>): readonly string[] {
  const { input, output, frames, durationS, width, height, sizeBytes, videoCodec, audio, seconds } = event;
  const codecs = [videoCodec, ...audio.map(({ codec, how }) => `${codec} (${how})`)].join(' + ');
  const speed = seconds > 0 ? ` (${rate(frames / seconds)} frames per second)` : '';
  const times = event.skippedAtS.map((at) => `${Number(at.toFixed(3))} s`).join(', ');
  return [
    `${plain(input)} → ${plain(output)}: ${frames} frames, ${clock(durationS)}, ${width}×${height} ${codecs}, ` +
      `${bytes(sizeBytes)}, made in ${clock(seconds)}${speed}`,
    ...(event.skippedFrames === 0
      ? []
      : [`  ${event.skippedFrames} damaged frames are left out, at ${times}`]),
    ...event.notes.map((note) => `  ${plain(note)}`),
  ];
}

export function summaryLines(event: EventOf<'summary'>): readonly string[] {
  const { done, skipped, failed, aborted, failedInputs, seconds } = event;
  const counts = [
    `${done} done`,
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(aborted > 0 ? [`${aborted} not made`] : []),
  ];
  const failures = failedInputs.length === 0 ? [] : [`failed: ${failedInputs.map(plain).join(', ')}`];
  // One clip has said it all.
  return done + skipped + failed + aborted === 1
    ? []
    : [`${counts.join(', ')} in ${clock(seconds)}`, ...failures];
}
