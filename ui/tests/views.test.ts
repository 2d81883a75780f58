/** Sign-in, settings and start-up as whole windows, and every scene of the gallery under axe. */
import { render } from '@testing-library/svelte';
import axe from 'axe-core';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import AppRoot from '../src/App.svelte';
import { App } from '../src/state/app.svelte';
import { localStoreIn } from '../src/state/local-store';
import { ALL_SCENES } from '../dev/all-scenes';
import { ATHLETE, TRAINER, view } from '../dev/fixtures';
import { drop } from '../dev/drop';
import { failure, ScriptedBridge } from '../dev/scripted';
import { point } from './touch';
import { open, PATIENT, settle } from './window';

// A dozen packages look as hundreds do, and axe takes seconds for the nodes of hundreds.
vi.mock(import('../third-party.json'), async (original) => {
  const { packages, texts } = (await original()).default;
  return { default: { packages: packages.slice(0, 12), texts } };
});

beforeEach(() => {
  // jsdom has neither modal dialogs, nor a canvas, nor a clipboard; what is asked here is what stands in them and around.
  document.execCommand = () => false;
  HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
    this.open = true;
  };
  HTMLCanvasElement.prototype.getContext = () => null;
  HTMLDialogElement.prototype.close ??= function close(this: HTMLDialogElement) {
    this.open = false;
  };
});

describe('sign-in', () => {
  it('marks each missing input, and sends nothing', async () => {
    const window = await open(view(null));
    await window.click('submit-sign-in');
    expect(window.find('email').getAttribute('aria-invalid')).toBe('true');
    expect(window.find('password').getAttribute('aria-invalid')).toBe('true');
    expect(window.asked('sign_in')).toEqual([]);
  });

  it('sends the address without white space and the password as it is', async () => {
    const window = await open(view(null), { sign_in: () => ATHLETE });
    await window.type('email', ' jonas@studio.example ');
    await window.type('password', ' geheim 1 ');
    await window.click('submit-sign-in');
    expect(window.asked('sign_in')).toEqual([{ email: 'jonas@studio.example', password: ' geheim 1 ' }]);
  });

  it('keeps what was typed when it fails', async () => {
    const window = await open(view(null), {
      sign_in: () => Promise.reject(failure('wrong-credentials') as unknown as Error),
    });
    await window.type('email', 'jonas@studio.example');
    await window.type('password', 'falsch');
    await window.click('submit-sign-in');
    expect(window.find('failure').dataset['code']).toBe('wrong-credentials');
    expect((window.find('email') as HTMLInputElement).value).toBe('jonas@studio.example');
  });

  it('opens the server’s address when that may be wrong', async () => {
    const window = await open(view(null), {
      sign_in: () => Promise.reject(failure('not-ringside') as unknown as Error),
      choose_server: ({ url }) => `https://${url}`,
    });
    expect(window.find('server-choice').hasAttribute('open')).toBe(false);
    await window.type('email', 'a@b.example');
    await window.type('password', 'x');
    await window.click('submit-sign-in');
    expect(window.find('server-choice').hasAttribute('open')).toBe(true);
    await window.type('server-url', 'training.example');
    await window.click('choose-server');
    expect(window.asked('choose_server')).toEqual([{ url: 'training.example' }]);
    expect((window.find('server-url') as HTMLInputElement).value).toBe('https://training.example');
    expect(window.has('failure')).toBe(false);
  });

  it('says that it lasts only until the app is closed where there is no keyring', async () => {
    const window = await open(view(null, [], { vault: 'memory' }));
    expect(window.has('notice')).toBe(false);
    window.bridge.emit({ type: 'view', view: view(ATHLETE, [], { vault: 'memory' }) });
    await window.settle();
    expect(window.find('notice').textContent).toContain('Schlüsselbund');
  });
});

describe('the settings', () => {
  it('change the language of the account and of every text at once', async () => {
    const window = await open(view(ATHLETE), { change_me: () => ({ ...ATHLETE, locale: 'en' }) });
    await window.click('open-settings');
    expect(window.text()).toContain('Einstellungen');
    window.find('language-en').dispatchEvent(new Event('change', { bubbles: true }));
    await window.settle();
    expect(window.asked('change_me')).toEqual([{ name: null, locale: 'en', weight_unit: null }]);
    expect(window.text()).toContain('Settings');
    expect(document.documentElement.lang).toBe('en');
  });

  it('change the theme of this device', async () => {
    const window = await open(view(TRAINER));
    expect(document.documentElement.dataset['theme']).toBe('system');
    await window.click('open-settings');
    window.find('theme-light').dispatchEvent(new Event('change', { bubbles: true }));
    await window.settle();
    expect(document.documentElement.dataset['theme']).toBe('light');
  });

  it('ask for the new password twice, and for eight characters', async () => {
    const window = await open(view(ATHLETE), { change_password: () => null });
    await window.click('open-settings');
    await window.type('current-password', 'alt');
    await window.type('new-password', 'kurz');
    await window.type('repeat-password', 'kurz!');
    await window.click('submit-password');
    expect(window.text()).toContain('Das ist zu kurz.');
    expect(window.text()).toContain('Die beiden neuen Passwörter sind verschieden.');
    expect(window.asked('change_password')).toEqual([]);
    await window.type('new-password', 'lang genug');
    await window.type('repeat-password', 'lang genug');
    await window.click('submit-password');
    expect(window.asked('change_password')).toEqual([
      { current_password: 'alt', new_password: 'lang genug' },
    ]);
    expect(window.find('notice').textContent).toContain('Passwort geändert');
    expect((window.find('new-password') as HTMLInputElement).value).toBe('');
  });

  it('show beside the input that the current password is wrong', async () => {
    const wrong = failure('invalid', { fields: [{ pointer: '/current_password', code: 'wrong-password' }] });
    const window = await open(view(ATHLETE), {
      change_password: () => Promise.reject(wrong as unknown as Error),
    });
    await window.click('open-settings');
    await window.type('current-password', 'falsch');
    await window.type('new-password', 'lang genug');
    await window.type('repeat-password', 'lang genug');
    await window.click('submit-password');
    expect(window.find('current-password').getAttribute('aria-invalid')).toBe('true');
    expect((window.find('new-password') as HTMLInputElement).value).toBe('lang genug');
  });

  it('sign out here at once, and everywhere after a question', async () => {
    const window = await open(view(ATHLETE), { sign_out: () => null });
    await window.click('open-settings');
    await window.click('sign-out-everywhere');
    expect(window.asked('sign_out')).toEqual([]);
    await window.click('confirm-sign-out-everywhere');
    await window.click('sign-out');
    expect(window.asked('sign_out')).toEqual([{ everywhere: true }, { everywhere: false }]);
  });
});

describe('every view is accessible', () => {
  it.each(Object.entries(ALL_SCENES))('%s', async (_name, scene) => {
    for (const [key, value] of Object.entries(scene.kept ?? {})) {
      localStorage.setItem(`ringside.${key}`, JSON.stringify(value));
    }
    const told = scene.view;
    const bridge: ScriptedBridge = new ScriptedBridge(
      {
        try_now: () => null,
        view: () => {
          if (told) bridge.emit({ type: 'view', view: told() });
          scene.then?.(bridge);
          return null;
        },
        ...scene.answers,
      },
      { readVideo: () => new ArrayBuffer(8), ...(scene.drops ? scene.bytes : {}) },
    );
    render(AppRoot, { app: new App(bridge, localStoreIn(localStorage)) });
    await settle();
    const find = (testid: string) =>
      vi.waitFor(() => {
        const element = document.querySelector(`[data-testid="${testid}"]`);
        expect(element).not.toBeNull();
        return element;
      }, PATIENT);
    const click = async (testid: string) => {
      const event = new MouseEvent('click', { bubbles: true, cancelable: true });
      (await find(testid))?.dispatchEvent(event);
      await settle();
    };
    for (const testid of scene.clicks ?? []) await click(testid);
    for (const [testid, text] of Object.entries(scene.fills ?? {})) {
      const field = (await find(testid)) as HTMLInputElement;
      field.value = text;
      field.dispatchEvent(new InputEvent('input', { bubbles: true }));
      await settle();
    }
    const files = scene.drops?.();
    const box = files && (await find('exercise-video'));
    if (box) drop(box, files);
    for (const testid of scene.after ?? []) await click(testid);
    if (scene.touches) {
      const field = (await find(scene.touches)) as HTMLElement;
      point(field, 'pointerdown');
      field.focus();
      await settle();
    }
    for (const testid of scene.keys ?? []) await click(testid);
    await settle();
    const { violations } = await axe.run(document.body, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      // jsdom paints nothing: contrast is held by contrast.test.ts, sizes by the real windows' tests.
      rules: { 'color-contrast': { enabled: false }, 'target-size': { enabled: false } },
    });
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join('\n')}`)).toEqual(
      [],
    );
  });
});
