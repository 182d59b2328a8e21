/**
 * The page's state: one immutable value, changed only through `update`, read through `select`.
 * Knows neither DOM nor pipeline. The figures are not in here: they change four times a second and
 * nothing but their strip reads them.
 */
import type { CameraDriver, DegradationPreference, Filter, PipelineErrorCode } from 'convolux';
import { BehaviorSubject, distinctUntilChanged, map, type Observable } from 'rxjs';

export type SourceKind = 'camera' | 'sample' | 'pattern' | 'volume';
export type ParamValue = number | string | boolean;
export type Params = Readonly<Record<string, ParamValue>>;
export type Size = Readonly<{ width: number; height: number }>;
export type OutputChoice = 'auto' | 'canvas' | 'video';
export type UploadChoice = 'auto' | 'planes' | 'rgbx' | 'texture';
export type OutputPathChoice = 'auto' | 'pixels' | 'canvas';

/** What the visitor chose: all of it stands in the URL. */
export type Settings = Readonly<{
  /** The source last asked for; undefined until one is. */
  source: SourceKind | undefined;
  filter: Filter;
  /** Complete parameters by filter name, so that each filter keeps its own while others are tried. */
  params: Readonly<Record<string, Params>>;
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
  /** Off at first: the page shows what the filter made of the camera's own picture. */
  mirror: boolean;
}>;

/** A fault as the page shows it; 'unexpected' is whatever is no PipelineError. */
export type Fault = Readonly<{ code: PipelineErrorCode | 'unexpected'; detail: string }>;

export type Phase =
  | Readonly<{ status: 'idle'; after: 'load' | 'stop' | 'end' }>
  | Readonly<{ status: 'starting'; source: SourceKind }>
  | Readonly<{ status: 'running'; source: SourceKind }>
  /** Goes on by itself when the page is seen again. */
  | Readonly<{ status: 'paused'; source: SourceKind }>
  | Readonly<{ status: 'failed'; source: SourceKind; fault: Fault }>;

/** Something to tell that does not end the picture. */
export type Notice = Readonly<{
  /** A newer notice of the same key takes this one's place. */
  key: string;
  /** What was said about one run is over when the next one starts. */
  scope: 'page' | 'run';
  text: string;
  items?: readonly string[];
  retry?: () => void;
}>;

export type CameraPresence = 'unknown' | 'present' | 'missing' | 'unsupported';

export type PageState = Readonly<{
  settings: Settings;
  phase: Phase;
  camera: CameraPresence;
  notices: readonly Notice[];
}>;

export class Store {
  readonly #state$: BehaviorSubject<PageState>;

  constructor(initial: PageState) {
    this.#state$ = new BehaviorSubject(initial);
  }

  get state(): PageState {
    return this.#state$.value;
  }

  update(change: Partial<PageState>): void {
    this.#state$.next({ ...this.state, ...change });
  }

  choose(change: Partial<Settings>): void {
    this.update({ settings: { ...this.state.settings, ...change } });
  }

  tell(notice: Notice): void {
    const others = this.state.notices.filter(({ key }) => key !== notice.key);
    this.update({ notices: [...others, notice] });
  }

  dismiss(key: string): void {
    this.#keep((notice) => notice.key !== key);
  }

  dismissRun(): void {
    this.#keep(({ scope }) => scope !== 'run');
  }

  /**
   * Emits at once, and then only when the selected part is another value. It reads the state of now, not
   * the one emitted: where a listener changes the state, the older one reaches later listeners last.
   */
  select<T>(part: (state: PageState) => T): Observable<T> {
    return this.#state$.pipe(
      map(() => part(this.state)),
      distinctUntilChanged(),
    );
  }

  #keep(isKept: (notice: Notice) => boolean): void {
    const kept = this.state.notices.filter(isKept);
    if (kept.length < this.state.notices.length) this.update({ notices: kept });
  }
}

/** The parameters of the filter that is chosen. */
export function currentParams(settings: Settings): Params {
  return settings.params[settings.filter.name] ?? {};
}
