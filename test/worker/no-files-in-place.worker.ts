/** The live worker where files are not of the browser's own file system: they can not be written in place. */
import '../../workers/live/live.worker.ts';

Reflect.deleteProperty(FileSystemFileHandle.prototype, 'createSyncAccessHandle');
