/**
 * Counts what page and workers say to each other: an init script that stands before `postMessage` and listens beside
 * every listener. Frames that travel in a transferred stream are no messages, and that is what is to be shown.
 */
import type { BrowserContext, Page } from '@playwright/test';

/** Messages between the page and its workers, and over message channels, since the page was loaded. */
export type MessageCounts = Readonly<{ toWorker: number; fromWorker: number; overPorts: number }>;

type Counts = { -readonly [Name in keyof MessageCounts]: number };

export async function spyOnMessages(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const counts: Counts = { toWorker: 0, fromWorker: 0, overPorts: 0 };
    Object.defineProperty(globalThis, 'messageSpy', { value: counts });
    const spyOn = (
      prototype: Worker | MessagePort,
      { sent, received }: { sent: keyof Counts; received: keyof Counts },
    ): void => {
      const original = Reflect.get(prototype, 'postMessage') as (...args: unknown[]) => void;
      const heard = new WeakSet<object>();
      Object.assign(prototype, {
        postMessage(this: object, ...args: unknown[]) {
          counts[sent] += 1;
          original.apply(this, args);
        },
        addEventListener(this: EventTarget, ...args: Parameters<EventTarget['addEventListener']>) {
          const count = (): void => {
            counts[received] += 1;
          };
          if (args[0] === 'message' && !heard.has(this)) {
            heard.add(this);
            EventTarget.prototype.addEventListener.call(this, 'message', count);
          }
          EventTarget.prototype.addEventListener.apply(this, args);
        },
      });
    };
    spyOn(Worker.prototype, { sent: 'toWorker', received: 'fromWorker' });
    spyOn(MessagePort.prototype, { sent: 'overPorts', received: 'overPorts' });
  });
}

export async function messagesSoFar(page: Page): Promise<MessageCounts> {
  return page.evaluate(() => ({ ...(Reflect.get(globalThis, 'messageSpy') as MessageCounts) }));
}
