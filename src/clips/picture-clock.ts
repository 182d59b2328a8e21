/** Lets the sound go no farther than the picture, nearly: a container keeps in memory what is ahead. */

/** So far ahead it may be. */
const AHEAD_S = 1;

export class PictureClock {
  #positionS: number;
  #waiting: Readonly<{ timestampS: number; go: () => void }>[] = [];

  constructor(startS: number) {
    this.#positionS = startS;
  }

  /** Resolves when the picture is as far as `timestampS`, nearly. */
  waitFor(timestampS: number): Promise<void> {
    if (timestampS <= this.#positionS + AHEAD_S) return Promise.resolve();
    return new Promise((go) => {
      this.#waiting.push({ timestampS, go });
    });
  }

  /** The picture is there until `positionS`. Infinity: it waits no more. */
  advance(positionS: number): void {
    this.#positionS = Math.max(this.#positionS, positionS);
    const isFree = (timestampS: number): boolean => timestampS <= this.#positionS + AHEAD_S;
    for (const { timestampS, go } of this.#waiting) if (isFree(timestampS)) go();
    this.#waiting = this.#waiting.filter(({ timestampS }) => !isFree(timestampS));
  }
}
