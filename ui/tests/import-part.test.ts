/** The import is a part of its own: loaded when it is wanted, and said so when it does not come. */
import { describe, expect, it, vi } from 'vitest';

import { athletePage } from './past-window';
import { importing } from '../dev/import-scenes';
import { PATIENT } from './window';

describe('the import', () => {
  it('that can not be loaded says so, leads back, and can be tried again', async () => {
    let isThere = false;
    vi.doMock(import('../src/components/imports/ImportFile.svelte'), async (original) => {
      if (!isThere) throw new Error('gone');
      return original();
    });
    const window = await athletePage(importing());
    await window.click('import');
    await vi.waitFor(() => {
      window.find('failure');
    }, PATIENT);
    await window.click('close-import');
    expect(window.has('failure')).toBe(false);
    isThere = true;
    await window.click('import');
    await vi.waitFor(() => {
      expect(window.has('import-file')).toBe(true);
    }, PATIENT);
    expect(window.has('failure')).toBe(false);
  });
});
