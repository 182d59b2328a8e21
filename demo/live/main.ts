/**
 * The live page: puts state, pipeline and DOM together. Data walks one way: a control changes the
 * store, the store changes the page and the pipeline, the pipeline's states come back into the store.
 */
import { filters } from 'convolux/pipelines';
import { auditTime, merge, pairwise, skip } from 'rxjs';
import { mountControls } from '../shared/controls.ts';
import { currentParams } from '../shared/filter-settings.ts';
import { addressNotice, mountNotices } from '../shared/notices.ts';
import { carryFilter } from '../shared/page-links.ts';
import { required } from '../shared/required.ts';
import { activeSource, mountActions, mountShortcuts } from './actions.ts';
import { cameraPresence, isCameraGranted } from './camera-presence.ts';
import { mountBudgetSettings } from './budget-settings.ts';
import { createDecisionLog } from './decision-log.ts';
import { mountDeviceSettings, mountViewSettings } from './device-settings.ts';
import { createFigures } from './figures.ts';
import { createMotionBox, movingIn, type Moving } from './moving.ts';
import { createPlan } from './plan.ts';
import { mountRecorder } from './recorder-bar.ts';
import { Recorder } from './recorder.ts';
import { Runner } from './runner.ts';
import { Store, type Settings } from './store.ts';
import { createTimeline } from './timeline.ts';
import { readSettings, writeSettings } from './url-state.ts';
import { Stage } from './view.ts';
import { mountVolume } from './volume-controls.ts';

function compose(): void {
  const { settings, complaints } = readSettings(location.search, filters);
  const store = new Store({
    settings,
    phase: { status: 'idle', after: 'load' },
    recorder: 'off',
    camera: 'unknown',
    notices: complaints.length === 0 ? [] : [addressNotice(complaints)],
  });
  const stage = new Stage();
  const runner = new Runner(store, stage);
  const recorder = new Recorder(store, runner);

  mountNotices(store);
  mountControls(store, filters);
  const hasShortcuts = mountViewSettings(store, filters.length);
  mountDeviceSettings(store);
  mountBudgetSettings(store);
  mountActions(store, runner, recorder);
  mountRecorder(store, recorder);
  mountVolume(store, runner);
  mountShortcuts(store, runner, filters, hasShortcuts);

  showRuns(runner, stage);
  store.select((state) => state).subscribe((state) => stage.render(state));
  cameraPresence().subscribe((camera) => store.update({ camera }));

  followSettings(store, runner);
  // The camera must not stay on for a page that lies in the back-forward cache.
  addEventListener('pagehide', () => void runner.stop());
  void startFromAddress(settings, runner);
  required('[data-role=load-fault]', HTMLElement).remove();
}

/** What a run tells: the figures, how it is computed, what was decided, and where to look. */
function showRuns(runner: Runner, stage: Stage): void {
  const showFigures = createFigures(required('[data-role=figures]', HTMLElement));
  const showTimeline = createTimeline(required('[data-role=timeline]', HTMLElement));
  const showPlan = createPlan(required('[data-role=plan]', HTMLDetailsElement));
  const log = createDecisionLog(required('[data-role=decisions]', HTMLDetailsElement));
  const showBox = createMotionBox(required('[data-role=stage]', HTMLElement));
  let moving: Moving | undefined;
  movingIn(runner.measurements$).subscribe((newest) => {
    moving = newest;
    showBox(newest?.box ?? null);
  });
  runner.stats$.subscribe((stats) => {
    // At the pace of the others: a number for each frame could not be read.
    showFigures(stats === undefined ? undefined : { ...stats, moving });
    showTimeline(stats);
    showPlan(stats?.plan ?? '');
    if (stats === undefined) return;
    stage.fit(stats.fullWidth, stats.fullHeight);
    if (stats.output !== '') stage.show(stats.output);
  });
  runner.decisions$.subscribe((decision) => {
    if (decision === undefined) log.clear();
    else log.add(decision);
  });
}

function followSettings(store: Store, runner: Runner): void {
  const settings$ = store.select((state) => state.settings).pipe(skip(1));
  merge(
    store.select(({ settings }) => settings.filter).pipe(skip(1)),
    store.select(({ settings }) => currentParams(settings)).pipe(skip(1)),
  ).subscribe(() => runner.applyLook());

  merge(
    store.select(({ settings }) => settings.fps).pipe(skip(1)),
    store.select(({ settings }) => settings.degradation).pipe(skip(1)),
    store.select(({ settings }) => settings.load).pipe(skip(1)),
  ).subscribe(() => runner.applyBudget());

  // Size, driver and output are given to a pipeline when it is opened: a change opens a new one.
  store
    .select(({ settings }) => settings)
    .pipe(pairwise())
    .subscribe(([before, after]) => {
      const source = activeSource(store.state);
      if (source !== undefined && needsRestart(before, after, source)) void runner.start(source);
    });

  // Browsers refuse more than some ten address changes a second; a slider makes more.
  settings$.pipe(auditTime(250)).subscribe((settings) => {
    history.replaceState(history.state, '', writeSettings(settings) + location.hash);
  });
  carryFilter(store);
}

function needsRestart(before: Settings, after: Settings, source: Settings['source']): boolean {
  return (
    before.output !== after.output ||
    (before.size !== after.size && (source === 'camera' || source === 'pattern')) ||
    (before.driver !== after.driver && source === 'camera')
  );
}

/** A clip or a pattern asks nobody's permission; the camera starts by itself only where it has it. */
async function startFromAddress({ source }: Settings, runner: Runner): Promise<void> {
  if (source === undefined) return;
  if (source === 'camera' && !(await isCameraGranted())) return;
  await runner.start(source);
}

compose();
