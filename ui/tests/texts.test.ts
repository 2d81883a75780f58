/** Texts in files of their own, as the bundle has them: which are loaded when, and what waits for them. */
import { beforeEach, describe, expect, it } from 'vitest';

import { App } from '../src/state/app.svelte';
import { Language } from '../src/state/language.svelte';
import { Texts, type TextFile } from '../src/words/texts';
import { ATHLETE, session, view } from '../dev/fixtures';
import { ScriptedBridge } from '../dev/scripted';
import { memoryStore } from './memory-store';

/** The message in the file of the entry, and the one in the file of a chunk that is imported later. */
const [ENTRY, LATER] = [1, 2];

interface Asked {
  file: Promise<TextFile>;
  resolve: (file: TextFile) => void;
  reject: (reason: Error) => void;
}

/** The files that were asked for, each once, as a window imports a module once. */
let asked: Map<string, Asked>;
let texts: Texts;

beforeEach(() => {
  asked = new Map();
  texts = new Texts((name) => (asked.get(name) ?? ask(name)).file, 'entry');
});

function ask(name: string): Asked {
  let settle: Omit<Asked, 'file'> | undefined;
  const file = new Promise<TextFile>((resolve, reject) => (settle = { resolve, reject }));
  if (!settle) throw new Error('a promise begins at once');
  const one = { file, ...settle };
  asked.set(name, one);
  return one;
}

/** These files arrive. What each says is its own name. */
async function arrive(...names: string[]): Promise<void> {
  for (const name of names) {
    const number = name.startsWith('entry') ? ENTRY : LATER;
    asked.get(name)?.resolve({ default: () => ({ [number]: () => name }) });
  }
  await everythingSettled();
}

async function fail(name: string): Promise<void> {
  asked.get(name)?.reject(new Error(`there is no ${name}`));
  asked.delete(name);
  await everythingSettled();
}

/** Lets whatever waits for a settled promise go on. */
async function everythingSettled(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

describe('texts', () => {
  it('are loaded once, and only in the languages that are wanted', async () => {
    texts.languages = ['pt'];
    const loading = texts.load();
    expect([...asked.keys()]).toEqual(['entry.pt']);
    await arrive('entry.pt');
    await loading;
    expect(texts.load()).toBeNull();
    expect(texts.say(ENTRY, {}, 'pt')).toBe('entry.pt');
    expect(() => texts.say(ENTRY, {}, 'de')).toThrow('not loaded in de');
  });

  it('of a chunk are loaded beside it, and it waits for them', async () => {
    texts.languages = ['de'];
    void texts.load();
    let shown = '';
    void texts.with(Promise.resolve('chunk'), 'later').then((chunk) => (shown = chunk));
    expect(asked.has('later.de')).toBe(true);
    await arrive('entry.de');
    expect(shown).toBe('');
    await arrive('later.de');
    expect(shown).toBe('chunk');
    expect(texts.say(LATER, {}, 'de')).toBe('later.de');
  });

  it('are none for a chunk without any', async () => {
    expect(await texts.with(Promise.resolve('chunk'), '')).toBe('chunk');
    expect(asked.size).toBe(0);
  });

  it('that can’t be loaded fail the import, and are asked for again by the next', async () => {
    texts.languages = ['de'];
    const failing = expect(texts.with(Promise.resolve('chunk'), 'later')).rejects.toThrow('no later.de');
    await arrive('entry.de');
    await fail('later.de');
    await failing;
    const chunk = texts.with(Promise.resolve('chunk'), 'later');
    await arrive('later.de');
    expect(await chunk).toBe('chunk');
  });

  it('are all at hand where a build took none out', () => {
    const eager = new Texts(() => Promise.reject(new Error('there are no files')));
    eager.languages = ['en'];
    expect(eager.load()).toBeNull();
  });
});

describe('a language', () => {
  /** One whose window is open: the texts of the device's language are there. */
  async function inGerman(): Promise<Language> {
    const language = new Language(['de'], texts);
    await arrive('entry.de');
    return language;
  }

  it('is ready when the device’s texts are there', async () => {
    const language = new Language(['pt-BR'], texts);
    expect(language.loading).not.toBeNull();
    await arrive('entry.pt');
    expect(language.loading).toBeNull();
    expect([...asked.keys()]).toEqual(['entry.pt']);
  });

  it('comes on screen when its texts are there, those of each chunk so far', async () => {
    const language = await inGerman();
    void texts.with(Promise.resolve(), 'later');
    await arrive('later.de');
    language.current = 'pt';
    await arrive('entry.pt');
    expect(language.current).toBe('de');
    await arrive('later.pt');
    expect(language.current).toBe('pt');
    expect(language.loading).toBeNull();
  });

  it('is changed back at once', async () => {
    const language = await inGerman();
    language.current = 'pt';
    await arrive('entry.pt');
    language.current = 'de';
    expect(language.current).toBe('de');
    expect(language.loading).toBeNull();
    expect([...asked.keys()]).toEqual(['entry.de', 'entry.pt']);
  });

  it('has every text of a chunk that comes in the middle of a change', async () => {
    const language = await inGerman();
    language.current = 'pt';
    let shown = false;
    void texts.with(Promise.resolve(), 'later').then(() => (shown = true));
    await arrive('entry.pt');
    expect(language.current).toBe('pt');
    expect(shown).toBe(false);
    await arrive('later.pt');
    expect(shown).toBe(false);
    await arrive('later.de');
    expect(shown).toBe(true);
  });

  it('is the one that was wanted last', async () => {
    const language = await inGerman();
    language.current = 'pt';
    language.current = 'en';
    await arrive('entry.en');
    expect(language.current).toBe('en');
    await arrive('entry.pt');
    expect(language.current).toBe('en');
    language.current = 'pt';
    language.current = 'en';
    expect(language.loading).toBeNull();
  });

  it('stays if the other one can’t be loaded, which may be tried again', async () => {
    const language = await inGerman();
    language.current = 'pt';
    await fail('entry.pt');
    expect(language.current).toBe('de');
    expect(language.loading).toBeNull();
    language.current = 'pt';
    await arrive('entry.pt');
    expect(language.current).toBe('pt');
  });
});

describe('the app', () => {
  async function open(): Promise<{ app: App; bridge: ScriptedBridge }> {
    const bridge = new ScriptedBridge({ view: () => null });
    const app = new App(bridge, memoryStore(), { languages: ['de'], texts });
    await arrive('entry.de');
    await app.start();
    return { app, bridge };
  }
  const inEnglish = view({ ...ATHLETE, locale: 'en' }, []);
  const now = session('active');

  it('shows nothing of an account in another language than its own', async () => {
    const { app, bridge } = await open();
    bridge.emit({ type: 'view', view: inEnglish });
    expect(app.view).toBeNull();
    await arrive('entry.en');
    expect(app.language.current).toBe('en');
    expect(app.me?.id).toBe(ATHLETE.id);
  });

  it('hears what comes meanwhile afterwards, in its order', async () => {
    const { app, bridge } = await open();
    bridge.emit({ type: 'view', view: { ...inEnglish, sessions: [now] } });
    bridge.emit({ type: 'gone', entity: { kind: 'session', id: now.id }, cause: null });
    bridge.emit({ type: 'view', view: view({ ...ATHLETE, locale: 'pt' }, [now]) });
    bridge.emit({ type: 'reveal', session_id: now.id });
    await arrive('entry.en');
    expect(app.sessions).toEqual([]);
    expect(app.desktop.sessionToReveal).toBeNull();
    await arrive('entry.pt');
    expect(app.language.current).toBe('pt');
    expect(app.sessions).toHaveLength(1);
    expect(app.desktop.sessionToReveal).toBe(now.id);
  });

  it('shows an account in the language of before, if its own can’t be loaded', async () => {
    const { app, bridge } = await open();
    bridge.emit({ type: 'view', view: inEnglish });
    await fail('entry.en');
    expect(app.language.current).toBe('de');
    expect(app.me?.id).toBe(ATHLETE.id);
  });
});
