/**
 * Errors across Comlink with class, code, cause and context: Comlink's own handler keeps name and message only.
 * Both sides import this once, before the first call.
 */
import { transferHandlers } from 'comlink';
import { deserializeError, serializeError, type SerializedError } from '../src/core/errors.ts';

/** Comlink's form of a thrown value: it marks it with a symbol of its own. */
type Thrown = { value: unknown };

export function installThrowHandler(): void {
  const builtIn = transferHandlers.get('throw');
  if (builtIn === undefined) throw new Error('convolux invariant broken: Comlink has no throw handler');
  transferHandlers.set('throw', {
    canHandle: (value): value is unknown => builtIn.canHandle(value),
    serialize: (thrown) => [serializeError((thrown as Thrown).value), []],
    deserialize: (data) => {
      throw deserializeError(data as SerializedError);
    },
  });
}
