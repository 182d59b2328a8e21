/**
 * A generated test pattern: colour bars, a zone plate whose rings run from coarse to fine, a turning wheel and
 * the frame's number. It needs no camera, and each kind of filter finds something in it.
 */
import { PipelineError } from '../../core/errors.ts';
import type { Ledger } from '../../core/ledger.ts';
import { FrameLease } from '../frame-lease.ts';
import type { FrameObserver, FrameSource } from '../frame-source.ts';

export type PatternOptions = Readonly<{ width: number; height: number; frameRate: number }>;

const BARS = ['#c8c8c8', '#c8c832', '#32c8c8', '#32c832', '#c832c8', '#c83232', '#3232c8'] as const;

export class PatternSource implements FrameSource {
  readonly #options: PatternOptions;
  readonly #ledger: Ledger;

  constructor(options: PatternOptions, ledger: Ledger) {
    this.#options = options;
    this.#ledger = ledger;
  }

  start(observer: FrameObserver): () => void {
    const { width, height, frameRate } = this.#options;
    const context = new OffscreenCanvas(width, height).getContext('2d', {
      alpha: false,
      willReadFrequently: true,
    });
    if (context === null) {
      observer.end(new PipelineError('frame-failed', 'This browser could not draw the test pattern.'));
      return () => undefined;
    }
    const still = drawStill(width, height);
    const periodMs = 1000 / frameRate;
    const startMs = performance.now();
    let number = 0;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const next = (): void => {
      drawFrame(context, still, number);
      const timestamp = Math.round(number * periodMs * 1000);
      observer.frame(new FrameLease(new VideoFrame(context.canvas, { timestamp }), timestamp, this.#ledger));
      // Late frames are left out, so the pattern keeps its speed on a slow machine.
      number = Math.max(number + 1, Math.floor((performance.now() - startMs) / periodMs));
      timer = setTimeout(next, Math.max(0, startMs + number * periodMs - performance.now()));
    };
    timer = setTimeout(next, 0);
    return () => {
      clearTimeout(timer);
    };
  }
}

/** What does not move: bars above, zone plate below. */
function drawStill(width: number, height: number): OffscreenCanvas {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { alpha: false });
  if (context === null) return canvas;
  const barsHeight = Math.round(height / 4);
  BARS.forEach((color, i) => {
    context.fillStyle = color;
    const left = Math.round((i * width) / BARS.length);
    context.fillRect(left, 0, Math.round(((i + 1) * width) / BARS.length) - left, barsHeight);
  });
  const plate = context.createImageData(width, Math.max(1, height - barsHeight));
  // cos(k·r²): the rings' frequency grows with r and reaches the finest that pixels can show at the corner.
  const k = Math.PI / Math.hypot(width, 2 * plate.height);
  for (let y = 0; y < plate.height; y++) {
    for (let x = 0; x < width; x++) {
      const r2 = (x - width / 2) ** 2 + (y - plate.height / 2) ** 2;
      const grey = 128 + 100 * Math.cos(k * r2);
      plate.data.set([grey, grey, grey, 255], 4 * (y * width + x));
    }
  }
  context.putImageData(plate, 0, barsHeight);
  return canvas;
}

function drawFrame(context: OffscreenCanvasRenderingContext2D, still: OffscreenCanvas, number: number): void {
  const { width, height } = context.canvas;
  context.drawImage(still, 0, 0);
  const radius = height / 6;
  const x = width / 2 + (width / 2 - radius) * Math.sin(number / 45);
  const y = height * 0.625;
  for (let spoke = 0; spoke < 8; spoke++) {
    const angle = number / 30 + (spoke * Math.PI) / 4;
    context.fillStyle = spoke % 2 === 0 ? '#f2f2f2' : '#1a1a1a';
    context.beginPath();
    context.moveTo(x, y);
    context.arc(x, y, radius, angle, angle + Math.PI / 4);
    context.fill();
  }
  const size = Math.max(10, Math.round(height / 18));
  context.fillStyle = '#101010';
  context.fillRect(size / 2, height - 2 * size, size * 4.5, size * 1.5);
  context.fillStyle = '#ffffff';
  context.font = `${size}px monospace`;
  context.textBaseline = 'middle';
  context.fillText(String(number).padStart(6, '0'), size * 0.8, height - 1.25 * size);
}
