/**
 * `npm run bench:ops [-- --bars --op NAME,… --size WxH,… --runs N --write]`: measures the operators against their peers
 * (test/bench/ops.ts), with everything installed first.
 */
import { runTypeScript } from './run-typescript.mjs';

await runTypeScript('test/bench/ops.ts');
