/**
 * The clip page: puts state, clip, job and DOM together. Data walks one way: a control changes the store, the store
 * changes the page and asks for a preview, and what the clip and the job tell comes back into the store.
 */
import { filters } from 'convolux/pipelines';
import { auditTime, merge, skip } from 'rxjs';
import { mountControls } from '../shared/controls.ts';
import { currentParams } from '../shared/filter-settings.ts';
import { addressNotice, mountNotices } from '../shared/notices.ts';
import { carryFilter } from '../shared/page-links.ts';
import { required } from '../shared/required.ts';
import { readAddress, writeAddress } from './address.ts';
import { mountChoose, openRecording, showKept } from './choose.ts';
import { Desk } from './desk.ts';
import { mountFacts } from './facts.ts';
import { mountJob } from './job-panel.ts';
import { mountOutcome } from './outcome.ts';
import { mountOutputSettings } from './output-settings.ts';
import { mountPosition } from './position.ts';
import { Processor } from './processor.ts';
import { Stage } from './stage.ts';
import { Store, whole } from './store.ts';

function compose(): void {
  const { settings, recording, complaints } = readAddress(location.search, filters);
  const store = new Store({
    settings,
    clip: { status: 'none' },
    part: whole,
    atS: 0,
    previewFault: null,
    job: { status: 'idle', after: 'nothing' },
    result: null,
    view: 'preview',
    notices: complaints.length === 0 ? [] : [addressNotice(complaints)],
  });
  const stage = new Stage();
  const desk = new Desk(store, stage.show);
  const processor = new Processor(store);

  mountNotices(store);
  mountControls(store, filters);
  mountOutputSettings(store);
  mountPosition(store, desk);
  mountFacts(store);
  mountOutcome(store);
  mountJob(store, processor);
  mountChoose(store, desk);
  stage.follow(store, desk);

  followSettings(store, desk);
  followAddress(store, recording);
  carryFilter(store);
  askBeforeLeaving(store);
  required('[data-role=unsupported]', HTMLElement).hidden = 'VideoEncoder' in globalThis;
  required('[data-role=load-fault]', HTMLElement).remove();
  void showKept();
  if (recording !== null) void openRecording(recording, store, desk);
}

/** Another filter or parameter is to be seen before and after, whatever was seen before. */
function followSettings(store: Store, desk: Desk): void {
  merge(
    store.select(({ settings }) => settings.filter).pipe(skip(1)),
    store.select(({ settings }) => currentParams(settings)).pipe(skip(1)),
  ).subscribe(() => {
    store.update({ view: 'preview' });
    desk.preview();
  });
  store
    .select(({ atS }) => atS)
    .pipe(skip(1))
    .subscribe(() => desk.preview());
}

function followAddress(store: Store, recording: string | null): void {
  // Browsers refuse more than some ten address changes a second; a slider makes more.
  merge(
    store.select(({ settings }) => settings),
    store.select(({ clip }) => clip),
  )
    .pipe(skip(2), auditTime(250))
    .subscribe(() => {
      const { settings, clip } = store.state;
      // Another clip than the recording can not be found again by an address.
      const isOther = clip.status === 'open' && !clip.source.isRecording;
      const address = writeAddress(settings, isOther ? null : recording);
      history.replaceState(history.state, '', address + location.hash);
    });
}

function askBeforeLeaving(store: Store): void {
  addEventListener('beforeunload', (event) => {
    if (store.state.job.status === 'running') event.preventDefault();
  });
}

compose();
