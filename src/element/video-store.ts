/**
 * What an element shows and how it got there, without a DOM: starts and stops the pipeline, and hands changes on to the one
 * that runs, each kind one after the other. A mistake in a change is told, and what runs goes on.
 */
import { PipelineError } from '../core/errors.ts';
import type { FrameMeasurements, Pipeline, PipelineState, PipelineStats } from '../session/pipeline-types.ts';
import { newestWins } from './newest-wins.ts';
import type { Aspect, FilterChoice, Settings, SettingsReader } from './settings.ts';

/** A fault, or a mistake in what was asked for. */
export type VideoError = PipelineError | TypeError | RangeError;

export type VideoState =
  /** Not started yet. */
  | Readonly<{ status: 'idle' }>
  | Exclude<PipelineState, Readonly<{ status: 'failed' }>>
  | Readonly<{ status: 'failed'; error: VideoError }>;

export type VideoStatus = VideoState['status'];

export type VideoEvents = Readonly<{
  state: (state: VideoState) => void;
  stats: (stats: PipelineStats) => void;
  error: (error: VideoError) => void;
  /** From now on frames are shown through this. */
  filter: (choice: FilterChoice) => void;
  measurements: (measurements: FrameMeasurements) => void;
}>;

/** From a start to its end. */
type Run = Readonly<{ pipeline: Pipeline; started: Promise<void>; settle: Settle; changes: Changes }>;

/** Each takes what is wanted now. @throws TypeError | RangeError */
type Changes = Readonly<Record<Aspect, () => void>>;

type Settle = Readonly<{ resolve: () => void; reject: (error: VideoError) => void }>;

export class VideoStore {
  readonly #read: SettingsReader;
  readonly #open: (settings: Settings) => Pipeline;
  readonly #events: VideoEvents;
  #state: VideoState = { status: 'idle' };
  #stats: PipelineStats | null = null;
  #error: VideoError | null = null;
  #run: Run | null = null;
  #stopping: Promise<void> = Promise.resolve();
  /** Of the run: what its frames go through. */
  #filter: FilterChoice | null = null;

  /** @param open as `openPipeline`: throws, or gives a pipeline that starts. */
  constructor(read: SettingsReader, open: (settings: Settings) => Pipeline, events: VideoEvents) {
    this.#read = read;
    this.#open = open;
    this.#events = events;
  }

  get state(): VideoState {
    return this.#state;
  }

  /** Null while nothing runs, as `stats`. */
  get pipeline(): Pipeline | null {
    return this.#run?.pipeline ?? null;
  }

  get stats(): PipelineStats | null {
    return this.#stats;
  }

  /** What was told last; null again with a start. */
  get error(): VideoError | null {
    return this.#error;
  }

  /** Resolves when frames flow. @throws VideoError why they never will; also told as a state. */
  start(): Promise<void> {
    if (this.#run !== null) return this.#run.started;
    this.#error = null;
    const started = this.#begin();
    // Whoever does not wait for it hears of it as of a state.
    started.catch(() => undefined);
    return started;
  }

  /** Stopped at once, and all released when it resolves. Idempotent. */
  stop(): Promise<void> {
    const run = this.#run;
    if (run !== null) {
      this.#stopping = run.pipeline.stop();
      this.#take(run, { status: 'stopped' });
    }
    return this.#stopping;
  }

  /** These may be wanted otherwise from now on. A mistake in one is told, whether it runs or not. */
  changed(aspects: Iterable<Aspect>): void {
    for (const aspect of aspects) {
      try {
        (this.#run?.changes ?? this.#read)[aspect]();
      } catch (error) {
        this.#tellError(asVideoError(error));
      }
    }
  }

  #begin(): Promise<void> {
    const { source, filter, budget, failurePolicy } = this.#read;
    try {
      return this.#openRun({
        source: source(),
        filter: filter(),
        budget: budget(),
        failurePolicy: failurePolicy(),
      });
    } catch (cause) {
      return new Promise((_, reject) => {
        this.#fail(asVideoError(cause), reject);
      });
    }
  }

  /** @throws TypeError | RangeError */
  #openRun(settings: Settings): Promise<void> {
    const pipeline = this.#open(settings);
    let settle: Settle | undefined;
    const started = new Promise<void>((resolve, reject) => {
      settle = { resolve, reject };
    });
    const run = { pipeline, started, settle: settle!, changes: this.#changesOf(pipeline, settings) };
    this.#run = run;
    this.#filter = settings.filter;
    this.#follow(run);
    return started;
  }

  #changesOf(pipeline: Pipeline, settings: Settings): Changes {
    // What is refused because it ended meanwhile needs no telling.
    const onError = (error: unknown): void => {
      if (this.#run?.pipeline === pipeline) this.#tellError(asVideoError(error));
    };
    const setFilter = async (choice: FilterChoice): Promise<void> => {
      await pipeline.setFilter(choice.filter, choice.params);
      if (this.#run?.pipeline !== pipeline) return;
      this.#filter = choice;
      // Until it runs nothing is shown through any.
      if (this.#state.status !== 'starting') this.#events.filter(choice);
    };
    const source = newestWins(settings.source, (wanted) => pipeline.setSource(wanted), onError);
    const filter = newestWins(settings.filter, setFilter, onError);
    const budget = newestWins(settings.budget, (wanted) => pipeline.setBudget(wanted), onError);
    return {
      source: () => {
        source(this.#read.source());
      },
      filter: () => {
        filter(this.#read.filter());
      },
      budget: () => {
        budget(this.#read.budget());
      },
      // For all frames of a run: another one waits for the next start.
      failurePolicy: this.#read.failurePolicy,
    };
  }

  #follow(run: Run): void {
    const { pipeline } = run;
    pipeline.stats$.subscribe((stats) => {
      if (this.#run !== run) return;
      this.#stats = stats;
      this.#events.stats(stats);
    });
    pipeline.measurements$.subscribe((measurements) => {
      if (this.#run === run) this.#events.measurements(measurements);
    });
    // Those of its end too.
    pipeline.diagnostics$.subscribe((error) => {
      this.#tellError(error);
    });
    pipeline.state$.subscribe((state) => {
      if (this.#run === run) this.#take(run, state);
    });
  }

  /** Whoever hears of a state may start or stop it. */
  #take(run: Run, state: PipelineState): void {
    const isFirst = this.#state.status === 'starting';
    if (state.status === 'stopped' || state.status === 'failed') {
      this.#run = null;
      this.#stats = null;
    }
    if (state.status === 'failed') this.#fail(state.error, run.settle.reject);
    else this.#tellState(state);
    if (state.status === 'stopped')
      run.settle.reject(new PipelineError('aborted', 'It was stopped before it ran.'));
    if (state.status !== 'running') return;
    run.settle.resolve();
    if (isFirst && this.#run === run && this.#filter !== null) this.#events.filter(this.#filter);
  }

  #fail(error: VideoError, reject: (error: VideoError) => void): void {
    reject(error);
    this.#error = error;
    this.#tellState({ status: 'failed', error });
    this.#events.error(error);
  }

  #tellState(state: VideoState): void {
    this.#state = state;
    this.#events.state(state);
  }

  #tellError(error: VideoError): void {
    this.#error = error;
    this.#events.error(error);
  }
}

function asVideoError(error: unknown): VideoError {
  if (error instanceof TypeError || error instanceof RangeError) return error;
  return PipelineError.from(error, 'frame-failed');
}
