/** The letter that answers a person's request. */
import { describe, expect, test } from '@jest/globals';
import { must, parseClassId, parseHoldId } from '../../../../src/core/ids.ts';
import type { DsarCount } from '../../../../src/core/person-entries.ts';
import { letterText, type LetterOf } from '../../../../src/retention/person/copy/letter.ts';
import { millis } from '../../bot/samples.ts';

const at = (day: string) => millis(Date.parse(`${day}T12:00:00Z`));
const finra = { class: must(parseClassId('us-finra-6y')), authority: 'FINRA Rule 4511(b)' };
const span = { from: at('2024-01-02'), to: at('2026-03-05') };

const counts: readonly DsarCount[] = [
  { outcome: 'erased', class: must(parseClassId('short-30d')), entries: 1_204, files: 3, ...span },
  { outcome: 'duty', ...finra, until: at('2030-03-01'), entries: 300, files: 0, ...span },
  {
    outcome: 'duty',
    class: must(parseClassId('other')),
    authority: finra.authority,
    entries: 10,
    files: 1,
    from: span.from,
    to: at('2026-03-06'),
    until: at('2032-03-01'),
  },
  { outcome: 'hold', hold: must(parseHoldId('acme-matter')), entries: 12, files: 0, ...span },
  {
    outcome: 'hold',
    hold: must(parseHoldId('other-matter')),
    entries: 1,
    files: 0,
    from: at('2026-01-01'),
    to: at('2026-01-01'),
  },
  { outcome: 'others', entries: 5, files: 0, ...span },
];
const erasure: LetterOf = {
  ...{ id: 'k4f', wants: 'erase', opened: at('2026-03-06'), done: at('2026-03-09'), written: at('2026-03-10') },
  ...{ zone: 'America/New_York', counts, finalAt: at('2026-04-08'), networks: ['SMS', 'WhatsApp'], isStaff: false },
};
const access: LetterOf = {
  ...{ ...erasure, wants: 'access', finalAt: undefined },
  copy: { found: { written: 700, received: 600, files: 4, notes: 1_228 }, masked: 17 },
};

describe('the letter about an erasure', () => {
  test('says what was erased, what stays by which law until when, and when it is final', () => {
    expect(letterText(erasure).split('\n')).toEqual([
      '10 March 2026',
      '',
      'Your request k4f of 6 March 2026',
      '',
      'Dear Sir or Madam,',
      '',
      'you asked us on 6 March 2026 to erase your personal data from the record of our messages (Article 17 of Regulation (EU) 2016/679, "GDPR").',
      '',
      'On 9 March 2026 we erased:',
      '- 1,204 records, 3 of them files, of 2 January 2024 to 5 March 2026',
      '',
      'Copies of the keys to them lie in our backups until 8 April 2026. We restore such a copy only after a failure, and erase the same again then. From 8 April 2026 on it is final in the backups too.',
      '',
      'We may not or cannot erase yet:',
      '- 310 records, 1 of them a file, of 2 January 2024 to 6 March 2026: FINRA Rule 4511(b) asks us to keep them until 1 March 2032 (Article 17(3)(b) GDPR)',
      '- 13 records, of 2 January 2024 to 5 March 2026: needed for the establishment, exercise or defence of legal claims (Article 17(3)(e) GDPR)',
      '- 5 records, of 2 January 2024 to 5 March 2026: they are as much about somebody else',
      '',
      'What stays is used for nothing else, and goes when the reason is over.',
      '',
      expect.stringMatching(/^It came from you: what you wrote to us over SMS and WhatsApp/u),
      '',
      'Who received it: our staff, and to carry the messages the providers of SMS and WhatsApp with the networks behind them.',
      '',
      expect.stringMatching(
        /^You can complain to a supervisory authority.*\(Article 77 GDPR\), and you can go to court \(Article 79 GDPR\)\.$/u,
      ),
      '',
      'Yours faithfully,',
      '',
    ]);
  });

  test('never names a hold, nor a class', () => {
    for (const letter of [erasure, access]) {
      expect(letterText(letter)).not.toMatch(/acme-matter|other-matter|us-finra-6y|short-30d/u);
    }
  });

  test('says so where nothing could go, or nothing stays', () => {
    const nothing = letterText({ ...erasure, counts: counts.slice(1) });
    expect(nothing).toContain('Nothing could be erased now.');
    expect(nothing).not.toContain('final in the backups');
    const all = letterText({ ...erasure, counts: counts.slice(0, 1) });
    expect(all).not.toContain('We may not or cannot erase yet');
    expect(all).not.toContain('What stays');
  });
});

describe('the letter about access', () => {
  test('says what there is by kind, how long it is kept, where it came from and who had it', () => {
    const lines = letterText(access).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'We found:',
        '- what you wrote: 700',
        '- what our staff wrote to you or about you: 600',
        '- files: 4',
        '- technical notes about these: sending, delivery, the chat: 1,228',
        'How long we keep it:',
        '- 310 records, 1 of them a file, of 2 January 2024 to 6 March 2026: FINRA Rule 4511(b) asks us to keep them until 1 March 2032 (Article 17(3)(b) GDPR)',
        '- 1,204 records, 3 of them files, of 2 January 2024 to 5 March 2026: until our own period for them ends, or you ask us to erase them',
      ]),
    );
    const text = lines.join('\n');
    expect(text).toContain('In 17 records something of other people is left out');
    expect(text).toContain('(Article 15(4) GDPR)');
    expect(text).toContain('(Articles 16, 17, 18 and 21 GDPR)');
    expect(text).not.toContain('we erased');
  });

  test('of staff speaks of their work, and of nobody outside', () => {
    const text = letterText({ ...access, networks: [], isStaff: true });
    expect(text).toContain('It came from your own messages at work');
    expect(text).toContain('Nobody outside our company received it from us, but those you wrote with.');
  });
});
