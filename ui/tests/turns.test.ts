import { expect, it, vi } from 'vitest';

import { inTurns } from '../src/bridge/turns';

it('hands on what comes before the next turn in that turn, in order', async () => {
  const turns: number[][] = [];
  let turn: number[] | null = null;
  const take = inTurns((one: number) => {
    if (!turn) {
      const opened: number[] = [];
      turn = opened;
      turns.push(opened);
      // The end of the turn, where Svelte draws.
      queueMicrotask(() => (turn = null));
    }
    turn.push(one);
  });
  for (const one of [1, 2, 3]) take(one);
  expect(turns).toEqual([]);
  await vi.waitFor(() => {
    expect(turns).toEqual([[1, 2, 3]]);
  });
  take(4);
  await vi.waitFor(() => {
    expect(turns).toEqual([[1, 2, 3], [4]]);
  });
});

it('hands on what comes after one that can’t be handled', async () => {
  const received: number[] = [];
  const failed = new Promise((resolve) => {
    process.once('uncaughtException', resolve);
  });
  const take = inTurns((one: number) => {
    if (one === 1) throw new Error('it can’t be handled');
    received.push(one);
  });
  take(1);
  take(2);
  await failed;
  await vi.waitFor(() => {
    expect(received).toEqual([2]);
  });
});
