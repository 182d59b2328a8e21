/** Memory for bytes that are also read or written as 32-bit words: planes on their way in and out. */
export class WordBytes {
  bytes = new Uint8Array(0);
  /** The same memory; the last word may be longer than the bytes. */
  words = new Uint32Array(0);

  /**
   * Exactly `length` bytes, the same memory as long as that stays.
   * @returns whether the memory is a new one.
   */
  reserve(length: number): boolean {
    if (this.bytes.length === length) return false;
    const memory = new ArrayBuffer(4 * Math.ceil(length / 4));
    this.bytes = new Uint8Array(memory, 0, length);
    this.words = new Uint32Array(memory);
    return true;
  }
}
