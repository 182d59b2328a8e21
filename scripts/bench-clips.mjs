/**
 * `npm run bench:clips [-- --only speed|memory --filter NAME,… --frames N --runs N --minutes N --write]`: measures how fast
 * clips are processed and how much memory that takes (test/bench/clips.ts), with everything installed first.
 */
import { runTypeScript } from './run-typescript.mjs';

await runTypeScript('test/bench/clips.ts');
