/** A mistake in what was typed, worded for who typed it. Nothing has begun when it is thrown. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
