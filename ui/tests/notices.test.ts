/** What the system tells somebody who looks elsewhere. */
import { describe, expect, it, vi } from 'vitest';

import type { Account } from '../src/bridge/bridge';
import { isolated } from '../src/words/names';
import { ALVA, round, session, ATHLETE, TRAINER, view } from '../dev/fixtures';
import { open } from './window';

describe('whoever looks elsewhere', () => {
  it('is notified by the system that somebody is waiting, unless that is switched off', async () => {
    vi.spyOn(document, 'hasFocus').mockReturnValue(false);
    const window = await open(view(TRAINER), { notify: () => null });
    await window.deliver(session('waiting'), 'session-started');
    expect(window.asked('notify')[0]?.notice).toMatchObject({ session_id: session('waiting').id });
    await window.click('open-settings');
    await window.click('wait-notices');
    expect(window.has('round-notices')).toBe(false);
    await window.deliver({ ...session('waiting'), id: 's-other' }, 'session-started');
    expect(window.asked('notify')).toHaveLength(1);
  });

  it('is notified that a round has arrived, but not while the window is in front', async () => {
    const focus = vi.spyOn(document, 'hasFocus').mockReturnValue(true);
    const window = await open(view(ATHLETE, [session('active')]), { notify: () => null });
    await window.deliver(session('active', [round(1, 'released', [])]), 'round-released', 'r-1');
    expect(window.asked('notify')).toHaveLength(0);
    focus.mockReturnValue(false);
    await window.deliver(session('active', [round(2, 'released', [])]), 'round-released', 'r-2');
    expect(window.asked('notify').map(({ notice }) => notice.session_id)).toEqual([session('active').id]);
    window.app.settings.roundNotices = false;
    await window.deliver(session('active', [round(3, 'released', [])]), 'round-released', 'r-3');
    expect(window.asked('notify')).toHaveLength(1);
  });
});

describe('whoever has both parts', () => {
  const both: Account = { ...TRAINER, ...ATHLETE, roles: ['athlete', 'trainer'] };
  const own = session('active', [], { id: 'x-own' });
  const released = session('active', [round(1, 'released', [])], { id: 'x-own' });
  const alva = session('waiting', [], { id: 'x-alva', athlete: ALVA });

  it('is told of their round while they coach', async () => {
    vi.spyOn(document, 'hasFocus').mockReturnValue(false);
    const window = await open(view(both, [own]), { notify: () => null });
    const play = vi.spyOn(window.app.sounds, 'play');
    expect(window.view()).toBe('trainer');
    await window.deliver(released, 'round-released', 'r-1');
    expect(play.mock.calls).toEqual([['round']]);
    expect(window.asked('notify')).toHaveLength(1);
    // It is nowhere on screen, so it is shown.
    expect(window.find('notice').textContent).toContain('Runde 1 ist da.');
    expect(window.find('announcement').textContent).toContain('Runde 1 ist da.');
  });

  it('is told who is waiting while they train, and a click opens that session', async () => {
    vi.spyOn(document, 'hasFocus').mockReturnValue(false);
    const window = await open(view(both, [own]), { notify: () => null });
    await window.click('role-athlete');
    const play = vi.spyOn(window.app.sounds, 'play');
    await window.deliver(alva, 'session-started');
    expect(play.mock.calls).toEqual([['waiting']]);
    expect(window.find('notice').textContent).toContain(`${isolated('Alva Lindqvist')} wartet auf dich.`);
    expect(window.asked('notify').map(({ notice }) => notice.session_id)).toEqual([alva.id]);
    window.bridge.emit({ type: 'reveal', session_id: alva.id });
    await window.settle();
    expect(window.view()).toBe('trainer');
    expect(document.querySelector('[data-session="x-alva"]')?.getAttribute('aria-current')).toBe('true');
  });

  it('is told of what is on screen once, without a notice', async () => {
    const window = await open(view(both, [own]));
    const play = vi.spyOn(window.app.sounds, 'play');
    await window.deliver(alva, 'session-started');
    await window.click('role-athlete');
    await window.deliver(released, 'round-released', 'r-1');
    expect(play.mock.calls).toEqual([['waiting'], ['round']]);
    expect(window.has('notice')).toBe(false);
  });

  it('is told nothing of a part they do not have', async () => {
    const window = await open(view(ATHLETE));
    const play = vi.spyOn(window.app.sounds, 'play');
    await window.deliver(alva, 'session-started');
    expect(play).not.toHaveBeenCalled();
    expect(window.find('announcement').textContent).toBe('');
  });
});
