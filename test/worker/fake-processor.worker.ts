/** The live worker in a browser whose workers have MediaStreamTrackProcessor. */
import './fake-track-processor.ts';
import '../../workers/live/live.worker.ts';
