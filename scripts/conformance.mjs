/**
 * `npm run conformance -- FILE.json… [--backend reference|webgl2|all]`: runs cases that others wrote (see
 * test/conformance/README.md), with everything installed first.
 */
import { runTypeScript } from './run-typescript.mjs';

await runTypeScript('test/conformance/main.ts', { quiet: true });
