import { describe, expect, test } from '@jest/globals';
import type { EntryOf } from '../../../src/core/entry.ts';
import type { KeptFinding, KeptHit } from '../../../src/core/policy-entries.ts';
import { cardContent, endedCard, openCard } from '../../../src/bot/compliance/card-words.ts';
import { endedWords } from '../../../src/bot/compliance/ended-words.ts';
import { decide, type Decisions } from '../../../src/bot/compliance/decisions.ts';
import { isItemTyped, itemTyped } from '../../../src/bot/compliance/item-typed.ts';
import { maskedSnippet, maskedText } from '../../../src/bot/compliance/masked-text.ts';
import { tapIn } from '../../../src/bot/compliance/tap.ts';
import type { StandingVerdict } from '../../../src/policy/verdicts/verdict-store.ts';
import { itemId } from '../../../src/policy/verdicts/item-id.ts';
import { desk, event, matrixEntry, millis, now, olivia, position, rita } from './samples.ts';

const CARD = '4111 1111 1111 1111';

function finding(text: string, value: string, more: Partial<KeptFinding> = {}): KeptFinding {
  const start = text.indexOf(value);
  if (start < 0) throw new Error('the text does not hold it');
  const where = { start, end: start + value.length };
  return {
    by: 'detector:card',
    what: 'body',
    ...where,
    confidence: 0.99,
    masked: 'ends 1111',
    tricks: [],
    over: [],
    ...more,
  };
}

function hit(findings: readonly KeptFinding[], more: Partial<KeptHit> = {}): KeptHit {
  return {
    ...{ rule: 'card-number', version: 'a'.repeat(64), says: 'looks like a payment card number', severity: 'high' },
    ...{ consequence: 'quarantine', dryRun: false, notify: false, count: findings.length, findings },
    ...more,
  };
}

function verdict(hits: readonly KeptHit[]): EntryOf<'policy.verdict'> {
  const { class: klass, ...rest } = matrixEntry({});
  return {
    ...{ position: position(48_211), v: 1, at: now, recordedAt: now, class: klass, source: rest.source },
    kind: 'policy.verdict',
    body: {
      ...{ of: position(12), rules: 'b'.repeat(64), content: 'c'.repeat(64), hits, unread: [] },
      consequence: 'quarantine',
      until: millis(now + 14_400_000),
    },
  };
}

describe('a judged text', () => {
  test('shows a value by its last digits, where it stood', () => {
    const text = `Sure, use ${CARD} exp 09/27`;
    expect(maskedText(text, [hit([finding(text, CARD)])])).toBe('Sure, use •••• 1111 exp 09/27');
  });

  test('masks what the findings don’t name: one number too many for a rule’s list is no number shown', () => {
    const text = `${CARD} and 5500-0000-0000-0004 and +1 (202) 555-0199`;
    const masked = maskedText(text, [hit([finding(text, CARD)], { count: 2 })]);
    expect(masked).toBe('•••• 1111 and •••• 0004 and +•••• 0199');
    expect(masked).not.toMatch(/\d{5}/u);
  });

  test('leaves prices, times and years alone', () => {
    const text = 'Room 204 at 16:30 on 2026-03-06 for 1,250.00';
    expect(maskedText(text, [])).toBe(text);
  });

  test('puts values that overlap behind one mask, and shows words as they are', () => {
    const text = `text me on my cell ${CARD}`;
    const words = finding(text, 'text me on my cell', { by: 'lexicon:off-channel-en#1', masked: '' });
    const inner = finding(text, '1111 1111 1111', { by: 'detector:phone', masked: 'ends 1111' });
    expect(maskedText(text, [hit([words, finding(text, CARD), inner])])).toBe('text me on my cell •••• 1111');
  });

  test('masks dry runs’ findings as well, and survives spans that fit no text', () => {
    const text = 'key AKIAIOSFODNN7EXAMPLE';
    const dry = hit([finding(text, 'AKIAIOSFODNN7EXAMPLE', { by: 'detector:secret', masked: 'AKIA…' })], {
      dryRun: true,
    });
    const odd = hit([
      { ...finding(text, 'key'), end: 9_999 },
      { ...finding(text, 'key'), what: 'file' },
    ]);
    expect(maskedText(text, [dry, odd])).toBe('key AKIA…');
  });

  test('is cut to 120 characters around what was found', () => {
    const text = `${'Hello there, lovely weather. '.repeat(20)}Please use ${CARD} for it ${'thanks '.repeat(60)}`;
    const snippet = maskedSnippet(text, [hit([finding(text, CARD)])]);
    expect(Array.from(snippet).length).toBeLessThanOrEqual(120);
    expect(snippet).toMatch(/^…\S.*Please use •••• 1111 for it thanks .*…$/u);
  });

  test('breaks no character in two and keeps to one line', () => {
    const text = `${'👩‍💻🦄'.repeat(40)}\n${CARD}\n@room ${'🦄'.repeat(200)}`;
    const snippet = maskedSnippet(text, [hit([finding(text, CARD)])]);
    expect(snippet).not.toMatch(/\n|@room|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/u);
    expect(Array.from(snippet).length).toBeLessThanOrEqual(120);
  });
});

describe('a card', () => {
  const text = `Sure, use ${CARD} exp 09/27`;
  const carded = {
    verdict: verdict([hit([finding(text, CARD)]), hit([], { rule: 'promises', consequence: 'flag', severity: 'low' })]),
    shown: { from: '@alice:acme.example', to: 'Ann Lee', network: 'SMS' },
    text,
  };
  const item = itemId(position(48_211));

  test('reads as on a phone: what, who to whom, what can be done', () => {
    expect(openCard(carded, millis(now + 12 * 60_000))).toBe(
      [
        `${item} · HIGH · 12 min · card-number · quarantined`,
        'Alice → Ann Lee (SMS): “Sure, use •••• 1111 exp 09/27”',
        `✅ approve   ❌ reject   !c show ${item}`,
      ].join('\n'),
    );
  });

  test('says afterwards what became of it, with nothing to tap', () => {
    const by = {
      ...carded.verdict,
      kind: 'policy.rejected' as const,
      recordedAt: millis(now + 60_000),
      body: {
        of: position(12),
        verdict: position(48_211),
        content: 'c'.repeat(64),
        by: olivia,
        note: 'please use the payment link',
      },
    };
    const ended = { state: 'rejected' as const, by, now };
    expect(endedWords(ended, 'America/New_York')).toBe('rejected by Olivia 16:31');
    expect(endedCard(carded, ended, 'America/New_York')).toBe(
      [
        `${item} · HIGH · card-number · rejected`,
        'Alice → Ann Lee (SMS): “Sure, use •••• 1111 exp 09/27”',
        '❌ rejected by Olivia 16:31: please use the payment link',
      ].join('\n'),
    );
  });

  test('of an erased message shows what is known', () => {
    expect(openCard({ ...carded, shown: {}, text: undefined }, now).split('\n')[0]).toContain('card-number');
  });

  test('names its item so that it is not taken for a record’s number', () => {
    const early = { ...carded, verdict: { ...carded.verdict, position: position(1) } };
    expect(openCard(early, now)).toContain('!c show 2a23');
  });

  test('mentions who can decide and names the records it quotes; markup of others is inert', () => {
    const content = cardContent('a <b>\nc', [olivia], [position(12), position(13)]);
    expect(content).toMatchObject({
      msgtype: 'm.text',
      formatted_body: '<b>a &lt;b&gt;</b><br>c',
      'm.mentions': { user_ids: [olivia] },
      'org.gatehouse.refs': [12, 13],
    });
  });
});

describe('an item as it is typed', () => {
  test.each(['3n78', '3N78', ' 3n78 ', 'item 3n78', 'Item  3N78'])('%s', (typed) => {
    expect(isItemTyped(typed)).toBe(true);
    expect(itemTyped(typed)).toEqual({ ok: true, value: 48_211 });
  });

  test.each(['47903', '47,903', '#47 903', '', 'nonsense words', '234'])(
    '“%s” is a record’s number, or nothing',
    (typed) => {
      expect(isItemTyped(typed)).toBe(false);
    },
  );

  test('of digits alone is one where the word stands before it', () => {
    expect(isItemTyped('item 223')).toBe(true);
    expect(itemTyped('item 223')).toEqual({ ok: true, value: 1 });
  });
});

describe('a tap', () => {
  const on = '$card';
  const reaction = (key: string | number | undefined, more = {}) =>
    matrixEntry({ 'm.relates_to': { rel_type: 'm.annotation', event_id: on, key, ...more } }, { type: 'm.reaction' })
      .body;

  test.each([
    ['✅', 'yes'],
    ['✅\ufe0f', 'yes'],
    ['❌', 'no'],
  ])('%s says %s', (key, says) => {
    expect(tapIn(reaction(key))).toEqual({ on, says });
  });

  test.each(['👍', '', '✅✅', '✔️', 7, undefined])('%s is none', (key) => {
    expect(tapIn(reaction(key))).toBeUndefined();
  });

  test('is a reaction to an event, and nothing that only looks like one', () => {
    expect(tapIn(reaction('✅', { event_id: 'no event' }))).toBeUndefined();
    expect(tapIn(reaction('✅', { rel_type: 'm.reference' }))).toBeUndefined();
    expect(tapIn({ ...reaction('✅'), type: 'm.room.message' })).toBeUndefined();
    expect(tapIn({ ...reaction('✅'), state_key: '' })).toBeUndefined();
    expect(tapIn(matrixEntry({}, { type: 'm.reaction' }).body)).toBeUndefined();
  });
});

describe('a decision', () => {
  const standing: StandingVerdict = {
    ...{ position: position(48_211), of: position(12), content: 'c'.repeat(64), version: undefined },
    consequence: 'quarantine',
    state: 'open',
    ...{ until: undefined, changed: position(48_211) },
  };
  const message = { event: event('$tap'), sender: olivia, at: now };
  const wish = { kind: 'policy.approved', verdict: position(48_211), message, desk, role: 'officer', now } as const;

  /** Somebody else's decision comes on record in the moment between the look and the record. */
  function beaten(): Decisions {
    let state: 'open' | 'rejected' = 'open';
    const { class: klass, source, ...rest } = verdict([]);
    const body = { of: position(12), verdict: position(48_211), content: 'c'.repeat(64), by: rita };
    const other = { ...rest, class: klass, source: { ...source, id: 'policy.rejected/$other' }, body };
    return {
      recorder: {
        append: (drafts) => {
          state = 'rejected';
          return Promise.resolve(drafts.map(() => ({ position: position(48_214), duplicate: false })));
        },
      },
      read: (at) =>
        Promise.resolve(at === 48_213 ? { ...other, kind: 'policy.rejected', position: position(48_213) } : undefined),
      standing: () => Promise.resolve({ ...standing, state, changed: position(state === 'open' ? 48_211 : 48_213) }),
    };
  }

  test('that comes on record second is told who was first', async () => {
    const answer = await decide(beaten(), wish);
    expect(answer.code).toBe('failed');
    expect(answer.text).toBe('Nothing was done: 3n78 was already rejected by Rita 16:30.');
  });
});
