/** The live worker on a machine with broken graphics. */
import './break-gl.ts';
import '../../workers/live/live.worker.ts';
