import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createMasterKey, loadMasterKey, masterKey } from '../../../src/journal/keys/master-key.ts';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'gatehouse-key-'));
});
afterEach(() => rm(dir, { recursive: true }));

describe('the master key', () => {
  test('is made once, for its owner alone, and read back', () => {
    const file = join(dir, 'master.key');
    const key = createMasterKey(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(loadMasterKey(file)).toEqual({ ok: true, value: Uint8Array.from(key) });
    expect(() => createMasterKey(file)).toThrow('EEXIST');
  });

  test('is refused, with what to do, when others may read it, when it is cut, and when it is not there', () => {
    const file = join(dir, 'master.key');
    expect(loadMasterKey(file)).toMatchObject({ ok: false, error: expect.stringContaining('does it exist') });
    createMasterKey(file);
    chmodSync(file, 0o640);
    expect(loadMasterKey(file)).toMatchObject({ ok: false, error: expect.stringContaining(`chmod 600 ${file}`) });
    chmodSync(file, 0o600);
    writeFileSync(file, 'short');
    expect(loadMasterKey(file)).toMatchObject({ ok: false, error: expect.stringContaining('has 5') });
    expect(masterKey(new Uint8Array(31)).ok).toBe(false);
    expect(masterKey(new Uint8Array(32)).ok).toBe(true);
  });
});
