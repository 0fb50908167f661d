import { expect, test } from '@jest/globals';
import type { EntryBodies, EntryOf } from '../../../src/core/entry.ts';
import {
  must,
  parseAddress,
  parseClassId,
  parseLineId,
  parseMillis,
  parseNetworkId,
  parsePosition,
  parseUserId,
} from '../../../src/core/ids.ts';
import { isMessage, textsOf } from '../../../src/journal/search/entry-texts.ts';

const at = must(parseMillis(1_700_000_000_000));

function wanted(more: Pick<EntryBodies['portal.wanted'], 'text' | 'template'>): EntryOf<'portal.wanted'> {
  return {
    ...{ kind: 'portal.wanted', v: 1, position: must(parsePosition(2)), at, recordedAt: at },
    class: must(parseClassId('us-finra-6y')),
    source: { system: 'gatehouse', id: 'portal.wanted/$x', sure: true },
    body: {
      line: must(parseLineId('sales')),
      network: must(parseNetworkId('whatsapp')),
      address: must(parseAddress('+12025550199')),
      by: must(parseUserId('@alice:acme.example')),
      because: must(parsePosition(1)),
      ...more,
    },
  };
}

test('a ready text that was sent is a message: whoever sent it wrote its name, and the words stand nowhere else', () => {
  const ready = wanted({ text: 'Hello Ann, it is ready.', template: { name: 'ready', values: ['Ann'] } });
  expect(isMessage(ready)).toBe(true);
  expect(textsOf(ready)).toEqual(['Hello Ann, it is ready.']);
});

test('the first words of a chat are no second message beside the command that holds them', () => {
  expect(isMessage(wanted({ text: 'Hello Ann' }))).toBe(false);
  expect(isMessage(wanted({}))).toBe(false);
});
