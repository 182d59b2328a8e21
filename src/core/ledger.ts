/**
 * The ledger counts what must be given back: open frames, textures, programs, contexts, workers.
 * Every test ends with it where it began. One ledger per thread; it owns nothing itself.
 */

export const LEDGER_ACCOUNTS = ['frames', 'textures', 'programs', 'contexts', 'workers'] as const;
export type LedgerAccount = (typeof LEDGER_ACCOUNTS)[number];

/** How many of each are open now. */
export type LedgerBalance = Readonly<Record<LedgerAccount, number>>;

/** Proof that something was opened; giving it back twice is a fault and throws. */
export interface LedgerToken {
  /** @throws Error on the second call. */
  release(): void;
}

export class Ledger {
  readonly #open: Record<LedgerAccount, number> = {
    frames: 0,
    textures: 0,
    programs: 0,
    contexts: 0,
    workers: 0,
  };
  #bytes = 0;

  /** @param bytes what it holds, where that is known: textures. */
  open(account: LedgerAccount, bytes = 0): LedgerToken {
    this.#open[account]++;
    this.#bytes += bytes;
    let released = false;
    return {
      release: () => {
        if (released) throw new Error(`ledger: one of the ${account} was released twice`);
        released = true;
        this.#open[account]--;
        this.#bytes -= bytes;
      },
    };
  }

  /** Bytes of all textures that are open now. */
  get textureBytes(): number {
    return this.#bytes;
  }

  balance(): LedgerBalance {
    return { ...this.#open };
  }
}

/** Whether nothing is open. */
export function isSettled(balance: LedgerBalance): boolean {
  return LEDGER_ACCOUNTS.every((account) => balance[account] === 0);
}
