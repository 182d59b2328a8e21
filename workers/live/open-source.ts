/** What the page says of a source → the source. */
import { assertNever } from '../../src/core/assert.ts';
import type { Ledger } from '../../src/core/ledger.ts';
import type { FrameSource } from '../../src/frames/frame-source.ts';
import { PatternSource } from '../../src/frames/worker/pattern-source.ts';
import { PushSource } from '../../src/frames/worker/push-source.ts';
import { ReadableSource } from '../../src/frames/worker/readable-source.ts';
import { TrackSource } from '../../src/frames/worker/track-source.ts';
import { VolumeSource, type VolumeState } from '../../src/frames/worker/volume-source.ts';
import type { LiveSource } from './live.contract.ts';

/** @consumes source */
export function openSource(
  source: LiveSource,
  ledger: Ledger,
  onVolume: (state: VolumeState) => void,
): FrameSource {
  switch (source.kind) {
    case 'readable':
      return new ReadableSource(source.readable, ledger);
    case 'track':
      return new TrackSource(source.track, ledger);
    case 'push':
      return new PushSource(ledger);
    case 'pattern':
      return new PatternSource(source, ledger);
    case 'volume':
      return new VolumeSource(source, ledger, onVolume);
    default:
      return assertNever(source);
  }
}
