/** `npm run bench:budget`: what the frame budget costs per frame (test/bench/budget.ts), with everything installed first. */
import { runTypeScript } from './run-typescript.mjs';

await runTypeScript('test/bench/budget.ts', { quiet: true });
