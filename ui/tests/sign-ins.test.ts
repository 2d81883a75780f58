/** A person's own sign-ins, in the settings. */
import { expect, it } from 'vitest';

import { ATHLETE, view } from '../dev/fixtures';
import { failure } from '../dev/scripted';
import { DEVICES } from '../dev/studio-scenes';
import { open } from './window';

it('b51_everybody_sees_their_own_sign_ins_and_can_end_one', async () => {
  const window = await open(view(ATHLETE), { list_my_devices: () => DEVICES, end_my_device: () => null });
  await window.click('open-settings');
  expect(window.asked('list_my_devices')).toEqual([]);
  await window.click('show-own-devices');
  for (const part of ['Studio-PC', 'MacBook von Jonas', 'seit', 'zuletzt'])
    expect(window.find('own-sign-ins').textContent).toContain(part);
  const current = document.querySelectorAll('[data-testid="current-device"]');
  expect([...current].map(({ parentElement }) => parentElement?.textContent)).toEqual([
    expect.stringContaining('Studio-PC'),
  ]);
  await window.click('end-device');
  expect(window.asked('end_my_device')).toEqual([{ device_id: 'd-1' }]);
  expect(window.find('own-sign-ins').textContent).not.toContain('Studio-PC');
});

it('says why they can’t be shown', async () => {
  const window = await open(view(ATHLETE), { list_my_devices: () => Promise.reject(failure('unreachable')) });
  await window.click('open-settings');
  await window.click('show-own-devices');
  expect(window.find('failure').dataset['code']).toBe('unreachable');
  expect(window.has('show-own-devices')).toBe(true);
});
