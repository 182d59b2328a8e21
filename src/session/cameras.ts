import { concatMap, distinctUntilChanged, Observable } from 'rxjs';
import { listCameras, watchCameras, type Camera } from '../frames/page/camera-list.ts';

/**
 * The cameras of this machine: now, and whenever one is plugged in or out, or its name becomes known. Errors with a
 * PipelineError `camera-unsupported` on a page that can't have a camera at all.
 */
export function cameras$(): Observable<readonly Camera[]> {
  const looks$ = new Observable<void>((subscriber) => {
    const forget = watchCameras(() => {
      subscriber.next();
    });
    subscriber.next();
    return forget;
  });
  return looks$.pipe(
    concatMap(() => listCameras()),
    distinctUntilChanged((a, b) => JSON.stringify(a) === JSON.stringify(b)),
  );
}
