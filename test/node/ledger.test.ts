import { expect, test } from 'vitest';
import { isSettled, Ledger, LEDGER_ACCOUNTS } from '../../src/core/ledger.ts';

test.each(LEDGER_ACCOUNTS)('%s: what is opened counts until it is given back', (account) => {
  const ledger = new Ledger();
  const [first, second] = [ledger.open(account), ledger.open(account)];
  expect(ledger.balance()[account]).toBe(2);
  expect(isSettled(ledger.balance())).toBe(false);
  first.release();
  expect(ledger.balance()[account]).toBe(1);
  second.release();
  expect(isSettled(ledger.balance())).toBe(true);
});

test('giving one back twice throws, and does not pay for another', () => {
  const ledger = new Ledger();
  const [first] = [ledger.open('textures'), ledger.open('textures')];
  first.release();
  expect(() => first.release()).toThrow('ledger: one of the textures was released twice');
  expect(ledger.balance().textures).toBe(1);
});

test('accounts are kept apart, and a balance is of its moment', () => {
  const ledger = new Ledger();
  const before = ledger.balance();
  ledger.open('frames');
  expect(before.frames).toBe(0);
  expect(ledger.balance()).toEqual({ frames: 1, textures: 0, programs: 0, contexts: 0, workers: 0 });
});
