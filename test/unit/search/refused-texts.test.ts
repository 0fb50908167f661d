import { describe, expect, test } from '@jest/globals';
import type { EntryOf } from '../../../src/core/entry.ts';
import { must, parseClassId, parseMillis, parsePosition, parseRoomId, parseUserId } from '../../../src/core/ids.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { isMessage, textsOf } from '../../../src/journal/search/entry-texts.ts';

const at = must(parseMillis(1_700_000_000_000));

function refusal(event?: JsonObject): EntryOf<'policy.refused'> {
  return {
    ...{ kind: 'policy.refused', v: 1, position: must(parsePosition(1)), at, recordedAt: at },
    class: must(parseClassId('us-finra-6y')),
    source: { system: 'gatehouse', id: 'policy.refused/$x', sure: true },
    body: {
      callback: 'check_event_for_spam',
      user: must(parseUserId('@alice:acme.example')),
      room: must(parseRoomId('!office:acme.example')),
      ...(event === undefined ? {} : { event }),
      ...{ rules: 'a'.repeat(64), content: 'b'.repeat(64), hits: [], shadow: false },
    },
  };
}

describe('What was refused before it existed', () => {
  test.each<readonly [string, JsonObject | undefined, readonly string[]]>([
    ['a message', { content: { body: 'my card' } }, ['my card']],
    ['an edit', { content: { body: '* now', 'm.new_content': { body: 'now' } } }, ['* now', 'now']],
    ['a topic', { content: { topic: 'Deals' } }, ['Deals']],
    ['an invitation', undefined, []],
    ['something odd', { content: 7 }, []],
  ])('%s is found by its words', (_, event, texts) => {
    expect(textsOf(refusal(event))).toEqual(texts);
  });

  test('is no message that somebody got', () => {
    expect(isMessage(refusal({ content: { body: 'my card' } }))).toBe(false);
  });
});
