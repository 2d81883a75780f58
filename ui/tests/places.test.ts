/** The places of a window: reached by click and by key, and a session that goes on is never out of sight. */
import { describe, expect, it, vi } from 'vitest';

import type { Account } from '../src/bridge/bridge';
import { liveWords } from '../src/state/live-words';
import { activityOf } from '../src/state/activity';
import { activityWords } from '../src/state/activity-words';
import { ALVA, ATHLETE, item, LIBRARY, MIRA, round, session, TRAINER, view } from '../dev/fixtures';
import { open, settle } from './window';

const ADMIN: Account = { ...TRAINER, roles: ['trainer', 'admin'] };
const waiting = session('waiting', [], { id: 'x-alva', athlete: ALVA });
const exercises = LIBRARY.slice(0, 1).map((one) => item('i-1', one, { reps: 8 }));

async function press(...keys: string[]): Promise<void> {
  for (const key of keys)
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  await settle();
}

const places = () =>
  [...document.querySelectorAll<HTMLElement>('[data-testid^="open-"][aria-keyshortcuts^="g "]')].map(
    ({ dataset }) => dataset['testid'],
  );
const current = () =>
  document.querySelector<HTMLElement>('[aria-current="page"][aria-keyshortcuts^="g "]')?.dataset['testid'];

describe('the places', () => {
  it('b59_a_trainer_sees_where_they_are', async () => {
    const window = await open(view(TRAINER));
    expect(current()).toBe('open-today');
    await window.click('open-library');
    expect(current()).toBe('open-library');
    expect(places()).not.toContain('open-studio');
  });

  it('b59_are_reached_by_two_letters', async () => {
    const window = await open(view(ADMIN), { list_users: () => ({ users: [], next: null }) });
    await press('g', 'l');
    expect(window.view()).toBe('library');
    await press('g', 's');
    expect(window.view()).toBe('studio');
    await press('g', 't');
    expect(window.view()).toBe('trainer');
  });

  it('are not reached by keys for whoever has no use for single letters', async () => {
    const window = await open(view(TRAINER));
    window.app.settings.singleKeys = false;
    await press('g', 'l');
    expect(window.view()).toBe('trainer');
  });

  it('b59_an_athlete_without_a_session_leads_to_their_page', async () => {
    const window = await open(view(TRAINER), {
      list_sessions: () => ({ sessions: [], next: null }),
      archived_exercises: () => [],
    });
    const row = window.find('athlete-row');
    await window.click('athlete-row');
    expect(window.view()).toBe('athletes');
    expect(window.find('athlete-page').dataset['athlete']).toBe(row.dataset['athlete']);
  });

  it('are all in the list of keys', async () => {
    const window = await open(view(ADMIN));
    await press('?');
    const shortcuts = window.find('shortcuts').textContent;
    for (const keys of ['G T', 'G L', 'G S']) expect(shortcuts).toContain(keys);
  });

  it('tell how many people wait', async () => {
    const window = await open(view(TRAINER, [waiting]));
    expect(window.find('waiting-count').textContent).toBe('1');
    expect(window.find('open-today').textContent).toContain('1 Person wartet');
    await window.deliver({ ...waiting, status: 'active', trainer: MIRA }, 'session-joined');
    expect(window.has('waiting-count')).toBe(false);
  });

  it('are no longer those of an admin who is none any more', async () => {
    const window = await open(view(ADMIN), { list_users: () => ({ users: [], next: null }) });
    await window.click('open-studio');
    window.bridge.emit({ type: 'view', view: view(TRAINER) });
    await settle();
    expect(window.view()).toBe('trainer');
  });
});

describe('a session that goes on', () => {
  it('b59_is_at_the_foot_of_every_other_place_with_its_state', async () => {
    const window = await open(view(TRAINER, [waiting, session('active', [round(2, 'active', exercises)])]));
    expect(window.has('to-training')).toBe(false);
    for (const place of ['open-library', 'open-settings']) {
      await window.click(place);
      const strip = window.find('to-training').textContent;
      expect(strip).toMatch(/Alva Lindqvist wartet \d+:\d\d/);
      expect(strip).toContain('Jonas Brandt Runde 2 läuft');
    }
    await window.click('to-training');
    expect(window.view()).toBe('trainer');
  });

  it('does not move a person who is elsewhere, but says what came', async () => {
    const window = await open(view(TRAINER));
    await window.click('open-library');
    await window.deliver(waiting, 'session-started');
    expect(window.view()).toBe('library');
    expect(window.find('notice').textContent).toContain('wartet auf dich');
    expect(window.find('to-training').textContent).toContain('Alva');
  });

  it('b59_is_one_key_away_also_for_whoever_types', async () => {
    const window = await open(view(TRAINER, [session('active')]));
    await window.click('open-athletes');
    expect(window.find('to-training').textContent).toContain('F2');
    const search = window.find('search-athletes');
    search.focus();
    search.dispatchEvent(new KeyboardEvent('keydown', { key: 'F2', bubbles: true, cancelable: true }));
    await settle();
    expect(window.view()).toBe('trainer');
    await press('?');
    expect(window.find('shortcuts').textContent).toContain('F2');
  });

  it('moves no athlete who looks at their settings either', async () => {
    const window = await open(view(ATHLETE, [session('active')]));
    await window.click('open-settings');
    const out = session('active', [round(1, 'released', exercises)], { version: 2 });
    await window.deliver(out, 'round-released', 'r-1');
    expect(window.view()).toBe('settings');
    expect(window.find('notice').textContent).toContain('Runde 1 ist da.');
    expect(window.find('to-training').textContent).toContain('Runde 1 ist da');
    await press('g', 't');
    expect(window.view()).toBe('round');
  });

  it('says of an athlete’s own rest what they made of it', async () => {
    vi.useFakeTimers({ now: new Date('2026-11-30T12:00:00Z'), toFake: ['Date'] });
    const done = round(1, 'completed', exercises, {
      completed_at: '2026-11-30T11:59:30Z',
      rest_after_s: 70,
    });
    const window = await open(view(ATHLETE, [session('active', [done])]));
    const strip = async () => {
      await window.click('open-history');
      const text = window.find('to-training').textContent;
      await press('g', 't');
      return text;
    };
    expect(await strip()).toContain('Pause 0:40');
    await window.click('rest-more');
    expect(await strip()).toContain('Pause 0:55');
    await window.click('rest-hold');
    window.app.clock.offset = 20_000;
    expect(await strip()).toContain('Pause 0:55');
    await window.click('rest-end');
    expect(await strip()).toContain('Pause vorbei');
  });

  it('says the same in the list of people, where no time is the session’s age', async () => {
    vi.useFakeTimers({ now: new Date('2026-11-30T12:00:00Z'), toFake: ['Date'] });
    const done = (rest_after_s: number | null) =>
      session('active', [
        round(1, 'completed', exercises, { completed_at: '2026-11-30T11:59:30Z', rest_after_s }),
      ]);
    const window = await open(view(TRAINER, [session('active')]));
    const words = () => window.find('session-row').querySelector('.text')?.textContent;
    expect(words()).toBe('bereit für die erste Runde');
    await window.deliver(done(70), 'round-completed');
    expect(words()).toBe('Pause 0:40');
    await window.deliver(done(20), 'round-completed');
    expect(words()).toBe('Pause vorbei');
    await window.deliver(done(null), 'round-completed');
    expect(words()).toBe('Runde 1 geschafft');
  });

  it('counts seconds as seconds, on a card and on a tile', async () => {
    vi.useFakeTimers({ now: new Date('2026-11-30T12:00:00Z'), toFake: ['Date'] });
    const released = (at: string) =>
      session('active', [round(1, 'released', exercises, { released_at: at })]);
    const window = await open(view(TRAINER, [released('2026-11-30T11:59:59Z')]));
    expect(window.find('round-card').textContent).toContain('freigegeben vor 1\u202Fs');
    await window.deliver(released('2026-11-30T11:57:50Z'), 'round-released');
    expect(window.find('round-card').textContent).toContain('freigegeben vor 2:10');
    const done = round(1, 'completed', exercises, { completed_at: '2026-11-30T11:59:56Z' });
    const activity = activityOf(session('active', [done]), Date.now());
    expect(activityWords(activity, Date.now()).detail).toContain('vor 4\u202Fs');
  });

  it('says what a time counts', async () => {
    await open(view(TRAINER));
    vi.useFakeTimers({ now: new Date('2026-11-30T12:00:00Z') });
    const now = Date.now();
    const done = round(1, 'completed', exercises, { completed_at: '2026-11-30T11:59:30Z' });
    expect(liveWords(session('waiting', [], { started_at: '2026-11-30T11:57:50Z' }), now)).toBe(
      'wartet 2:10',
    );
    expect(liveWords(session('active'), now)).toBe('bereit für die erste Runde');
    expect(liveWords(session('active', [{ ...done, rest_after_s: 70 }]), now)).toBe('Pause 0:40');
    expect(liveWords(session('active', [{ ...done, rest_after_s: 20 }]), now)).toBe('Pause vorbei');
    expect(liveWords(session('active', [{ ...done, rest_after_s: null }]), now)).toBe('Runde 1 geschafft');
    expect(liveWords(session('active', [done, round(2, 'released', exercises)]), now)).toBe('Runde 2 ist da');
  });
});
