/** A session from any time ago, open: where it comes from, and keeping it as a template. */
import { describe, expect, it, vi } from 'vitest';

import type { Session } from '../src/bridge/bridge';
import { ATHLETE, LIBRARY, session, view } from '../dev/fixtures';
import { past, PAST } from '../dev/history-scenes';
import { failure, type Answers } from '../dev/scripted';
import { open, PATIENT, type Window } from './window';
import { athletePage, value } from './past-window';

const [bench, squat] = LIBRARY as [(typeof LIBRARY)[0], (typeof LIBRARY)[0]];

/** Opened by a trainer. */
async function opened(answers: Answers = {}, of: Session = PAST): Promise<Window> {
  const window = await athletePage({ ...past(), read_session: () => of, ...answers });
  await window.click('past-session');
  return window;
}

/** The form is loaded with the first one. */
async function keep(window: Window): Promise<void> {
  await window.click('keep-session');
  await vi.waitFor(() => window.find('template-name'), PATIENT);
}

const focused = () => (document.activeElement as HTMLElement).dataset['testid'];

describe('a past session from a file of another tracker', () => {
  it('is marked as that when it is open, too', async () => {
    const window = await opened({}, { ...PAST, imported: true });
    expect(window.find('session-detail').textContent).toContain('importiert');
  });

  it('is the only one that is', async () => {
    const window = await opened({}, { ...PAST, recorded: true });
    expect(window.find('session-detail').textContent).toContain('nachgetragen');
    expect(window.find('session-detail').textContent).not.toContain('importiert');
  });
});

describe('a past session kept as a template', () => {
  it('is kept whole, though it was never on this device', async () => {
    const window = await opened({
      create_template: ({ draft }) => ({ ...draft, id: 't-1', owner: ATHLETE, version: 1 }) as never,
    });
    expect(window.app.sessions).toEqual([]);
    await keep(window);
    expect(focused()).toBe('template-name');
    await window.type('template-name', ' Brust und Beine ');
    await window.click('save-session-template');
    expect(
      window
        .asked('create_template')
        .map(({ draft }) => [
          draft.name,
          draft.shared,
          draft.rounds.map(({ exercises }) => exercises.map(({ exercise_id }) => exercise_id)),
        ]),
    ).toEqual([['Brust und Beine', false, [[bench.id, squat.id]]]]);
    expect(window.find('notice').textContent).toContain('Brust und Beine');
    expect(focused()).toBe('keep-session');
  });

  it('keeps its name when it could not be kept, and says why', async () => {
    const window = await opened({ create_template: () => Promise.reject(failure('templates-full')) });
    await keep(window);
    await window.type('template-name', 'Brust');
    await window.click('save-session-template');
    expect(window.find('failure').dataset['code']).toBe('templates-full');
    expect(value(window, 'template-name')).toBe('Brust');
  });

  it('is put away by Cancel, and the session stays open', async () => {
    const window = await opened();
    await keep(window);
    await window.click('close-keep');
    expect(window.has('template-name')).toBe(false);
    expect(window.has('session-detail')).toBe(true);
    expect(focused()).toBe('keep-session');
  });

  it('is not offered where nothing was done', async () => {
    const window = await opened({}, session('completed', [], { id: PAST.id }));
    expect(window.has('keep-session')).toBe(false);
  });

  it('is nothing for an athlete', async () => {
    const window = await open(view(ATHLETE), past());
    await window.click('open-history');
    await window.click('past-session');
    expect(window.has('session-detail')).toBe(true);
    expect(window.has('keep-session')).toBe(false);
  });
});
