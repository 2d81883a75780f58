/** One plan released to several athletes (b61). */
import { describe, expect, it } from 'vitest';

import { ALVA, item, round, session, TRAINER, view } from '../dev/fixtures';
import { failure, type Answers } from '../dev/scripted';
import { open, settle, type Window } from './window';
import { bench, worked } from './worked-out';

describe('b61: one plan for several athletes', () => {
  const now = session('active');
  const alva = session('active', [], { id: 'x-alva', athlete: ALVA });
  const busy = session('active', [round(1, 'active', [item('i', bench, { reps: 5 })])], {
    id: 'x-busy',
    athlete: { id: 'u-busy', name: 'Noor' },
  });
  const rows = () => [...document.querySelectorAll<HTMLElement>('[data-testid="group-row"]')];
  const row = (id: string) => rows().find(({ dataset }) => dataset['session'] === id);

  async function group(answers: Answers = {}): Promise<Window> {
    const window = await open(view(TRAINER, [now, alva, busy]), { ...worked, ...answers });
    await window.click('new-round');
    await window.type('exercise-search', 'kniebeuge 80%x5');
    await window.click('exercise-option');
    await window.click('release-to-group');
    return window;
  }

  it('is shown with the loads of each before it goes', async () => {
    const window = await group();
    expect(row(now.id)?.textContent).toMatch(/80\s*kg\s*×\s*5/);
    expect(row('x-alva')?.textContent).toContain('80 % vom geschätzten Maximum');
    expect(window.asked('add_round')).toEqual([]);
  });

  it('goes to those who can be given one; who can’t says so and holds up nobody', async () => {
    const window = await group();
    expect(row('x-busy')?.textContent).toContain('Eine andere Runde ist gerade da.');
    await window.click('confirm-group');
    expect(window.asked('add_round').map(({ session_id, release }) => [session_id, release])).toEqual([
      [now.id, true],
      ['x-alva', true],
    ]);
    expect(row(now.id)?.textContent).toContain('freigegeben');
    expect(window.has('plan-item')).toBe(false);
  });

  it('stays open for whom it failed, and goes to nobody twice', async () => {
    let failing = true;
    const window = await group({
      add_round: ({ session_id }) =>
        session_id === 'x-alva' && failing
          ? Promise.reject(failure('another-round-out') as unknown as Error)
          : round(1, 'draft', []),
    });
    await window.click('confirm-group');
    expect(row('x-alva')?.textContent).toContain('Eine andere Runde');
    failing = false;
    await window.click('confirm-group');
    const asked = window.asked('add_round').map(({ session_id }) => session_id);
    expect(asked).toEqual([now.id, 'x-alva', 'x-alva']);
  });

  describe('of several rounds', () => {
    const reps = () =>
      [...document.querySelectorAll<HTMLSelectElement>('[data-testid="planned-rounds"]')].map(
        ({ value }) => value,
      );

    /** The second round of one of them fails until `mend` is called. */
    async function three(failing: string): Promise<{ window: Window; mend: () => void }> {
      let left = 1;
      let isBroken = true;
      const window: Window = await open(view(TRAINER, [now, alva]), {
        ...worked,
        add_round: ({ session_id, release }) => {
          if (session_id === failing && !release && left-- <= 0 && isBroken)
            return Promise.reject(failure('internal') as unknown as Error);
          if (release) {
            const out = session('active', [round(1, 'released', [item('i', bench, { reps: 5 })])], {
              ...(session_id === now.id ? now : alva),
              rounds: [round(1, 'released', [item('i', bench, { reps: 5 })])],
            });
            void window.deliver(out, 'round-released');
          }
          return round(1, 'draft', []);
        },
      });
      await window.click('new-round');
      await window.type('exercise-search', 'kniebeuge 3x8@100');
      await window.click('exercise-option');
      await window.click('release-to-group');
      await window.click('confirm-group');
      await settle();
      return { window, mend: () => (isBroken = false) };
    }
    const of = (window: Window, id: string) =>
      window
        .asked('add_round')
        .filter(({ session_id }) => session_id === id)
        .map(({ release }) => release);

    it('goes on where it failed for somebody, though the first round is in front of them', async () => {
      const { window, mend } = await three('x-alva');
      expect(row('x-alva')?.textContent).toContain('2 von 3 Runden');
      expect(of(window, now.id)).toEqual([true, false, false]);
      expect(window.has('plan-item')).toBe(false);
      mend();
      await window.click('confirm-group');
      expect(of(window, 'x-alva')).toEqual([true, false, false, false]);
      expect(of(window, now.id)).toHaveLength(3);
      expect(window.has('group-release')).toBe(false);
    });

    it('leaves what is missing in the plan it came from', async () => {
      const { window, mend } = await three(now.id);
      expect(reps()).toEqual(['1']);
      mend();
      await window.click('confirm-group');
      expect(of(window, now.id)).toEqual([true, false, false, false]);
      expect(window.has('plan-item')).toBe(false);
    });

    it('leaves what is missing in the plan of whoever it is missing for, when the dialog closes', async () => {
      const { window } = await three('x-alva');
      window.find('group-release').dispatchEvent(new Event('close'));
      await settle();
      expect(window.find('notice').textContent).toContain('Alva');
      expect(window.find('notice').textContent).not.toContain('Jonas');
      const rows = [...document.querySelectorAll<HTMLElement>('[data-testid="session-row"]')];
      rows.find(({ dataset }) => dataset['session'] === 'x-alva')?.click();
      await settle();
      expect(window.find('plan-item').textContent).toContain('Kniebeuge');
      expect(reps()).toEqual(['1']);
    });
  });

  it('b27: as the final round says whose drafts stay behind, and goes only once that is agreed to', async () => {
    const withDraft = { ...alva, rounds: [round(4, 'draft', [item('d', bench, { reps: 5 })])] };
    const window = await open(view(TRAINER, [now, withDraft]), worked);
    await window.click('new-round');
    await window.type('exercise-search', 'kniebeuge 100kg x 5');
    await window.click('exercise-option');
    (window.find('final-round') as HTMLInputElement).click();
    await settle();
    await window.click('release-to-group');
    expect(window.find('group-release').textContent).toContain('Das ist die letzte Runde');
    expect(row('x-alva')?.textContent).toContain('Runde 4');
    expect(row(now.id)?.textContent).not.toContain('Entwurf');
    expect((window.find('confirm-group') as HTMLButtonElement).disabled).toBe(true);
    await window.click('confirm-group');
    expect(window.asked('add_round')).toEqual([]);
    (window.find('may-leave-drafts') as HTMLInputElement).click();
    await settle();
    await window.click('confirm-group');
    expect(window.asked('add_round').map(({ plan }) => plan.is_final)).toEqual([true, true]);
  });

  it('as the final round of several ends nothing yet, so nothing is asked', async () => {
    const withDraft = { ...alva, rounds: [round(4, 'draft', [item('d', bench, { reps: 5 })])] };
    const window = await open(view(TRAINER, [now, withDraft]), worked);
    await window.click('new-round');
    await window.type('exercise-search', 'kniebeuge 3x8@100');
    await window.click('exercise-option');
    (window.find('final-round') as HTMLInputElement).click();
    await settle();
    await window.click('release-to-group');
    expect(window.has('may-leave-drafts')).toBe(false);
    await window.click('confirm-group');
    expect(window.asked('add_round')).toHaveLength(6);
  });
});
