/** The live worker on a machine whose graphics fail when a test says so. */
import './fail-gl.ts';
import '../../workers/live/live.worker.ts';
