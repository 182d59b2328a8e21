/** Applies values one after the other; of those that are wished for meanwhile the newest alone. Without a DOM. */
import { isSame } from './settings.ts';

/**
 * @param inForce what was applied before. It stays so where `apply` fails, which `onError` is told.
 * @returns takes a wish; one for what is in force already does nothing.
 */
export function newestWins<T>(
  inForce: T,
  apply: (value: T) => Promise<void>,
  onError: (error: unknown) => void,
): (value: T) => void {
  let wished: Readonly<{ value: T }> | null = null;
  let isBusy = false;
  const work = async (): Promise<void> => {
    isBusy = true;
    while (wished !== null) {
      const { value }: Readonly<{ value: T }> = wished;
      wished = null;
      if (isSame(value, inForce)) continue;
      try {
        await apply(value);
        inForce = value;
      } catch (error) {
        onError(error);
      }
    }
    isBusy = false;
  };
  return (value) => {
    wished = { value };
    if (!isBusy) void work();
  };
}
