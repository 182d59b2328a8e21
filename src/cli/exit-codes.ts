/** What the command's exit status says. */
export const EXIT_CODES = Object.freeze({
  done: 0,
  /** A clip could not be made; the others were. */
  failed: 1,
  /** Nothing was begun: an option, a file or a name is wrong. */
  usage: 2,
  noBrowser: 3,
});

/** By a signal: 128 and its number, as shells have it. */
export const SIGNAL_CODES = Object.freeze({
  /** The terminal is gone. */
  SIGHUP: 129,
  /** Ctrl+C. */
  SIGINT: 130,
  /** As a supervisor sends it. */
  SIGTERM: 143,
});
export type EndingSignal = keyof typeof SIGNAL_CODES;
export const ENDING_SIGNALS = Object.freeze(Object.keys(SIGNAL_CODES) as EndingSignal[]);
