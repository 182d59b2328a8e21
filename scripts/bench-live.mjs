/**
 * `npm run bench:live [-- --size WxH,… --filter NAME,… --driver NAME --output NAME --seconds N]`: measures the live page
 * (test/bench/live.ts), with everything installed first.
 */
import { runTypeScript } from './run-typescript.mjs';

await runTypeScript('test/bench/live.ts');
