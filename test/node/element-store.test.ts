/** What an element does with its pipeline, against one that is played by hand. */
import { ReplaySubject, Subject } from 'rxjs';
import { beforeEach, describe, expect, test } from 'vitest';
import { blur, edge, none } from '../../pipelines/index.ts';
import { PipelineError } from '../../src/core/errors.ts';
import type { Settings } from '../../src/element/settings.ts';
import { VideoStore } from '../../src/element/video-store.ts';
import type { Pipeline, PipelineState } from '../../src/session/pipeline-types.ts';
import { deferred, settled, type Deferred } from './fakes/deferred.ts';

const usual: Settings = {
  source: { kind: 'camera' },
  filter: { filter: edge, params: {} },
  budget: { targetFps: null, degradationPreference: 'maintain-framerate' },
  failurePolicy: 'freeze',
};

type Call = Readonly<{ name: string; args: readonly unknown[]; answer: Deferred<void> }>;

/** A pipeline whose states a test tells, and whose methods wait for the test's answer. */
class PlayedPipeline {
  readonly state$ = new ReplaySubject<PipelineState>(1);
  readonly stats$ = new Subject();
  readonly diagnostics$ = new Subject<PipelineError>();
  readonly measurements$ = new Subject();
  readonly calls: Call[] = [];
  readonly stopped = deferred();

  constructor() {
    this.state$.next({ status: 'starting' });
  }
  #call(name: string, ...args: readonly unknown[]): Promise<void> {
    const answer = deferred();
    this.calls.push({ name, args, answer });
    return answer.promise;
  }
  setSource(...args: unknown[]): Promise<void> {
    return this.#call('setSource', ...args);
  }
  setFilter(...args: unknown[]): Promise<void> {
    return this.#call('setFilter', ...args);
  }
  setBudget(...args: unknown[]): Promise<void> {
    return this.#call('setBudget', ...args);
  }
  stop(): Promise<void> {
    return this.stopped.promise;
  }
}

let wanted: { -readonly [A in keyof Settings]: Settings[A] | Error };
let opened: { settings: Settings; pipeline: PlayedPipeline }[];
let told: unknown[];
let store: VideoStore;
/** Thrown instead of a pipeline. */
let refusal: Error | null;

const read =
  <A extends keyof Settings>(aspect: A) =>
  (): Settings[A] => {
    const value = wanted[aspect];
    if (value instanceof Error) throw value;
    return value as Settings[A];
  };
const last = (): PlayedPipeline => opened.at(-1)!.pipeline;

beforeEach(() => {
  wanted = { ...usual };
  opened = [];
  told = [];
  refusal = null;
  store = new VideoStore(
    {
      source: read('source'),
      filter: read('filter'),
      budget: read('budget'),
      failurePolicy: read('failurePolicy'),
    },
    (settings) => {
      if (refusal !== null) throw refusal;
      const pipeline = new PlayedPipeline();
      opened.push({ settings, pipeline });
      return pipeline as unknown as Pipeline;
    },
    {
      state: ({ status }) => told.push(status),
      stats: () => told.push('stats'),
      error: (error) => told.push(`error: ${error.message}`),
      filter: ({ filter }) => told.push(`filter: ${filter.name}`),
      measurements: () => told.push('measurements'),
    },
  );
});

async function running(): Promise<PlayedPipeline> {
  const started = store.start();
  last().state$.next({ status: 'running' });
  await started;
  told.length = 0;
  return last();
}

describe('starting', () => {
  test('opens with what is wanted, and resolves when it runs', async () => {
    expect(store.state.status).toBe('idle');
    const started = store.start();
    expect(store.start()).toBe(started);
    expect(opened.map(({ settings }) => settings)).toEqual([usual]);
    expect(store.pipeline).toBe(last());
    last().state$.next({ status: 'running' });
    await started;
    await store.start();
    expect(opened).toHaveLength(1);
    expect(told).toEqual(['starting', 'running', 'filter: edge']);
  });

  test('with a mistake fails, and works when that is mended', async () => {
    wanted.filter = new TypeError('no such filter');
    await expect(store.start()).rejects.toThrow('no such filter');
    expect(told).toEqual(['failed', 'error: no such filter']);
    expect(store.error).toBe(wanted.filter);
    wanted.filter = usual.filter;
    await running();
    expect(store.state.status).toBe('running');
    expect(store.error).toBeNull();
  });

  test('tells what openPipeline refuses', async () => {
    refusal = new RangeError('too small');
    await expect(store.start()).rejects.toBe(refusal);
    expect(store.state).toEqual({ status: 'failed', error: refusal });
  });

  test('that fails rejects with the fault, and another start opens anew', async () => {
    const started = store.start();
    const error = new PipelineError('camera-denied', 'Not allowed.');
    last().state$.next({ status: 'failed', error });
    await expect(started).rejects.toBe(error);
    expect(store.pipeline).toBeNull();
    expect(told).toEqual(['starting', 'failed', 'error: Not allowed.']);
    await running();
    expect(opened).toHaveLength(2);
  });

  test('that nobody waits for leaves no rejection behind', async () => {
    void store.start();
    last().state$.next({ status: 'failed', error: new PipelineError('camera-denied', 'Not allowed.') });
    // An unhandled rejection would fail the run.
    await settled();
  });
});

describe('stopping', () => {
  test('is told at once, and resolves when all is released', async () => {
    const pipeline = await running();
    let isReleased = false;
    const stopped = store.stop().then(() => (isReleased = true));
    expect(store.state.status).toBe('stopped');
    expect(store.pipeline).toBeNull();
    await settled();
    expect(isReleased).toBe(false);
    pipeline.stopped.resolve();
    await stopped;
    expect(told).toEqual(['stopped']);
    await store.stop();
    expect(told).toEqual(['stopped']);
  });

  test('while it starts rejects the start', async () => {
    const started = store.start();
    void store.stop();
    await expect(started).rejects.toMatchObject({ code: 'aborted' });
  });

  test('and starting again opens another, and the old one is not heard any more', async () => {
    const old = await running();
    void store.stop();
    await running();
    old.state$.next({ status: 'stopped' });
    old.stats$.next({});
    old.measurements$.next({});
    expect(told).toEqual([]);
    expect(store.state.status).toBe('running');
  });

  test('by the pipeline itself ends the run', async () => {
    const pipeline = await running();
    pipeline.stats$.next({ fps: 30 });
    expect(store.stats).toEqual({ fps: 30 });
    pipeline.state$.next({ status: 'stopped' });
    expect(store.stats).toBeNull();
    expect(store.pipeline).toBeNull();
  });
});

describe('a change while it runs', () => {
  test('goes to the method of its kind, and one that changes nothing goes nowhere', async () => {
    const pipeline = await running();
    wanted.filter = { filter: edge, params: {} };
    wanted.source = { kind: 'camera' };
    store.changed(['source', 'filter', 'budget', 'failurePolicy']);
    expect(pipeline.calls).toEqual([]);
    wanted.source = { kind: 'pattern' };
    wanted.filter = { filter: blur, params: { sigma: 2 } };
    wanted.budget = { ...usual.budget, targetFps: 24 };
    store.changed(['source', 'filter', 'budget']);
    expect(pipeline.calls.map(({ name, args }) => [name, ...args])).toEqual([
      ['setSource', wanted.source],
      ['setFilter', blur, { sigma: 2 }],
      ['setBudget', wanted.budget],
    ]);
    expect(opened).toHaveLength(1);
  });

  test('of the filter is told when it is in force', async () => {
    const pipeline = await running();
    wanted.filter = { filter: blur, params: {} };
    store.changed(['filter']);
    expect(told).toEqual([]);
    pipeline.calls[0]!.answer.resolve();
    await settled();
    expect(told).toEqual(['filter: blur']);
  });

  test('waits for the one before, and of those that wait the newest is applied', async () => {
    const pipeline = await running();
    for (const filter of [blur, none, edge, blur, none]) {
      wanted.filter = { filter, params: {} };
      store.changed(['filter']);
    }
    expect(pipeline.calls).toHaveLength(1);
    pipeline.calls[0]!.answer.resolve();
    await settled();
    expect(pipeline.calls.map(({ args: [filter] }) => filter)).toEqual([blur, none]);
  });

  test('with a mistake is told, and what runs goes on', async () => {
    const pipeline = await running();
    wanted.filter = new TypeError('no such filter');
    store.changed(['filter']);
    expect(told).toEqual(['error: no such filter']);
    expect(store.state.status).toBe('running');
    expect(pipeline.calls).toEqual([]);
  });

  test('that the pipeline refuses is told, and the one before is still in force', async () => {
    const pipeline = await running();
    wanted.source = { kind: 'screen' };
    store.changed(['source']);
    pipeline.calls[0]!.answer.reject(new PipelineError('camera-denied', 'Not allowed.'));
    await settled();
    expect(told).toEqual(['error: Not allowed.']);
    // Back to what is shown: nothing is to be done.
    wanted.source = usual.source;
    store.changed(['source']);
    expect(pipeline.calls).toHaveLength(1);
    // And again to what was refused.
    wanted.source = { kind: 'screen' };
    store.changed(['source']);
    expect(pipeline.calls).toHaveLength(2);
  });

  test('that is refused because it stopped meanwhile is not told', async () => {
    const pipeline = await running();
    wanted.source = { kind: 'screen' };
    store.changed(['source']);
    void store.stop();
    pipeline.calls[0]!.answer.reject(new PipelineError('aborted', 'Not running.'));
    await settled();
    expect(told).toEqual(['stopped']);
  });

  test('of the failure policy waits for the next start, a mistake in it does not', async () => {
    await running();
    wanted.failurePolicy = new TypeError('no such policy');
    store.changed(['failurePolicy']);
    expect(told).toEqual(['error: no such policy']);
    wanted.failurePolicy = 'black';
    store.changed(['failurePolicy']);
    void store.stop();
    void store.start();
    expect(opened.at(-1)!.settings.failurePolicy).toBe('black');
  });
});

describe('a change before it runs', () => {
  test('is looked at for mistakes alone', () => {
    wanted.budget = new RangeError('too fast');
    store.changed(['source', 'budget']);
    expect(told).toEqual(['error: too fast']);
    expect(store.state.status).toBe('idle');
    expect(opened).toEqual([]);
  });

  test('while it starts goes to the pipeline, and its filter is told once, when it runs', async () => {
    const started = store.start();
    wanted.filter = { filter: blur, params: {} };
    store.changed(['filter']);
    last().calls[0]!.answer.resolve();
    await settled();
    last().state$.next({ status: 'running' });
    await started;
    expect(told).toEqual(['starting', 'running', 'filter: blur']);
  });
});

test('interruptions, faults and measurements are handed on', async () => {
  const pipeline = await running();
  const error = new PipelineError('worker-crashed', 'Gone.');
  pipeline.state$.next({ status: 'interrupted', error });
  expect(store.state).toEqual({ status: 'interrupted', error });
  pipeline.state$.next({ status: 'running' });
  pipeline.diagnostics$.next(new PipelineError('frame-failed', 'One frame.'));
  pipeline.measurements$.next({});
  expect(told).toEqual(['interrupted', 'running', 'error: One frame.', 'measurements']);
  expect(store.error?.message).toBe('One frame.');
});

test('who hears of a state may start and stop in it', async () => {
  const seen: string[] = [];
  const restarting = new VideoStore(
    { source: read('source'), filter: read('filter'), budget: read('budget'), failurePolicy: read('failurePolicy') },
    (settings) => {
      const pipeline = new PlayedPipeline();
      opened.push({ settings, pipeline });
      return pipeline as unknown as Pipeline;
    },
    {
      state: ({ status }) => {
        seen.push(status);
        if (status === 'running') void restarting.stop();
        if (status === 'failed') void restarting.start();
      },
      stats: () => undefined,
      error: () => seen.push('error'),
      filter: () => seen.push('filter'),
      measurements: () => undefined,
    },
  );
  const started = restarting.start();
  last().state$.next({ status: 'failed', error: new PipelineError('camera-busy', 'Busy.') });
  await expect(started).rejects.toMatchObject({ code: 'camera-busy' });
  expect(opened).toHaveLength(2);
  expect(restarting.state.status).toBe('starting');
  last().state$.next({ status: 'running' });
  expect(restarting.state.status).toBe('stopped');
  // Nothing is shown through a filter that was stopped before the first frame.
  expect(seen).not.toContain('filter');
}); // prettier-ignore
