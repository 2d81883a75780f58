/** Answers about a file that come late, twice, or to nobody: each is about its own file, and an end is told once (b70). */
import { describe, expect, it } from 'vitest';

import type { Import, ImportId } from '../src/bridge/bridge';
import { ImportForm } from '../src/state/import-form.svelte';
import { JONAS, LIBRARY } from '../dev/fixtures';
import { COMMITTED, imported, listed } from '../dev/import-scenes';
import { failure } from '../dev/scripted';
import { choice, dropped, file, opened, previewed, refuse, step, until } from './import-window';
import { settle, type Window } from './window';

/** An answer that comes when the test says so. */
function later<T>() {
  let answer: (value: T) => void = () => undefined;
  let fail: (thrown: Error) => void = () => undefined;
  const promise = new Promise<T>((resolve, reject) => {
    answer = resolve;
    fail = reject;
  });
  return { promise, answer, fail };
}

const shownId = (window: Window) => window.find('import-preview').dataset['import'];
const title = (window: Window) => window.find('import-preview').querySelector('h3')?.textContent ?? '';

async function takePounds(window: Window): Promise<void> {
  const pounds = window.find('import-unit-lb') as HTMLInputElement;
  pounds.checked = true;
  pounds.dispatchEvent(new Event('change', { bubbles: true }));
  await settle();
}

describe('a late answer', () => {
  it('about a file that is read again does not become another one that was chosen meanwhile', async () => {
    const again = later<Import>();
    const answers: (Import | Promise<Import>)[] = [imported(), again.promise, imported({ id: 'im-2' })];
    const window = await previewed({ read_import: () => answers.shift() ?? imported() });
    await takePounds(window);
    await dropped(window, file(10, 'hevy.csv'));
    expect([shownId(window), title(window)]).toEqual(['im-2', expect.stringContaining('hevy.csv')]);
    // Nor does its way keep anybody from importing the other one.
    again.answer(imported({ id: 'im-late' }));
    await settle();
    expect([shownId(window), title(window)]).toEqual(['im-2', expect.stringContaining('hevy.csv')]);
    await window.click('commit-import');
    expect(window.asked('commit_import').map(({ import_id }) => import_id)).toEqual(['im-2']);
  });

  it('does not keep the other file from being imported before it comes', async () => {
    const answers: (Import | Promise<Import>)[] = [
      imported(),
      later<Import>().promise,
      imported({ id: 'im-2' }),
    ];
    const window = await previewed({ read_import: () => answers.shift() ?? imported() });
    await takePounds(window);
    await dropped(window, file(10, 'hevy.csv'));
    await window.click('commit-import');
    expect(step(window)).toBe('done');
  });

  it.each([true, false])(
    'about a file from before does not replace one that was chosen meanwhile, found or not: %s',
    async (isFound) => {
      const before = later<Import>();
      const window = await previewed({
        read_import: () => imported({ id: 'im-2' }),
        show_import: () => before.promise,
      });
      await window.click('close-import');
      await window.click('import');
      expect(step(window)).toBe('reading');
      await dropped(window, file(10, 'hevy.csv'));
      if (isFound) before.answer(imported());
      else before.fail(failure('not-found') as unknown as Error);
      await settle();
      expect([shownId(window), title(window)]).toEqual(['im-2', expect.stringContaining('hevy.csv')]);
      expect(window.find('import-problem').dataset['problem']).toBeUndefined();
    },
  );

  it('about a file that was discarded meanwhile brings nothing back', async () => {
    const again = later<Import>();
    const answers: (Import | Promise<Import>)[] = [imported(), again.promise];
    const window = await previewed({ read_import: () => answers.shift() ?? imported() });
    await takePounds(window);
    await window.click('discard-import');
    again.answer(imported({ id: 'im-late' }));
    await settle();
    expect(window.has('unsaved-import')).toBe(false);
  });

  it('that a chosen file can not be read shows the one from before', async () => {
    const window = await previewed();
    await window.click('close-import');
    let isFirst = true;
    const before = later<Import>();
    window.bridge.answers.show_import = () => (isFirst ? before.promise : imported());
    window.bridge.answers.read_import = refuse('unreachable');
    await window.click('import');
    isFirst = false;
    await dropped(window, file(10, 'hevy.csv'));
    await until(() => {
      expect(title(window)).toContain('strong.csv');
    });
    expect(window.find('failure').dataset['code']).toBe('unreachable');
  });
});

describe('a discarded file', () => {
  it('b34_can_be_read_again_once_it_is_brought_back', async () => {
    const window = await previewed();
    await window.click('discard-import');
    expect(window.asked('discard_file')).toEqual([]);
    await window.click('undo');
    await window.click('import');
    await until(() => {
      expect(step(window)).toBe('shown');
    });
    await takePounds(window);
    expect(window.asked('read_import').at(-1)).toMatchObject({ file: 'f-1', unit: 'lb' });
    expect(window.asked('discard_file')).toEqual([]);
  });

  it('is forgotten by the core when it can not be brought back any more', async () => {
    const window = await previewed();
    await window.click('discard-import');
    const { undoable } = window.app.announcements;
    if (!undoable) throw new Error('nothing can be undone');
    window.app.announcements.dismiss(undoable.id);
    expect(window.asked('discard_file')).toEqual([{ file: 'f-1' }]);
  });
});

describe('the exercises', () => {
  const here = { name: 'Zercher carry', exercise_id: 'e-new' };

  it('that the server found are what it says, also where the list here does not have them', async () => {
    const window = await previewed({ read_import: () => imported({ exercises: [here] }) });
    await window.click('import-recognised');
    expect(choice('Zercher carry').value).toBe('In der Bibliothek');
    await window.click('commit-import');
    expect(window.asked('commit_import')[0]?.mapping).toEqual([here]);
  });

  it('are asked for with each file', async () => {
    const window = await previewed({ read_import: () => imported({ exercises: [here] }) });
    const [first] = LIBRARY;
    if (!first) throw new Error('the library is empty');
    window.bridge.answers.import_exercises = () => [{ ...first, id: 'e-new', name: 'Zercher-Tragen' }];
    await dropped(window, file());
    await window.click('import-recognised');
    expect(choice('Zercher carry').value).toBe('Zercher-Tragen');
  });
});

describe('an import that goes on', () => {
  it('is asked for whole only when the list says that it has ended', async () => {
    let state: Import['state'] = 'committing';
    let stored = 12;
    const window = await previewed({
      commit_import: () => imported({ state }),
      show_import: () => imported(COMMITTED),
      list_imports: () => [listed({ id: 'im-1', state, sessions: stored })],
    });
    await window.click('commit-import');
    for (stored of [20, 30])
      await until(() => {
        expect(window.find('progress-words').textContent).toContain(`${String(stored)} von`);
      });
    expect(window.asked('show_import')).toEqual([]);
    state = 'committed';
    await until(() => {
      expect(step(window)).toBe('done');
    });
    expect(window.asked('show_import')).toHaveLength(1);
  });

  it('and was taken back elsewhere is no longer there', async () => {
    const window = await previewed({
      commit_import: () => imported({ state: 'committing' }),
      show_import: refuse('not-found'),
      list_imports: () => [],
    });
    await window.click('commit-import');
    await until(() => {
      expect(window.find('import-problem').dataset['problem']).toBe('forgotten');
    });
  });

  it('is said to go on where the page was left, and its end is announced once', async () => {
    const done = later<Import>();
    const window = await previewed({
      commit_import: () => done.promise,
      list_imports: () => [listed({ id: 'im-1', state: 'committing', sessions: 12 })],
    });
    await window.click('commit-import');
    await window.click('close-import');
    expect(window.find('unsaved-import').textContent.trim()).toBe('Datei wird importiert');
    await window.click('import');
    expect(step(window)).toBe('committing');
    const lists = window.asked('list_sessions').length;
    done.answer(imported(COMMITTED));
    await until(() => {
      expect(step(window)).toBe('done');
    });
    expect(window.asked('show_import')).toEqual([]);
    // Who looks at it reads it there; nothing is said a second time.
    expect(window.app.announcements.notices).toEqual([]);
    expect(window.asked('list_sessions').length).toBe(lists + 1);
  });

  it('and fails is a file that is not imported yet', async () => {
    const done = later<Import>();
    const window = await previewed({ commit_import: () => done.promise });
    await window.click('commit-import');
    await window.click('close-import');
    done.fail(failure('unreachable') as unknown as Error);
    await settle();
    expect(window.find('unsaved-import').textContent.trim()).toBe('Datei noch nicht importiert');
  });

  it('is not announced to the next person', async () => {
    const window = await opened();
    const done = later<Import>();
    window.bridge.answers.commit_import = () => done.promise;
    const form = new ImportForm(window.app, JONAS.id);
    form.import = imported({ id: 'im-9' satisfies ImportId });
    const running = form.commit.run();
    window.bridge.emit({ type: 'view', view: { ...window.app.view, me: null } as never });
    await settle();
    done.answer(imported(COMMITTED));
    await running;
    expect(form.import.state).toBe('dry_run');
  });
});
