import { describe, expect, test } from '@jest/globals';
import { custodiansIn, holdAsked } from '../../../src/bot/compliance/hold-asked.ts';

describe('what is typed after !c hold', () => {
  test.each([
    ['', { do: 'list' }],
    ['List', { do: 'list' }],
    ['help', { do: 'help' }],
    ['show Acme-Matter', { do: 'show', hold: 'acme-matter' }],
    ['release acme', { do: 'release', hold: 'acme' }],
    [
      'Add Acme-Matter user:@bob network:whatsapp after:2026-01-01',
      { do: 'add', hold: 'acme-matter', query: 'user:@bob network:whatsapp after:2026-01-01', custodians: [] },
    ],
    [
      'add acme case:“Acme v. Doe” "the deal" custodian:@bob  Custodians:"@carol, dave"',
      { do: 'add', hold: 'acme', query: '"the deal"', case: 'Acme v. Doe', custodians: ['@bob', '@carol', 'dave'] },
    ],
    ['add acme bookcase:x', { do: 'add', hold: 'acme', query: 'bookcase:x', custodians: [] }],
  ])('%s is understood', (rest, asked) => {
    expect(holdAsked(rest)).toEqual({ ok: true, value: asked });
  });

  test.each([
    ['add', 'Which hold?'],
    ['add acme', 'What should it cover?'],
    ['add acme case:x', 'What should it cover?'],
    ['add acme case:"" user:@bob', 'Which case?'],
    [`add acme user:@bob case:${'x'.repeat(200)}`, 'Which case?'],
    [`add acme user:@bob ${'custodian:@x '.repeat(51)}`, 'at most 50'],
    ['show ../etc', 'letters, digits and dashes'],
    ['relase acme', 'Did you mean !c hold release?'],
    ['constructor x', '!c hold help'],
  ])('%s is refused in words', (rest, words) => {
    expect(holdAsked(rest)).toMatchObject({ ok: false, error: expect.stringContaining(words) });
  });

  test('custodians are people of this server, each once', () => {
    expect(custodiansIn(['@Bob', 'bob', '@carol:acme.example'], 'acme.example')).toEqual({
      ok: true,
      value: ['@bob:acme.example', '@carol:acme.example'],
    });
    expect(custodiansIn(['@eve:elsewhere.example'], 'acme.example')).toEqual({
      ok: false,
      error: '@eve:elsewhere.example',
    });
    expect(custodiansIn(['@'], 'acme.example').ok).toBe(false);
  });
});
