/**
 * How long a property may take. One that shrinks without an end, or waits for ever, fails with the counterexample that it
 * has found so far, well before the test's own time is over, which would tell of none.
 */
import fc from 'fast-check';

fc.installGlobalPlugin(fc.interruptAfterTimeLimit(20_000, { failOnInterrupt: true }));
