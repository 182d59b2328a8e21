/**
 * `npm run simulate [-- trace.json…]`: runs the frame budget in virtual time against loads (test/simulate/README.md), with
 * everything installed first.
 */
import { runTypeScript } from './run-typescript.mjs';

await runTypeScript('test/simulate/run.ts', { quiet: true });
