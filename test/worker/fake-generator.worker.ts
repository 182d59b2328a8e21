/** The live worker in a browser whose workers have VideoTrackGenerator. */
import './fake-track-generator.ts';
import '../../workers/live/live.worker.ts';
