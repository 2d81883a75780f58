/** What somebody is doing when something else happens: an arrival, an answer that takes its time, the settings on top. */
import { describe, expect, it } from 'vitest';

import type { Round } from '../src/bridge/bridge';
import { ATHLETE, item, LIBRARY, round, session, TRAINER, view } from '../dev/fixtures';
import { failure } from '../dev/scripted';
import { isolated } from '../src/words/names';
import { open, settle } from './window';

const [bench] = LIBRARY as [(typeof LIBRARY)[0]];
const items = () => [item('i-1', bench, { weight_kg: 80, reps: 8 })];
const other = (status: 'waiting' | 'active') => ({
  ...session(status),
  id: 's-other',
  athlete: { id: 'p-other', name: 'Other' },
});

async function press(key: string, more: KeyboardEventInit = {}): Promise<void> {
  const at = document.activeElement ?? document.body;
  at.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }));
  await settle();
}

const focused = () => (document.activeElement as HTMLElement | null)?.dataset['testid'];
const value = (element: HTMLElement) => (element as HTMLInputElement).value;

describe('b7: a half-typed reason', () => {
  it('stays when the trainer joins meanwhile', async () => {
    const window = await open(view(ATHLETE, [session('waiting')]));
    await window.click('cancel-session');
    await window.type('cancel-reason', 'Feuer');
    await window.deliver(session('active'), 'session-joined');
    expect(window.view()).toBe('between');
    expect(value(window.find('cancel-reason'))).toBe('Feuer');
  });

  it('stays, with its session, when another athlete’s begins', async () => {
    const window = await open(view(TRAINER, [session('waiting')]));
    await window.click('cancel-session');
    await window.type('cancel-reason', 'Feuer');
    await window.deliver(other('active'), 'session-joined');
    expect(value(window.find('cancel-reason'))).toBe('Feuer');
  });

  it('is kept for the same session and cleared for the next', async () => {
    const window = await open(view(ATHLETE, [session('active')]), {
      cancel_session: () => session('cancelled'),
    });
    await window.click('cancel-session');
    await window.type('cancel-reason', 'Feuer');
    window.find('confirm-cancel').closest('dialog')?.close();
    await settle();
    await window.click('cancel-session');
    expect(value(window.find('cancel-reason'))).toBe('Feuer');
    await window.click('confirm-cancel');
    expect(window.asked('cancel_session')).toEqual([{ session_id: session('active').id, reason: 'Feuer' }]);
    await window.deliver({ ...session('active'), id: 's-next' }, 'session-started');
    await window.click('cancel-session');
    expect(value(window.find('cancel-reason'))).toBe('');
  });
});

describe('b7: a round being planned', () => {
  const saved: Round = round(1, 'draft', items());

  it('keeps what is typed while it is being saved, as an edit of the saved round', async () => {
    let answer: (round: Round) => void = () => undefined;
    const window = await open(view(TRAINER, [session('active')]), {
      add_round: () => new Promise<Round>((resolve) => (answer = resolve)),
    });
    await window.click('new-round');
    await window.type('exercise-search', bench.name);
    await press('Enter');
    window.find('exercise-search').focus();
    await press('Enter');
    await window.click('save-draft');
    await window.type('rest-after', '90');
    await window.deliver(session('active', [saved]), 'round-saved', saved.id);
    answer(saved);
    await settle();
    expect(value(window.find('rest-after'))).toBe('90');
    expect(window.find('plan-item').dataset['item']).toBe('i-1');
    expect(window.has('changed-elsewhere')).toBe(false);
  });

  it('is not saved while its shorthand can’t be read', async () => {
    const window = await open(view(TRAINER, [session('active', [saved])]));
    await window.click('edit-round');
    await window.type('shorthand', 'lots');
    window.find('shorthand').dispatchEvent(new FocusEvent('blur'));
    await settle();
    await window.click('save-and-release');
    expect(window.asked('edit_round')).toEqual([]);
    expect(focused()).toBe('shorthand');
    await window.type('shorthand', '');
    await window.click('save-and-release');
    expect(window.asked('edit_round')).toHaveLength(1);
  });
});

describe('the focus', () => {
  it('is not in the trainer’s window while the settings are on top, so its keys do nothing', async () => {
    const window = await open(view(TRAINER, [session('waiting')]));
    await window.click('open-settings');
    (document.activeElement as HTMLElement | null)?.blur();
    for (const key of ['j', 'x', '1']) await press(key);
    expect(window.asked('join_session')).toEqual([]);
    expect(window.has('cancel-reason')).toBe(false);
  });

  it('returns to where it was when the settings close', async () => {
    const window = await open(view(TRAINER, [session('waiting')]));
    await window.click('open-settings');
    await press('Escape');
    expect(window.has('close-settings')).toBe(false);
    expect(focused()).toBe('open-settings');
  });

  it('is in a question on the settings, and Escape closes only that', async () => {
    const window = await open(view(ATHLETE));
    await window.click('open-settings');
    await window.click('sign-out-everywhere');
    await press('Escape');
    expect(window.has('close-settings')).toBe(true);
  });

  it('stays in a card when its button is replaced', async () => {
    const draft = round(1, 'draft', items());
    const window = await open(view(TRAINER, [session('active', [draft])]), { release_round: () => draft });
    window.find('release-round').focus();
    await window.click('release-round');
    await window.deliver(session('active', [round(1, 'released', items())]), 'round-released', draft.id);
    expect(focused()).toBe('recall-round');
  });

  it('moves to the first invalid input', async () => {
    const window = await open(view(null));
    window.find('sign-in').dispatchEvent(new SubmitEvent('submit', { bubbles: true, cancelable: true }));
    await settle();
    expect(focused()).toBe('email');
  });
});

describe('the second click of a double click', () => {
  it('does not hit a button that replaced the first one', async () => {
    const window = await open(view(ATHLETE, [session('active', [round(1, 'released', items())])]), {
      start_round: () => round(1, 'active', items()),
      log_exercise: () => round(1, 'active', items()),
    });
    await window.click('begin-round');
    await window.deliver(session('active', [round(1, 'active', items())]), 'round-started', 'r-1');
    window
      .find('tick')
      .dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, detail: 2 }));
    await settle();
    expect(window.asked('log_exercise')).toEqual([]);
    await window.click('tick');
    expect(window.asked('log_exercise')).toHaveLength(1);
  });
});

describe('a failure', () => {
  const two = () => [round(1, 'released', items()), round(2, 'draft', items())];

  it('is shown on the card it belongs to and on no other', async () => {
    const window = await open(view(TRAINER, [session('active', two())]), {
      recall_round: () => Promise.reject(failure('round-begun') as unknown as Error),
      delete_round: () => null,
    });
    await window.click('recall-round');
    expect(window.has('failure')).toBe(true);
    await window.click('delete-round');
    expect(window.has('failure')).toBe(false);
  });

  it('of a plan is removed with the plan', async () => {
    const window = await open(view(TRAINER, [session('active')]));
    await window.click('new-round');
    await window.click('save-draft');
    expect(window.has('failure')).toBe(true);
    await window.click('discard-plan');
    await window.click('new-round');
    expect(window.has('failure')).toBe(false);
  });
});

describe('b27: a round that is out already', () => {
  it('becomes the final one only after asking about the drafts', async () => {
    const rounds = [round(1, 'released', items()), round(2, 'draft', items())];
    const window = await open(view(TRAINER, [session('active', rounds)]), {
      edit_round: () => round(1, 'released', items()),
    });
    await window.click('edit-round');
    const box = window.find('final-round') as HTMLInputElement;
    box.checked = true;
    box.dispatchEvent(new Event('change', { bubbles: true }));
    await settle();
    await window.click('save-draft');
    expect(window.asked('edit_round')).toEqual([]);
    await window.click('confirm-final');
    expect(window.asked('edit_round')).toHaveLength(1);
  });
});

describe('what the server refused', () => {
  it('is shown with its reason and content, and can be tried again or discarded', async () => {
    const refused = {
      key: 'k-1',
      at: new Date().toISOString(),
      subject: { kind: 'session' as const, id: session('cancelled').id },
      exercise: null,
      correction: null,
      template: null,
      note: null,
      journal: null,
      weight: null,
      athlete: null,
      round_number: 1,
      what: 'complete_round' as const,
      code: 'session-ended' as const,
      fields: [],
      plan: null,
      reports: [
        {
          id: 'i-1',
          effort: 7,
          pain: true,
          pain_regions: ['left_knee' as const],
          note: 'zwickt',
          actual: null,
        },
      ],
    };
    const window = await open(
      view(ATHLETE, [session('cancelled', [round(1, 'active', items())])], { refused: [refused] }),
      {
        retry_act: () => null,
        discard_act: () => null,
      },
    );
    const text = window.find('refused').textContent;
    expect(text).toContain('Runde 1 abschließen');
    expect(text).toContain('Das Training ist schon zu Ende.');
    expect(text).toContain(`7 Hart · Linkes Knie · ${isolated('zwickt')}`);
    await window.click('retry-act');
    await window.click('discard-act');
    expect([window.asked('retry_act'), window.asked('discard_act')]).toEqual([
      [{ key: 'k-1' }],
      [{ key: 'k-1' }],
    ]);
    window.bridge.emit({ type: 'refused', refused: [] });
    await settle();
    expect(window.has('refused')).toBe(false);
  });
});

describe('what a snapshot shows after an outage', () => {
  it('is announced once, like an event', async () => {
    const before = view(ATHLETE, [session('active')]);
    const window = await open(before);
    const said = () => document.querySelector('[data-testid="announcement"]')?.textContent;
    const after = view(ATHLETE, [session('active', [round(1, 'released', items())])]);
    window.bridge.emit({ type: 'view', view: after });
    await settle();
    expect(said()).toBe('Runde 1 ist da.');
    window.app.announcements.speak('');
    window.bridge.emit({ type: 'view', view: after });
    await settle();
    expect(said()).toBe('');
  });

  it('tells a trainer who is waiting', async () => {
    const window = await open(view(TRAINER, []));
    window.bridge.emit({ type: 'view', view: view(TRAINER, [session('waiting')]) });
    await settle();
    expect(document.querySelector('[data-testid="announcement"]')?.textContent).toContain('wartet');
  });
});
