/**
 * The clip that lies open, one at a time: reads it, gives its preview, lets it go. Owns the OpenClip. Of several clips
 * that are chosen the newest wins, and of several positions too.
 */
import { openClip, type OpenClip } from 'convolux/clips';
import type { Filter } from 'convolux';
import { BehaviorSubject, type Observable } from 'rxjs';
import { asFault, type Fault } from '../shared/faults.ts';
import { currentParams, type Params } from '../shared/filter-settings.ts';
import { newestWins } from '../shared/newest-wins.ts';
import { whole, type Source, type Store } from './store.ts';

type Wanted = Readonly<{ clip: OpenClip; atS: number; filter: Filter; params: Params }>;

/** The two pictures at one position; whoever gets them owns them. */
export type Pictures = Awaited<ReturnType<OpenClip['preview']>>;

export class Desk {
  readonly #store: Store;
  readonly #show: (pictures: Pictures) => void;
  readonly #isBusy$ = new BehaviorSubject(false);
  #clip: OpenClip | null = null;
  /** Counts the clips that were chosen: whoever was overtaken sees it here. */
  #turn = 0;
  /** Of the preview, when its frame is shown in the clip. */
  #shownS: number | null = null;
  readonly #preview = newestWins<Wanted>((wanted) => this.#compute(wanted));

  constructor(store: Store, show: (pictures: Pictures) => void) {
    this.#store = store;
    this.#show = show;
  }

  /** Whether a preview is being computed. */
  get isBusy$(): Observable<boolean> {
    return this.#isBusy$;
  }

  /** The time of the frame that is seen, in seconds of the clip; null while none is. */
  get shownS(): number | null {
    return this.#shownS;
  }

  async open(source: Source): Promise<void> {
    const turn = ++this.#turn;
    const { name } = source;
    this.#release();
    this.#store.update({
      clip: { status: 'reading', name },
      part: whole,
      previewFault: null,
      job: { status: 'idle', after: 'nothing' },
      result: null,
      view: source.isRecording ? 'recording' : 'preview',
    });
    try {
      const clip = await openClip(source.blob);
      if (turn !== this.#turn) {
        void clip.close();
        return;
      }
      this.#clip = clip;
      // A clip's first frames are often black.
      this.#store.update({ clip: { status: 'open', source, info: clip.info }, atS: clip.info.durationS / 4 });
      this.preview();
    } catch (cause) {
      if (turn === this.#turn) this.refuse(name, asFault(cause));
    }
  }

  /** A clip that can not even be fetched. */
  refuse(name: string, fault: Fault): void {
    this.#release();
    this.#store.update({ clip: { status: 'unreadable', name, fault }, view: 'preview' });
  }

  /** Asks for the pictures of the position and the filter that are chosen now. */
  preview(): void {
    const { settings, atS } = this.#store.state;
    if (this.#clip === null) return;
    this.#preview({ clip: this.#clip, atS, filter: settings.filter, params: currentParams(settings) });
  }

  async #compute({ clip, ...wanted }: Wanted): Promise<void> {
    if (clip !== this.#clip) return;
    this.#isBusy$.next(true);
    try {
      const pictures = await clip.preview(wanted);
      if (clip !== this.#clip) {
        pictures.before.close();
        pictures.after.close();
        return;
      }
      this.#shownS = pictures.timestampS;
      this.#show(pictures);
      this.#store.update({ previewFault: null });
    } catch (cause) {
      const fault = asFault(cause);
      if (clip === this.#clip && fault.code !== 'aborted') this.#store.update({ previewFault: fault });
    } finally {
      this.#isBusy$.next(false);
    }
  }

  #release(): void {
    void this.#clip?.close();
    this.#clip = null;
    this.#shownS = null;
  }
}
