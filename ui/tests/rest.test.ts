import { describe, expect, it } from 'vitest';

import { Clock } from '../src/state/clock.svelte';
import { Kept } from '../src/state/kept.svelte';
import { asStoredRest, RestTimer } from '../src/state/rest';
import type { Shelf } from '../src/state/shelf';
import { memoryShelf } from './memory';

const DONE = Date.parse('2026-11-23T10:00:00.000Z');

function setUp(rest_after_s: number | null = 90, shelf: Shelf = memoryShelf()) {
  const machine = { now: DONE };
  const clock = new Clock(() => machine.now);
  const finished = { id: 'r-1', completed_at: new Date(DONE).toISOString(), rest_after_s };
  const rest = new RestTimer(finished, clock, new Kept(shelf, 'rest.', asStoredRest));
  return { machine, clock, rest, shelf };
}

describe('a rest', () => {
  it('is computed, so that it is right after a minute asleep', () => {
    const { machine, rest } = setUp();
    expect(rest.seconds).toBe(90);
    machine.now += 60_000;
    expect(rest.seconds).toBe(30);
    machine.now += 60_000;
    expect(rest.left).toBe(0);
  });

  it('goes by the server’s clock', () => {
    const { clock, rest } = setUp();
    clock.offset = 10_000;
    expect(rest.seconds).toBe(80);
  });

  it('stands still while it is held', () => {
    const { machine, rest } = setUp();
    machine.now += 30_000;
    rest.hold();
    machine.now += 120_000;
    expect(rest.isHeld).toBe(true);
    expect(rest.seconds).toBe(60);
    rest.resume();
    machine.now += 10_000;
    expect(rest.seconds).toBe(50);
  });

  it('takes fifteen seconds more, as often as wanted', () => {
    const { rest } = setUp();
    rest.more();
    rest.more();
    expect(rest.seconds).toBe(120);
  });

  it('can be ended, which is told apart from running out', () => {
    const { rest } = setUp();
    expect(rest.wasEnded).toBe(false);
    rest.end();
    expect(rest.left).toBe(0);
    expect(rest.wasEnded).toBe(true);
  });

  it('remembers being held and lengthened across a reload', () => {
    const { rest, shelf } = setUp();
    rest.more();
    rest.hold();
    const again = setUp(90, shelf);
    again.machine.now += 500_000;
    expect(again.rest.seconds).toBe(105);
  });

  it('does not exist when the trainer set none', () => {
    expect(setUp(null).rest.left).toBe(0);
  });
});
