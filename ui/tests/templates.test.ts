/** Templates in the planner (b32). */
import { describe, expect, it } from 'vitest';

import type { Message, Round, RoundPlan, Session, Template } from '../src/bridge/bridge';
import { keptRound, keptSession } from '../src/trainer/templates';
import { ALVA, item, MIRA, NOTHING, round, session, TRAINER, view } from '../dev/fixtures';
import { failure, type Answers } from '../dev/scripted';
import { open, settle, type Window } from './window';
import { bench, squat, plan, worked } from './worked-out';

const template = (name: string, rounds: RoundPlan[], more: Partial<Template> = {}): Template => ({
  id: `t-${name}`,
  name,
  owner: MIRA,
  shared: false,
  rounds,
  version: 3,
  ...more,
});

async function opened(
  templates: Template[],
  answers: Answers = {},
  now = session('active'),
): Promise<Window> {
  const window = await open(view(TRAINER, [now], { templates }), { ...worked, ...answers });
  await window.click('open-templates');
  return window;
}

describe('a template', () => {
  it('keeps where a weight comes from, and not what it was worked out to', () => {
    const kept = keptRound({ ...plan(bench.id), is_final: true });
    expect(kept.exercises[0]?.planned).toMatchObject({ weight_kg: null, load: { percent_of_e1rm: 80 } });
    expect(kept.is_final).toBe(false);
  });

  it('of a past session has what was done where nothing was planned', () => {
    const actual = { ...NOTHING, reps: 12 };
    const past = session('completed', [
      round(1, 'completed', [item('a', bench, {}, { actual })]),
      round(2, 'draft', [item('b', squat, { reps: 5 })]),
    ]);
    expect(keptSession(past).map(({ exercises }) => exercises.map(({ planned }) => planned))).toEqual([
      [actual],
    ]);
  });

  it('of one round is planned with its loads worked out', async () => {
    const window = await opened([template('Beine', [plan(squat.id)])]);
    await window.click('use-template');
    expect(window.has('templates')).toBe(false);
    expect(window.find('plan-item').textContent).toContain('Kniebeuge');
    expect(window.find('worked-out').textContent).toMatch(/80\s*kg/);
    expect((window.find('rest-after') as HTMLInputElement).value).toBe('1:30');
  });

  it('of a whole session becomes drafts with their loads worked out', async () => {
    const window = await opened([template('Alles', [plan(squat.id), plan(bench.id)])]);
    await window.click('use-template');
    expect(
      window.asked('add_round').map(({ plan, release }) => [plan.exercises[0]?.planned.weight_kg, release]),
    ).toEqual([
      [80, false],
      [80, false],
    ]);
  });

  it('b68: of a whole session is undone by one key; what was changed or released since stays', async () => {
    const made = [1, 2, 3].map((number) => round(number, 'draft', [item(`i-${number}`, squat, { reps: 5 })]));
    const left = [...made];
    const window = await opened(
      ['A', 'B'].map((name) => template(name, [plan(squat.id), plan(bench.id), plan(squat.id)])),
      { add_round: () => left.shift() as Round, delete_round: () => null },
    );
    await window.click('use-template');
    expect(window.find('notice').textContent).toContain('3 Runden sind geplant');
    const changed = { ...(made[1] as Round), exercises: [item('i-2', squat, { reps: 12 })], version: 2 };
    const rounds = [{ ...(made[0] as Round), status: 'released' as const }, changed, made[2] as Round];
    await window.deliver(session('active', rounds, { version: 2 }), 'round-saved');
    await window.click('undo');
    expect(window.asked('delete_round')).toEqual([{ round_id: 'r-3', version: 1 }]);
  });

  it('is found by its name in the search', async () => {
    const window = await open(
      view(TRAINER, [session('active')], { templates: [template('Beine', [plan(squat.id)])] }),
      worked,
    );
    await window.click('new-round');
    await window.type('exercise-search', 'bein');
    await window.click('template-option');
    expect(window.find('plan-item').textContent).toContain('Kniebeuge');
    expect((window.find('exercise-search') as HTMLInputElement).value).toBe('');
  });

  it('with an exercise that is not in the library any more is planned without it, and that is said', async () => {
    const window = await opened([template('Beine', [plan(squat.id, 'e-gone')])]);
    await window.click('use-template');
    expect(document.querySelectorAll('[data-testid="plan-item"]')).toHaveLength(1);
    expect(window.find('notice').textContent).toContain('Nicht mehr in der Bibliothek');
  });

  it('is kept of what is planned, and of the whole session', async () => {
    const draft = round(1, 'draft', [item('i', bench, { reps: 5 })]);
    const window = await open(view(TRAINER, [session('active', [draft])]), {
      create_template: () => template('Beine', []),
    });
    await window.click('new-round');
    await window.type('exercise-search', 'kniebeuge 80%x5');
    await window.click('exercise-option');
    await window.click('open-templates');
    await window.type('template-name', ' Beine ');
    await window.click('save-round-template');
    await window.type('template-name', 'Alles');
    await window.click('save-session-template');
    expect(
      window
        .asked('create_template')
        .map(({ draft }) => [draft.name, draft.rounds[0]?.exercises[0]?.exercise_id]),
    ).toEqual([
      ['Beine', squat.id],
      ['Alles', bench.id],
    ]);
  });

  it('is renamed and shared by its owner only', async () => {
    const own = template('Beine', [plan(squat.id)]);
    const window = await opened([own], { edit_template: () => own });
    await window.type('rename-template', 'Beine schwer');
    window.find('rename-template').dispatchEvent(new FocusEvent('blur'));
    await settle();
    (window.find('share-template') as HTMLInputElement).click();
    await settle();
    expect(window.asked('edit_template')).toMatchObject([
      { template_id: own.id, version: 3, draft: { name: 'Beine schwer' } },
      { template_id: own.id, version: 3, draft: { shared: true } },
    ]);
    window.bridge.emit({
      type: 'view',
      view: view(TRAINER, [session('active')], { templates: [{ ...own, owner: ALVA, shared: true }] }),
    });
    await settle();
    expect(window.has('delete-template')).toBe(false);
    expect(window.has('rename-template')).toBe(false);
  });

  it('b68: that was deleted is restored by one key', async () => {
    const own = template('Beine', [plan(squat.id)]);
    const window = await opened([own], { delete_template: () => null, restore_template: () => own });
    await window.click('delete-template');
    await window.click('close-templates');
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'z', ctrlKey: true, bubbles: true }));
    await settle();
    expect(window.asked('restore_template')).toEqual([{ template: own }]);
  });

  it('b68: that was deleted can be restored in the dialog, where the keyboard goes to the next one', async () => {
    const [first, second] = ['Arme', 'Beine'].map((name) => template(name, [plan(squat.id)])) as [
      Template,
      Template,
    ];
    const window: Window = await opened([first, second], {
      delete_template: ({ template_id }) => {
        window.bridge.emit({
          type: 'gone',
          entity: { kind: 'template', id: template_id },
          cause: null,
        } as Message);
        return null;
      },
      restore_template: () => first,
    });
    window.find('delete-template').focus();
    await window.click('delete-template');
    const row = document.activeElement?.closest<HTMLElement>('[data-testid="template"]');
    expect(row?.dataset['id']).toBe(second.id);
    expect((document.activeElement as HTMLElement).dataset['testid']).toBe('use-template');
    expect(window.find('undo').closest('dialog')).toBe(window.find('templates'));
    expect(document.querySelectorAll('[data-testid="undo"]')).toHaveLength(1);
    document.activeElement?.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'z', ctrlKey: true, bubbles: true }),
    );
    await settle();
    expect(window.asked('restore_template')).toEqual([{ template: first }]);
    expect(window.has('undo')).toBe(false);
  });

  it('that was deleted last leaves the keyboard on what closes the dialog', async () => {
    const own = template('Beine', [plan(squat.id)]);
    const window: Window = await opened([own], {
      delete_template: ({ template_id }) => {
        window.bridge.emit({
          type: 'gone',
          entity: { kind: 'template', id: template_id },
          cause: null,
        } as Message);
        return null;
      },
    });
    window.find('delete-template').focus();
    await window.click('delete-template');
    expect((document.activeElement as HTMLElement).dataset['testid']).toBe('close-templates');
  });

  it('that could not be restored says so', async () => {
    const own = template('Beine', [plan(squat.id)]);
    const window = await opened([own], {
      delete_template: () => null,
      restore_template: () => Promise.reject(failure('unreachable') as unknown as Error),
    });
    await window.click('delete-template');
    await window.click('undo');
    await settle();
    expect(window.find('notice').textContent).not.toBe('');
  });

  it('shared while its new name is being saved is both', async () => {
    const own = template('Beine', [plan(squat.id)]);
    let answer: (saved: Template) => void = () => undefined;
    const window = await opened([own], {
      edit_template: ({ draft, version }) =>
        version === 3 ? new Promise((resolve) => (answer = resolve)) : { ...own, ...draft, version: 5 },
    });
    await window.type('rename-template', 'Beine schwer');
    window.find('rename-template').dispatchEvent(new FocusEvent('blur'));
    (window.find('share-template') as HTMLInputElement).click();
    await settle();
    expect(window.asked('edit_template')).toHaveLength(1);
    answer({ ...own, name: 'Beine schwer', version: 4 });
    await settle();
    expect(window.asked('edit_template')).toMatchObject([
      { version: 3, draft: { name: 'Beine schwer', shared: false } },
      { version: 4, draft: { name: 'Beine schwer', shared: true } },
    ]);
  });

  it('that could not be shared is not shown as if it were, and says why in its row', async () => {
    const window = await opened([template('Arme', [plan(squat.id)]), template('Beine', [plan(squat.id)])], {
      edit_template: () => Promise.reject(failure('unreachable') as unknown as Error),
    });
    (window.find('share-template') as HTMLInputElement).click();
    await settle();
    expect((window.find('share-template') as HTMLInputElement).checked).toBe(false);
    expect(window.find('failure').closest('[data-testid="template"]')).toBe(window.find('template'));
    expect(document.querySelectorAll('[data-testid="failure"]')).toHaveLength(1);
  });

  describe('of a plan in which something can’t be read', () => {
    async function unreadable(field: string, text: string): Promise<Window> {
      const window = await open(view(TRAINER, [session('active')]), {
        ...worked,
        create_template: () => template('Beine', []),
      });
      await window.click('new-round');
      await window.type('exercise-search', 'kniebeuge 80x5');
      await window.click('exercise-option');
      await window.type(field, text);
      await window.click('open-templates');
      await window.type('template-name', 'Beine');
      await window.click('save-round-template');
      return window;
    }

    it.each([
      ['shorthand', 'lots'],
      ['planned-weight_kg', 'lots'],
      ['rest-after', 'soon'],
    ])('is not kept without it: %s is gone to, and the name stays', async (field, text) => {
      const window = await unreadable(field, text);
      expect(window.asked('create_template')).toEqual([]);
      expect(window.has('templates')).toBe(false);
      expect(document.activeElement).toBe(window.find(field));
      await window.type(field, '');
      await window.click('open-templates');
      expect((window.find('template-name') as HTMLInputElement).value).toBe('Beine');
      await window.click('save-round-template');
      expect(window.asked('create_template')).toHaveLength(1);
    });
  });

  it('that can’t be used says so where it was taken from, and for that session only', async () => {
    const other = session('active', [], { id: 'x-alva', athlete: ALVA });
    const own = template('Beine', [plan(squat.id), plan(bench.id)]);
    const window = await open(view(TRAINER, [session('active'), other], { templates: [own] }), {
      ...worked,
      add_round: () => Promise.reject(failure('unreachable') as unknown as Error),
    });
    await window.click('new-round');
    await window.type('exercise-search', 'bein');
    await window.click('template-option');
    expect(document.querySelectorAll('[data-testid="failure"]')).toHaveLength(1);
    await window.click('open-templates');
    expect(window.has('failure')).toBe(false);
    await window.click('use-template');
    expect(document.querySelectorAll('[data-testid="failure"]')).toHaveLength(1);
    expect(window.find('failure').closest('dialog')).not.toBeNull();
  });

  it('can be the athlete’s last session', async () => {
    const past: Session = session('completed', [round(1, 'completed', [item('a', squat, { reps: 5 })])], {
      id: 'x-past',
    });
    const window = await open(view(TRAINER, [session('active'), past]), worked);
    await window.click('open-templates');
    await window.click('use-last');
    expect(window.find('plan-item').textContent).toContain('Kniebeuge');
  });
});
