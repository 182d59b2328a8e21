/** A source as an Observable of leases. */
import { Observable } from 'rxjs';
import type { FrameLease } from '../frames/frame-lease.ts';
import type { FrameSource } from '../frames/frame-source.ts';

/**
 * Emits each frame as an owned lease; completes or errors when the source ends, and stops the source when it
 * is unsubscribed. Whoever subscribes owns the leases: stock operators that drop values would leak them.
 *
 * @example framesFrom(source).pipe(latestFrame((lease) => engine.process(lease), { onDrop })).subscribe()
 * @returnsOwned
 */
export function framesFrom(source: FrameSource): Observable<FrameLease> {
  return new Observable((subscriber) =>
    source.start({
      frame: (lease) => {
        if (subscriber.closed) lease.release();
        else subscriber.next(lease);
      },
      end: (error) => {
        if (error === null) subscriber.complete();
        else subscriber.error(error);
      },
    }),
  );
}
