/**
 * `npm run bench:recovery [-- --trials N]`: measures how soon the picture is back after a fault (test/bench/recovery.ts), with
 * everything installed first.
 */
import { runTypeScript } from './run-typescript.mjs';

await runTypeScript('test/bench/recovery.ts');
