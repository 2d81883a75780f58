import { describe, expect, it } from 'vitest';

import { Clock } from '../src/state/clock.svelte';
import { StoredMap } from '../src/state/stored-map.svelte';
import { asStoredRest, RestTimer } from '../src/state/rest';
import type { LocalStore } from '../src/state/local-store';
import { memoryStore } from './memory-store';

const DONE = Date.parse('2026-11-23T10:00:00.000Z');

function setUp(rest_after_s: number | null = 90, store: LocalStore = memoryStore()) {
  const machine = { now: DONE };
  const clock = new Clock(() => machine.now);
  const finished = { id: 'r-1', completed_at: new Date(DONE).toISOString(), rest_after_s };
  const rest = new RestTimer(finished, clock, new StoredMap(store, 'rest.', asStoredRest));
  return { machine, clock, rest, store };
}

describe('a rest', () => {
  it('is right after a minute asleep', () => {
    const { machine, rest } = setUp();
    expect(rest.seconds).toBe(90);
    machine.now += 60_000;
    expect(rest.seconds).toBe(30);
    machine.now += 60_000;
    expect(rest.left).toBe(0);
  });

  it('is measured by the server’s clock', () => {
    const { clock, rest } = setUp();
    clock.offset = 10_000;
    expect(rest.seconds).toBe(80);
  });

  it('stops while it is held', () => {
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

  it('can be extended by fifteen seconds, several times', () => {
    const { rest } = setUp();
    rest.extend();
    rest.extend();
    expect(rest.seconds).toBe(120);
  });

  it('can be ended, which differs from running out', () => {
    const { rest } = setUp();
    expect(rest.wasEnded).toBe(false);
    rest.end();
    expect(rest.left).toBe(0);
    expect(rest.wasEnded).toBe(true);
  });

  it('stays held and extended across a reload', () => {
    const { rest, store } = setUp();
    rest.extend();
    rest.hold();
    const again = setUp(90, store);
    again.machine.now += 500_000;
    expect(again.rest.seconds).toBe(105);
  });

  it('is absent when the trainer set none', () => {
    expect(setUp(null).rest.left).toBe(0);
  });
});
