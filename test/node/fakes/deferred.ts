/** A promise that a test settles, and a wait for all that follows from it. */
export type Deferred<T> = Readonly<{
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (error: unknown) => void;
}>;

export function deferred<T = void>(): Deferred<T> {
  let settle: Pick<Deferred<T>, 'resolve' | 'reject'> | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...settle! };
}

/** Resolves when every promise that could settle has. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
