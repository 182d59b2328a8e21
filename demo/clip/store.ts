/** The clip page's state: the clip that is open, what is wanted of it, the job that runs, and what came of it. */
import type { Clip, ClipContainer, ClipInfo, ClipProgress, ClipVideoCodec } from 'convolux/clips';
import type { Fault } from '../shared/faults.ts';
import type { FilterSettings } from '../shared/filter-settings.ts';
import { withNotice, type Notice } from '../shared/notices.ts';
import { StateStore } from '../shared/state-store.ts';

export type CodecChoice = 'auto' | ClipVideoCodec;

export type OutputSettings = Readonly<{
  container: ClipContainer;
  codec: CodecChoice;
  frameRate: 'keep' | number;
  /** Pixels of the shorter side. */
  shortSide: 'keep' | number;
  audio: 'keep' | 'none';
  onError: 'stop' | 'skip';
}>;

export type Settings = FilterSettings & Readonly<{ output: OutputSettings }>;

/** What is wanted of the clip, in seconds of it; null for its own start and end. */
export type Part = Readonly<{ startS: number | null; endS: number | null }>;

export const whole: Part = Object.freeze({ startS: null, endS: null });

/** A clip as it was chosen, dropped, fetched or recorded. */
export type Source = Readonly<{ name: string; blob: Blob; isRecording: boolean }>;

export type ClipState =
  | Readonly<{ status: 'none' }>
  | Readonly<{ status: 'reading'; name: string }>
  | Readonly<{ status: 'unreadable'; name: string; fault: Fault }>
  | Readonly<{ status: 'open'; source: Source; info: ClipInfo }>;

export type JobState =
  | Readonly<{ status: 'idle'; after: 'nothing' | 'cancel' | 'end' }>
  /** `progress` is null until the first frame. */
  | Readonly<{ status: 'running'; progress: ClipProgress | null }>
  | Readonly<{ status: 'failed'; fault: Fault }>;

/** A finished clip, and the file that it is. */
export type Result = Readonly<{
  clip: Clip;
  file: Blob;
  name: string;
  /** Where it went; null where it is in memory alone. */
  savedAs: string | null;
  filterTitle: string;
  tookS: number;
}>;

/** What the stage shows of an open clip. */
export type View = 'preview' | 'recording' | 'result';

export type PageState = Readonly<{
  settings: Settings;
  clip: ClipState;
  part: Part;
  /** Of the preview, in seconds of the clip. */
  atS: number;
  /** Why there is no preview at this position. */
  previewFault: Fault | null;
  job: JobState;
  result: Result | null;
  view: View;
  notices: readonly Notice[];
}>;

export class Store extends StateStore<PageState> {
  choose(change: Partial<Settings>): void {
    this.update({ settings: { ...this.state.settings, ...change } });
  }

  chooseOutput(change: Partial<OutputSettings>): void {
    this.choose({ output: { ...this.state.settings.output, ...change } });
  }

  tell(notice: Notice): void {
    this.update({ notices: withNotice(this.state.notices, notice) });
  }

  dismiss(key: string): void {
    this.update({ notices: this.state.notices.filter((notice) => notice.key !== key) });
  }
}
