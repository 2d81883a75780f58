/** What the window's own keys and the system's menu bar lead to: the settings, the shortcuts, what this is. */
import { cleanup } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';

import { ATHLETE, TRAINER, view } from '../dev/fixtures';
import { failure } from '../dev/scripted';
import { kiosk, LOBBY } from '../dev/kiosk-scenes';
import { keysOf } from '../src/components/keys';
import { isBrowserShortcut, systemOf, commandOf, type System } from '../src/state/keys';
import { loadLicences, search } from '../src/state/licences';
import { open, type Window } from './window';

const USER_AGENTS: Record<System, string> = {
  linux:
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15',
  mac: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)',
  windows: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Edg/131.0.0.0',
};
const answers = {
  versions: () => ({ tauri: '2.12.5', web_view: '2.50.4', system: 'linux x86_64' }),
  ask_to_close: () => null,
  toggle_full_screen: () => null,
  show_in_menu: () => null,
};

async function press(window: Window, key: string, more: KeyboardEventInit = {}): Promise<KeyboardEvent> {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
  document.body.dispatchEvent(event);
  await window.settle();
  return event;
}

describe('the keys of the window', () => {
  const command = (system: System, key: string, more: KeyboardEventInit = {}) =>
    commandOf(new KeyboardEvent('keydown', { key, ...more }), system);
  const ctrlKey = true;

  it('follow the conventions of the system', () => {
    for (const [system, userAgent] of Object.entries(USER_AGENTS)) expect(systemOf(userAgent)).toBe(system);
    expect(command('linux', ',', { ctrlKey })).toBe('settings');
    expect(command('windows', ',', { ctrlKey })).toBe('settings');
    expect(command('linux', 'q', { ctrlKey })).toBe('quit');
    expect(command('windows', 'q', { ctrlKey })).toBeNull();
    expect(command('windows', 'F11')).toBe('full-screen');
    // There the menu bar has them.
    for (const key of [',', 'q']) expect(command('mac', key, { ctrlKey })).toBeNull();
    expect(command('mac', 'F11')).toBeNull();
  });

  it('are no plain letters, and do not repeat while they are held', () => {
    for (const key of [',', 'q', '?']) expect(command('linux', key)).toBeNull();
    expect(command('linux', 'F11', { repeat: true })).toBeNull();
    expect(command('linux', 'q', { ctrlKey, shiftKey: true })).toBeNull();
  });

  it('open the settings, unless a question is open', async () => {
    const window = await open(view(TRAINER), answers);
    window.bridge.emit({ type: 'closing' });
    await window.settle();
    await press(window, ',', { ctrlKey });
    expect(window.view()).toBe('trainer');
    window.app.desktop.closeRequests = 0;
    await window.settle();
    expect((await press(window, ',', { ctrlKey })).defaultPrevented).toBe(true);
    expect(window.has('close-settings')).toBe(true);
    await press(window, 'Escape');
    expect(window.has('close-settings')).toBe(false);
  });

  it('toggle full screen, and ask before quitting', async () => {
    const window = await open(view(ATHLETE), answers);
    await press(window, 'F11');
    await press(window, 'q', { ctrlKey });
    expect(window.asked('toggle_full_screen')).toHaveLength(1);
    expect(window.asked('ask_to_close')).toHaveLength(1);
    expect(window.asked('close_window')).toHaveLength(0);
  });

  it('open only the shortcuts while nobody is signed in', async () => {
    const window = await open(view(null), answers);
    await press(window, ',', { ctrlKey });
    expect(window.view()).toBe('sign-in');
    await press(window, 'F1');
    expect(window.has('shortcuts')).toBe(true);
  });
});

describe('the web view’s own shortcuts and menu', () => {
  const isBrowsers = (system: System, key: string, more: KeyboardEventInit = {}) =>
    isBrowserShortcut(new KeyboardEvent('keydown', { key, ...more }), system);
  const held = (system: System) => (system === 'mac' ? { metaKey: true } : { ctrlKey: true });
  const systems = Object.keys(USER_AGENTS) as System[];

  it.each(systems)('printing, saving, reloading and searching are disabled on %s', (system) => {
    for (const key of ['p', 's', 'r', 'u', 'g', 'f', 'j', 'P'])
      expect([key, isBrowsers(system, key, held(system))]).toEqual([key, true]);
    for (const key of ['P', 'R', 'G'])
      expect([key, isBrowsers(system, key, { ...held(system), shiftKey: true })]).toEqual([key, true]);
    for (const key of ['F3', 'F5', 'F7']) expect([key, isBrowsers(system, key)]).toEqual([key, true]);
    expect(isBrowsers(system, 'F5', { ctrlKey: true })).toBe(true);
  });

  it.each(systems)('zooming and editing work on %s', (system) => {
    for (const key of ['+', '-', '=', '0', 'a', 'c', 'v', 'x', 'z'])
      expect([key, isBrowsers(system, key, held(system))]).toEqual([key, false]);
    for (const key of ['p', 'f', 'F1', 'F11', 'Tab'])
      expect([key, isBrowsers(system, key)]).toEqual([key, false]);
    // How GTK takes the number of a letter.
    expect(isBrowsers(system, 'U', { ...held(system), shiftKey: true })).toBe(false);
  });

  it('on a Mac, Ctrl moves in a text, and the menu bar keeps its keys', () => {
    expect(isBrowsers('mac', 'p', { ctrlKey: true })).toBe(false);
    expect(isBrowsers('mac', 'f', { ctrlKey: true, metaKey: true })).toBe(false);
  });

  it('are recognised on a keyboard without Latin letters', () => {
    expect(isBrowsers('windows', 'з', { ctrlKey: true, code: 'KeyP' })).toBe(true);
    // Copying, where C is in that place.
    expect(isBrowsers('windows', 'c', { ctrlKey: true, code: 'KeyR' })).toBe(false);
  });

  it('are prevented in a window, and zooming is not', async () => {
    const window = await open(view(TRAINER), answers);
    expect((await press(window, 'p', { ctrlKey: true })).defaultPrevented).toBe(true);
    expect((await press(window, '+', { ctrlKey: true })).defaultPrevented).toBe(false);
  });

  const menuAt = (at: Element) => {
    const event = new MouseEvent('contextmenu', { bubbles: true, cancelable: true });
    at.dispatchEvent(event);
    return !event.defaultPrevented;
  };

  it('the context menu opens where text is edited', async () => {
    const window = await open(view(null), answers);
    expect(menuAt(window.find('email'))).toBe(true);
    expect(menuAt(window.find('submit-sign-in'))).toBe(false);
    expect(menuAt(document.querySelector('input[type=checkbox]') as Element)).toBe(false);
    expect(menuAt(document.body)).toBe(false);
  });

  it('the context menu opens where text is selected', async () => {
    await open(view(null), answers);
    const [heading, submit] = [document.querySelector('h1'), document.querySelector('button')];
    getSelection()?.selectAllChildren(heading as Element);
    expect(menuAt(heading as Element)).toBe(true);
    expect(menuAt(submit as Element)).toBe(false);
    getSelection()?.removeAllRanges();
    expect(menuAt(heading as Element)).toBe(false);
  });

  it('the context menu never opens on a kiosk', async () => {
    const window = await open(view(null, [], { profile: LOBBY }), answers);
    window.bridge.emit({ type: 'kiosk', kiosk: kiosk() });
    await window.settle();
    await window.click('new-here');
    expect(menuAt(window.find('email'))).toBe(false);
    const heading = document.querySelector('h1') as Element;
    getSelection()?.selectAllChildren(heading);
    expect(menuAt(heading)).toBe(false);
  });

  it('the context menu does not open until it is known whether this is a kiosk', async () => {
    const window = await open(view(null), {
      ...answers,
      view: () => Promise.reject(failure('bad-config', { detail: 'studio.json' })),
    });
    expect(window.view()).toBe('failure');
    const detail = document.querySelector('.detail') as Element;
    getSelection()?.selectAllChildren(detail);
    expect(menuAt(detail)).toBe(false);
  });
});

describe('the shortcuts', () => {
  it('list the trainer’s keys and the window’s for a trainer', async () => {
    const window = await open(view(TRAINER), answers);
    await press(window, '?');
    for (const words of ['Training mit dieser Nummer', 'Ctrl + S', 'Ctrl + Q', 'F11']) {
      expect(window.find('shortcuts').textContent).toContain(words);
    }
    await window.click('close-shortcuts');
    expect(window.has('shortcuts')).toBe(false);
    await press(window, 'F1');
    expect(window.has('shortcuts')).toBe(true);
  });

  it('list only the window’s keys for an athlete', async () => {
    const window = await open(view(ATHLETE), answers);
    await press(window, 'F1');
    expect(window.find('shortcuts').textContent).toContain('Vollbild');
    expect(window.find('shortcuts').textContent).not.toContain('Training mit dieser Nummer');
  });

  it('name each key and each command once on every system', () => {
    for (const system of Object.keys(USER_AGENTS) as System[]) {
      expect(new Set(keysOf(system).map(([keys]) => keys)).size).toBe(4);
      expect(new Set(keysOf(system).map(([, command]) => command)).size).toBe(4);
    }
  });
});

describe('the system’s menu bar', () => {
  it('is in the person’s language, on a Mac only', async () => {
    const elsewhere = await open(view(TRAINER), answers);
    expect(elsewhere.asked('show_in_menu')).toHaveLength(0);
    cleanup();
    vi.spyOn(navigator, 'userAgent', 'get').mockReturnValue(USER_AGENTS.mac);
    const window = await open(view(TRAINER), answers);
    const words = () => window.asked('show_in_menu').at(-1)?.words;
    expect(words()).toMatchObject({ settings: 'Einstellungen…', quit: 'Ringside beenden' });
    window.bridge.emit({ type: 'view', view: view({ ...TRAINER, locale: 'pt' }) });
    await window.settle();
    expect(words()).toMatchObject({ settings: 'Configurações…', quit: 'Encerrar o Ringside' });
    expect(window.asked('show_in_menu').length).toBeLessThan(4);
  });

  it('is in that language also after a start that failed', async () => {
    vi.spyOn(navigator, 'userAgent', 'get').mockReturnValue(USER_AGENTS.mac);
    let isBroken = true;
    const window = await open(view(null), {
      ...answers,
      view: () => {
        if (isBroken) throw failure('data-directory') as unknown as Error;
        window.bridge.emit({ type: 'view', view: view(null) });
        return null;
      },
      show_in_menu: () => {
        if (isBroken) throw failure('data-directory') as unknown as Error;
        return null;
      },
    });
    expect(window.view()).toBe('failure');
    const before = window.asked('show_in_menu').length;
    expect(before).toBeGreaterThan(0);
    isBroken = false;
    await window.click('retry');
    expect(window.view()).toBe('sign-in');
    expect(window.asked('show_in_menu')).toHaveLength(before + 1);
    expect(window.asked('show_in_menu').at(-1)?.words).toMatchObject({ quit: 'Quit Ringside' });
  });

  it('is set again after setting it failed', async () => {
    vi.spyOn(navigator, 'userAgent', 'get').mockReturnValue(USER_AGENTS.mac);
    let isBroken = true;
    const window = await open(view(TRAINER), {
      ...answers,
      show_in_menu: () => (isBroken ? Promise.reject(failure('system') as unknown as Error) : null),
    });
    const before = window.asked('show_in_menu').length;
    isBroken = false;
    window.app.desktop.fillMenu();
    await window.settle();
    window.app.desktop.fillMenu();
    await window.settle();
    expect(window.asked('show_in_menu')).toHaveLength(before + 1);
  });

  it('opens the settings, the shortcuts and the about box', async () => {
    const window = await open(view(TRAINER), answers);
    window.bridge.emit({ type: 'open', place: 'settings' });
    await window.settle();
    expect(window.has('close-settings')).toBe(true);
    window.bridge.emit({ type: 'open', place: 'shortcuts' });
    await window.settle();
    await window.click('close-shortcuts');
    window.bridge.emit({ type: 'open', place: 'about' });
    await window.settle();
    expect(window.find('about-box').textContent).toContain('Tauri 2.12.5 · WebView 2.50.4 · linux x86_64');
    await window.click('close-about');
    expect(window.has('about-box')).toBe(false);
  });

  it('opens the about box also while nobody is signed in', async () => {
    const window = await open(view(null), answers);
    window.bridge.emit({ type: 'open', place: 'about' });
    await window.settle();
    expect(window.find('about-box').textContent).toContain('MIT or Apache-2.0');
  });
});

describe('the licences', () => {
  it('cover everything that is delivered, each with its text', async () => {
    const { packages, texts } = await loadLicences();
    const names = packages.map(({ name }) => name);
    for (const name of ['tauri', 'svelte', '@fontsource-variable/inter', 'Rust standard library']) {
      expect(names).toContain(name);
    }
    // What tests and builds use is not delivered.
    for (const name of ['vitest', 'proptest', 'ringside', 'tauri-build', 'clap_derive'])
      expect(names).not.toContain(name);
    const wordless = packages.filter((one) => !one.texts.length || one.texts.some((id) => !texts[id]));
    expect(wordless.map(({ name }) => name)).toEqual([]);
  });

  it('are found by name, by licence and by author', async () => {
    const { packages } = await loadLicences();
    expect(search(packages, 'OFL').map(({ name }) => name)).toEqual(['@fontsource-variable/inter']);
    expect(search(packages, ' tauri  UPDATER ').map(({ name }) => name)).toEqual(['tauri-plugin-updater']);
    expect(search(packages, 'the rust project contributors').length).toBeGreaterThan(0);
    expect(search(packages, '')).toHaveLength(packages.length);
  });

  it('can be searched and opened in the settings, and Escape closes only them', async () => {
    const window = await open(view(TRAINER), answers);
    await window.click('open-settings');
    expect(window.find('versions').textContent).toContain('Tauri 2.12.5');
    await window.click('open-licences');
    await window.type('search-licences', 'inter ofl');
    expect(window.find('licences-count').textContent).toMatch(/^\s*1 von \d+ Paketen\s*$/);
    const found = window.find('delivered') as HTMLDetailsElement;
    expect(found.textContent).not.toContain('SIL OPEN FONT LICENSE');
    found.open = true;
    found.dispatchEvent(new Event('toggle'));
    await window.settle();
    expect(found.textContent).toContain('SIL OPEN FONT LICENSE');
    await window.type('search-licences', 'xyzzy');
    expect(window.find('licences').textContent).toContain('Kein Paket');
    await press(window, 'Escape');
    // What the browser does with that key while a dialog is open.
    (window.find('licences') as HTMLDialogElement).close();
    await window.settle();
    expect(window.has('licences')).toBe(false);
    expect(window.has('close-settings')).toBe(true);
  });

  it('are shown also when the versions are not known', async () => {
    const window = await open(view(TRAINER));
    await window.click('open-settings');
    expect(window.has('versions')).toBe(false);
    await window.click('open-licences');
    expect(window.has('licences')).toBe(true);
  });
});
