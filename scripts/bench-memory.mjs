/**
 * `npm run bench:memory [-- --frames N --filter NAME]`: measures what each frame leaves behind in a running pipeline
 * (test/bench/memory.ts), with everything installed first.
 */
import { runTypeScript } from './run-typescript.mjs';

await runTypeScript('test/bench/memory.ts');
