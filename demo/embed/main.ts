/**
 * The page about the element: three of them, each used in another way. What a control changes becomes an attribute; the
 * rest is the elements' own.
 */
import 'convolux/define';
import { filters } from 'convolux/pipelines';
import { auditTime, skip } from 'rxjs';
import sampleUrl from '../shared/assets/sample.webm?url';
import posterUrl from '../shared/assets/poster.webp?url';
import { mountControls } from '../shared/controls.ts';
import { readFilter, writeFilter } from '../shared/filter-settings.ts';
import { addressNotice, mountNotices } from '../shared/notices.ts';
import { carryFilter } from '../shared/page-links.ts';
import { required } from '../shared/required.ts';
import { mountCamera } from './camera.ts';
import { mountEventLog } from './event-log.ts';
import { mountPattern } from './pattern.ts';
import { Store } from './store.ts';
import { videoElement } from './video-element.ts';

function compose(): void {
  const complaints: string[] = [];
  const settings = readFilter(new URLSearchParams(location.search), filters, {
    usual: 'edge',
    pageKeys: new Set(),
    complaints,
  });
  const store = new Store({
    settings,
    notices: complaints.length === 0 ? [] : [addressNotice(complaints)],
  });

  mountNotices(store);
  mountControls(store, filters);
  mountCamera(store, videoElement('camera'));
  mountEventLog(videoElement('camera'));
  mountPattern(videoElement('pattern'));
  const clip = videoElement('clip');
  clip.src = sampleUrl;
  clip.poster = posterUrl;

  carryFilter(store);
  followAddress(store);
  required('[data-role=page]', HTMLElement).dataset['state'] = 'ready';
  required('[data-role=load-fault]', HTMLElement).remove();
}

function followAddress(store: Store): void {
  // Browsers refuse more than some ten address changes a second; a slider makes more.
  store
    .select(({ settings }) => settings)
    .pipe(skip(1), auditTime(250))
    .subscribe((settings) => {
      const query = new URLSearchParams();
      writeFilter(query, settings);
      history.replaceState(history.state, '', `?${query.toString()}${location.hash}`);
    });
}

compose();
