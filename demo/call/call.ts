/**
 * Runs one call at a time: opens the pipeline, sends its track from one peer connection to another, and closes both. Owns
 * the pipeline and the peers; what it learns goes into the store. The track that is sent is the same for the whole call:
 * filter and source change behind it. A start waits for the call before to let the camera go, and of several the newest wins.
 */
import {
  openPipeline,
  type Pipeline,
  type PipelineState,
  type PipelineStats,
  type SourceOptions,
} from 'convolux';
import { BehaviorSubject, interval, startWith, Subscription, switchMap, type Observable } from 'rxjs';
import sampleUrl from '../shared/assets/sample.webm?url';
import { asFault, type Fault } from '../shared/faults.ts';
import { currentParams, type Params } from '../shared/filter-settings.ts';
import { newestWins } from '../shared/newest-wins.ts';
import { receivedIn, type CallFigures, type Received } from './figures.ts';
import { messageFor } from './messages.ts';
import { connectPeers, type Peers } from './peers.ts';
import type { Settings, SourceChoice, Store } from './store.ts';
import type { Stage } from './view.ts';

/** What a call sends; every camera has it or something near. */
const size = Object.freeze({ width: 640, height: 360 });
const figuresMs = 500;
/** Counts per second are over this many figures. */
const figuresBack = 4;

type Look = Readonly<{ filter: Settings['filter']; params: Params }>;
type Run = Readonly<{
  pipeline: Pipeline;
  subscription: Subscription;
  applyLook: (look: Look) => void;
  applySource: (source: SourceChoice) => void;
}>;

export class Call {
  readonly #store: Store;
  readonly #stage: Stage;
  readonly #figures$ = new BehaviorSubject<CallFigures | undefined>(undefined);
  #run: Run | undefined;
  #peers: Peers | undefined;
  #track: MediaStreamTrack | undefined;
  #stats: PipelineStats | undefined;
  #closing: Promise<void> = Promise.resolve();
  /** Counts starts and ends: whoever was overtaken while waiting sees it here and gives up. */
  #turn = 0;

  constructor(store: Store, stage: Stage) {
    this.#store = store;
    this.#stage = stage;
  }

  /** The newest figures; undefined while nothing arrives. */
  get figures$(): Observable<CallFigures | undefined> {
    return this.#figures$;
  }

  async start(): Promise<void> {
    const turn = ++this.#turn;
    this.#store.dismissRun();
    this.#store.update({ call: { status: 'starting' }, isVideoOn: true });
    await this.#close();
    if (turn !== this.#turn) return;
    try {
      await this.#connect(this.#open());
    } catch (cause) {
      if (turn === this.#turn) this.#fail(cause);
    }
  }

  async hangUp(after: 'hang-up' | 'end'): Promise<void> {
    this.#turn++;
    this.#store.update({ call: { status: 'idle', after } });
    await this.#close();
  }

  /** What is sent while it is off is black; the track stays. */
  setVideoOn(isVideoOn: boolean): void {
    this.#store.update({ isVideoOn });
    if (this.#track !== undefined) this.#track.enabled = isVideoOn;
  }

  applyLook(): void {
    this.#run?.applyLook(this.#look());
  }

  applySource(): void {
    this.#run?.applySource(this.#store.state.settings.source);
  }

  #look(): Look {
    const { settings } = this.#store.state;
    return { filter: settings.filter, params: currentParams(settings) };
  }

  #open(): Pipeline {
    const { failure, source } = this.#store.state.settings;
    const look = this.#look();
    const pipeline = openPipeline({ source: sourceOf(source), ...look, failurePolicy: failure });
    const subscription = new Subscription();
    const apply = <T>(
      first: T,
      work: (value: T) => Promise<void>,
      refuse: (cause: unknown, applied: T) => void,
    ) => this.#applier(pipeline, first, work, refuse);
    this.#run = {
      pipeline,
      subscription,
      applyLook: apply(
        look,
        ({ filter, params }) => pipeline.setFilter(filter, params),
        (cause) => this.#tellOf('look', `${this.#look().filter.title} can not be used`, cause),
      ),
      applySource: apply(
        source,
        (chosen) => pipeline.setSource(sourceOf(chosen)),
        (cause, applied) => {
          this.#tellOf('source', 'The picture stays as it is', cause);
          this.#store.choose({ source: applied });
        },
      ),
    };
    subscription.add(pipeline.stats$.subscribe((stats) => (this.#stats = stats)));
    subscription.add(
      pipeline.diagnostics$.subscribe((fault) => this.#tellOf(fault.code, 'The call goes on', fault)),
    );
    subscription.add(pipeline.state$.subscribe((state) => this.#follow(state)));
    return pipeline;
  }

  async #connect(pipeline: Pipeline): Promise<void> {
    const isOvertaken = (): boolean => this.#run?.pipeline !== pipeline;
    const track = await pipeline.track;
    if (isOvertaken()) return;
    this.#track = track;
    track.enabled = this.#store.state.isVideoOn;
    void this.#stage.show('sent', new MediaStream([track]));
    this.#store.update({ call: { status: 'connecting' } });
    const peers = connectPeers(track);
    this.#peers = peers;
    const stream = await peers.received;
    if (isOvertaken()) return;
    await this.#stage.show('received', stream);
    if (isOvertaken()) return;
    this.#store.update({ call: { status: 'running' } });
    this.#run?.subscription.add(this.#count(peers));
  }

  #count(peers: Peers): Subscription {
    const counted: Received[] = [];
    return interval(figuresMs)
      .pipe(
        startWith(0),
        switchMap(() => peers.stats()),
      )
      .subscribe((report) => {
        const now = receivedIn(report);
        if (now === null) return;
        counted.push(now);
        const before = counted.at(-1 - figuresBack) ?? counted[0] ?? now;
        if (counted.length > figuresBack) counted.shift();
        const isSameTrack = peers.sender.track === this.#track;
        const negotiations = peers.negotiations();
        this.#figures$.next({ now, before, negotiations, isSameTrack, pipeline: this.#stats });
      });
  }

  #follow(state: PipelineState): void {
    const { call } = this.#store.state;
    if (state.status === 'failed') this.#fail(state.error);
    if (state.status === 'interrupted')
      this.#store.update({ call: { status: 'interrupted', fault: asFault(state.error) } });
    if (state.status === 'running' && call.status === 'interrupted')
      this.#store.update({ call: { status: 'running' } });
    // An end from here unsubscribes first, so this one came from the pipeline: its source ended.
    if (state.status === 'stopped') void this.hangUp('end');
  }

  #fail(cause: unknown): void {
    this.#turn++;
    this.#store.update({ call: { status: 'failed', fault: asFault(cause) } });
    void this.#close();
  }

  #close(): Promise<void> {
    const run = this.#run;
    this.#run = undefined;
    this.#peers?.close();
    this.#peers = undefined;
    this.#track = undefined;
    this.#stats = undefined;
    this.#figures$.next(undefined);
    this.#stage.clear();
    if (run !== undefined) {
      run.subscription.unsubscribe();
      this.#closing = this.#closing.then(() => run.pipeline.stop()).catch((cause: unknown) => this.#tellOf('end', 'The call has ended', cause)); // prettier-ignore
    }
    return this.#closing;
  }

  /** Applies values one after the other, and tells of the last one that was applied where one is refused. */
  #applier<T>(
    pipeline: Pipeline,
    first: T,
    work: (value: T) => Promise<void>,
    refuse: (cause: unknown, applied: T) => void,
  ): (value: T) => void {
    let applied = first;
    return newestWins<T>(async (value) => {
      if (value === applied) return;
      try {
        await work(value);
        applied = value;
      } catch (cause) {
        // After the end the call that was under way has nothing more to say.
        if (this.#run?.pipeline === pipeline) refuse(cause, applied);
      }
    });
  }

  #tellOf(key: string, lead: string, cause: unknown): void {
    const fault: Fault = asFault(cause);
    const { title, text } = messageFor(fault);
    this.#store.tell({ key, scope: 'run', text: `${lead}. ${title}: ${text} (${fault.detail})` });
  }
}

function sourceOf(choice: SourceChoice): SourceOptions {
  switch (choice) {
    case 'sample':
      return { kind: 'video', url: sampleUrl, loop: true };
    case 'screen':
      return { kind: 'screen', ...size };
    case 'camera':
      return { kind: 'camera', ...size };
    default:
      return { kind: 'camera', deviceId: choice.slice('camera '.length), ...size };
  }
}
