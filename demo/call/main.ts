/**
 * The call page: puts state, call and DOM together. Data walks one way: a control changes the store, the store changes the
 * page and the call, and what the call tells comes back into the store.
 */
import { cameras$ } from 'convolux';
import { filters } from 'convolux/pipelines';
import { auditTime, catchError, merge, of, skip } from 'rxjs';
import { mountControls } from '../shared/controls.ts';
import { currentParams } from '../shared/filter-settings.ts';
import { addressNotice, mountNotices } from '../shared/notices.ts';
import { carryFilter } from '../shared/page-links.ts';
import { required } from '../shared/required.ts';
import { mountActions } from './actions.ts';
import { readAddress, writeAddress } from './address.ts';
import { Call } from './call.ts';
import { mountCodeSample } from './code-sample.ts';
import { createFigures } from './figures.ts';
import { mountFailure, mountSource } from './picture-settings.ts';
import { Store } from './store.ts';
import { Stage } from './view.ts';

function compose(): void {
  const { settings, complaints } = readAddress(location.search, filters);
  const store = new Store({
    settings,
    call: { status: 'idle', after: 'load' },
    isVideoOn: true,
    cameras: null,
    notices: complaints.length === 0 ? [] : [addressNotice(complaints)],
  });
  const stage = new Stage();
  const call = new Call(store, stage);

  mountNotices(store);
  mountControls(store, filters);
  mountSource(store);
  mountFailure(store);
  mountCodeSample(store);
  mountActions(store, call);
  call.figures$.subscribe(createFigures(required('[data-role=figures]', HTMLElement)));
  store.select((state) => state).subscribe((state) => stage.render(state));

  // A page that can have none at all is told so when it asks for one.
  cameras$()
    .pipe(catchError(() => of([])))
    .subscribe((cameras) => store.update({ cameras }));
  followSettings(store, call);
  // The camera must not stay on for a page that lies in the back-forward cache.
  addEventListener('pagehide', () => void call.hangUp('hang-up'));
  required('[data-role=load-fault]', HTMLElement).remove();
}

function followSettings(store: Store, call: Call): void {
  merge(
    store.select(({ settings }) => settings.filter).pipe(skip(1)),
    store.select(({ settings }) => currentParams(settings)).pipe(skip(1)),
  ).subscribe(() => call.applyLook());
  store
    .select(({ settings }) => settings.source)
    .pipe(skip(1))
    .subscribe(() => call.applySource());

  // Browsers refuse more than some ten address changes a second; a slider makes more.
  store
    .select(({ settings }) => settings)
    .pipe(skip(1), auditTime(250))
    .subscribe((settings) => {
      history.replaceState(history.state, '', writeAddress(settings) + location.hash);
    });
  carryFilter(store);
}

compose();
