/**
 * The live page's state. Knows neither DOM nor pipeline. The figures are not in here: they change four times a second and
 * nothing but their strip reads them.
 */
import type { CameraDriver, DegradationPreference } from 'convolux';
import type { Fault } from '../shared/faults.ts';
import type { FilterSettings } from '../shared/filter-settings.ts';
import { withNotice, type Notice } from '../shared/notices.ts';
import { StateStore } from '../shared/state-store.ts';

export type SourceKind = 'camera' | 'sample' | 'pattern' | 'volume';
export type Size = Readonly<{ width: number; height: number }>;
export type SoundChoice = 'none' | 'microphone';
export type OutputChoice = 'auto' | 'canvas' | 'video';
export type UploadChoice = 'auto' | 'planes' | 'rgbx' | 'texture';
export type OutputPathChoice = 'auto' | 'pixels' | 'canvas';

/** What the visitor chose: all of it stands in the URL. */
export type Settings = FilterSettings &
  Readonly<{
    /** The source last asked for; undefined until one is. */
    source: SourceKind | undefined;
    /** Asked of the camera and of the test pattern; the sample clip has its own. */
    size: Size;
    driver: CameraDriver;
    output: OutputChoice;
    /** How pixels get in and out; found out by measuring, unless the address forces one. */
    upload: UploadChoice;
    outputPath: OutputPathChoice;
    /** Frames per second that are asked for; undefined for as many as come. */
    fps: number | undefined;
    degradation: DegradationPreference;
    /** Extra work per pixel: 1 fills a thirtieth of a second at the full resolution. */
    load: number;
    /** Of what is recorded. */
    sound: SoundChoice;
    /** Off at first: the page shows what the filter made of the camera's own picture. */
    mirror: boolean;
  }>;

export type Phase =
  | Readonly<{ status: 'idle'; after: 'load' | 'stop' | 'end' }>
  | Readonly<{ status: 'starting'; source: SourceKind }>
  | Readonly<{ status: 'running'; source: SourceKind }>
  /** Goes on by itself when the page is seen again. */
  | Readonly<{ status: 'paused'; source: SourceKind }>
  /** No frames for now; goes on by itself. */
  | Readonly<{ status: 'interrupted'; source: SourceKind; fault: Fault }>
  | Readonly<{ status: 'failed'; source: SourceKind; fault: Fault }>;

/** 'saving': it is ended, and its last bytes are on their way. */
export type RecorderStatus = 'off' | 'starting' | 'recording' | 'paused' | 'saving';

export type CameraPresence = 'unknown' | 'present' | 'missing' | 'unsupported';

export type PageState = Readonly<{
  settings: Settings;
  phase: Phase;
  recorder: RecorderStatus;
  camera: CameraPresence;
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
