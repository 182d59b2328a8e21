/**
 * The call page's state. Knows neither DOM nor call. The figures are not in here: they change twice a second and nothing
 * but their strip reads them.
 */
import type { Camera, FailurePolicy } from 'convolux';
import type { Fault } from '../shared/faults.ts';
import type { FilterSettings } from '../shared/filter-settings.ts';
import { withNotice, type Notice } from '../shared/notices.ts';
import { StateStore } from '../shared/state-store.ts';

/** A camera by its id, the browser's choice of them, or what needs none. */
export type SourceChoice = 'camera' | `camera ${string}` | 'sample' | 'screen';

export type Settings = FilterSettings & Readonly<{ source: SourceChoice; failure: FailurePolicy }>;

export type CallState =
  | Readonly<{ status: 'idle'; after: 'load' | 'hang-up' | 'end' }>
  /** The camera is asked for, and the filter gets ready. */
  | Readonly<{ status: 'starting' }>
  /** The two ends look for each other, and the first frame is on its way. */
  | Readonly<{ status: 'connecting' }>
  | Readonly<{ status: 'running' }>
  /** Nothing new is sent for now; goes on by itself. */
  | Readonly<{ status: 'interrupted'; fault: Fault }>
  | Readonly<{ status: 'failed'; fault: Fault }>;

export type PageState = Readonly<{
  settings: Settings;
  call: CallState;
  isVideoOn: boolean;
  /** Those that the browser tells of; they have names once one of them was allowed. null until it has. */
  cameras: readonly Camera[] | null;
  notices: readonly Notice[];
}>;

export class Store extends StateStore<PageState> {
  choose(change: Partial<Settings>): void {
    this.update({ settings: { ...this.state.settings, ...change } });
  }

  tell(notice: Notice): void {
    this.update({ notices: withNotice(this.state.notices, notice) });
  }

  dismiss(key: string): void {
    this.#keep((notice) => notice.key !== key);
  }

  dismissRun(): void {
    this.#keep(({ scope }) => scope !== 'run');
  }

  #keep(isKept: (notice: Notice) => boolean): void {
    const kept = this.state.notices.filter(isKept);
    if (kept.length < this.state.notices.length) this.update({ notices: kept });
  }
}

export function isCalling({ call }: PageState): boolean {
  return call.status !== 'idle' && call.status !== 'failed';
}
