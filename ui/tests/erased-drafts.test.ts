/** What is half typed about somebody who was erased leaves the device, and nothing else does (b07, b37). */
import { beforeEach, describe, expect, it } from 'vitest';

import { FORMER_NAMES } from '../src/bridge/generated';
import { ALVA, athlete, ATHLETE, item, JONAS, LIBRARY, round, session, TRAINER, view } from '../dev/fixtures';
import { summary } from '../dev/history-scenes';
import { failure, type Answers } from '../dev/scripted';
import { open, settle } from './window';

const PREFIX = `ringside.draft.${TRAINER.id}.`;
const done = round(1, 'completed', [item('i-1', LIBRARY[0] as (typeof LIBRARY)[0], { reps: 8 })]);
const theirs = session('completed', [done], { ended_at: '2026-11-24T17:00:00Z' });
const former = { ...theirs, athlete: { id: JONAS.id, name: FORMER_NAMES.athlete } };
const mine = { athletes: [athlete(JONAS), athlete(ALVA)] };
const others = { athletes: [athlete(ALVA)] };

const text = { text: 'Schulter schonen', pinned: false, base: { text: '', pinned: false, version: 0 } };
const DRAFTS: Record<string, unknown> = {
  [`journal-entry.${JONAS.id}.new`]: text,
  [`record.${JONAS.id}`]: { day: '2026-11-24', time: '18:00', minutes: '60', lines: [] },
  [`import.${JONAS.id}`]: { id: 'imp-1', name: 'jonas.csv', file: null, chosen: {}, committing: false },
  [`note.${theirs.id}`]: text,
  [`correction.${done.id}.i-1`]: {
    session: theirs.id,
    texts: {},
    reason: 'Vertippt',
    based: 1,
    before: null,
  },
};
const PLAN = `${TRAINER.id}.plan.${theirs.id}/new`;
const OF_ALVA = `journal-entry.${ALVA.id}.new`;

const kept = () =>
  Object.keys(localStorage)
    .filter((key) => key.startsWith(PREFIX))
    .map((key) => key.slice(PREFIX.length))
    .toSorted();
const all = [...Object.keys(DRAFTS), OF_ALVA].toSorted();

beforeEach(() => {
  for (const [key, draft] of Object.entries({ ...DRAFTS, [OF_ALVA]: text }))
    localStorage.setItem(PREFIX + key, JSON.stringify(draft));
});

const opened = (answers: Answers = {}) => open(view(TRAINER, [theirs], mine), answers);

async function readAnew(window: Awaited<ReturnType<typeof opened>>, shown: ReturnType<typeof view>) {
  window.bridge.emit({ type: 'view', view: shown });
  await settle();
}

describe('what is half typed about an athlete', () => {
  it('goes when they were erased, also what was planned for them', async () => {
    const stored = `ringside.${PLAN}`;
    localStorage.setItem(stored, JSON.stringify({ items: [], rest: '', base: '', round_id: null }));
    const window = await opened();
    expect(localStorage.getItem(stored)).not.toBeNull();
    await readAnew(window, view(TRAINER, [former], others));
    expect(localStorage.getItem(stored)).toBeNull();
  });

  it('stays while they are there', async () => {
    await opened();
    expect(kept()).toEqual(all);
  });

  it('goes when they were erased, and what is typed about others stays', async () => {
    const window = await opened();
    await readAnew(window, view(TRAINER, [former], others));
    expect(kept()).toEqual([OF_ALVA]);
    expect(window.app.drafts.entries).toHaveLength(1);
  });

  it('goes at the next start, if they were erased before that', async () => {
    await open(view(TRAINER, [former], others));
    expect(kept()).toEqual([OF_ALVA]);
  });

  it('stays when they got another trainer', async () => {
    const window = await opened();
    await readAnew(window, view(TRAINER, [theirs], others));
    expect(kept()).toEqual(all);
    const cause = { event: 'athlete-removed', round_id: null, at: '2026-12-01T12:00:00Z' } as const;
    window.bridge.emit({ type: 'gone', entity: { kind: 'athlete', id: JONAS.id }, cause });
    await settle();
    expect(kept()).toEqual(all);
  });

  it('goes when the server knows nothing of them that may be read', async () => {
    const gone = () => Promise.reject(failure('not-found'));
    const window = await opened({ list_sessions: gone, read_session: gone });
    await readAnew(window, view(TRAINER, [], others));
    expect(kept()).toEqual([OF_ALVA]);
  });

  it('goes with an athlete who is removed and of whom nothing is left', async () => {
    const gone = () => Promise.reject(failure('not-found'));
    const window = await open(view(TRAINER, [], mine), { list_sessions: gone, read_session: gone });
    const cause = { event: 'athlete-removed', round_id: null, at: '2026-12-01T12:00:00Z' } as const;
    window.bridge.emit({ type: 'gone', entity: { kind: 'athlete', id: JONAS.id }, cause });
    await settle();
    expect(kept()).toEqual([OF_ALVA]);
  });

  it('goes when sessions that this device no longer has name a former athlete', async () => {
    const window = await opened({
      list_sessions: () => ({ sessions: [summary({ athlete: former.athlete })], next: null }),
      read_session: () => former,
    });
    await readAnew(window, view(TRAINER, [], others));
    expect(kept()).toEqual([OF_ALVA]);
  });

  it('stays while the server can’t be asked', async () => {
    const away = () => Promise.reject(failure('unreachable'));
    const window = await opened({ list_sessions: away, read_session: away });
    await readAnew(window, view(TRAINER, [], others));
    await readAnew(window, view(TRAINER, [], { ...others, loaded: false }));
    expect(kept()).toEqual(all);
  });

  it('stays of an athlete’s own past', async () => {
    localStorage.clear();
    const own = `ringside.draft.${ATHLETE.id}.record.${ATHLETE.id}`;
    localStorage.setItem(own, JSON.stringify(DRAFTS[`record.${JONAS.id}`]));
    await open(view(ATHLETE, []));
    expect(localStorage.getItem(own)).not.toBeNull();
  });
});
