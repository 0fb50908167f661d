/** The rules in force with the threads that judge in a house. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { systemClock } from '../../../../src/core/clock.ts';
import { filesOnDisk } from '../../../../src/policy/rules/rule-files.ts';
import { policyRulesWriterPart } from '../../../../src/policy/rules/projections.ts';
import { RulesInForce } from '../../../../src/policy/rules/rules-in-force.ts';
import { ScannerClient } from '../../../../src/policy/thread/scanner-client.ts';
import { openTestJournal } from '../../../support/journal.ts';
import { KeptLog, KeptMetrics } from '../../../support/quiet.ts';
import { cardRule, RuleFolder, wordRule, words } from './rule-house.ts';

let folder: RuleFolder;
beforeEach(async () => {
  folder = await RuleFolder.open();
});
afterEach(async () => {
  await folder[Symbol.asyncDispose]();
});

/** More than four threads need to begin on a busy computer. */
const LONG = 120_000;

function scanner(): ScannerClient {
  const url = new URL('../../../../src/scanner.ts', import.meta.url);
  return new ScannerClient({
    ...{ url, key: new Uint8Array(32), clock: systemClock },
    ...{ log: new KeptLog(), metrics: new KeptMetrics() },
  });
}

test(
  'the starter set comes into force, a broken one does not, and a rule can be tried',
  async () => {
    await folder.write('cards.yaml', cardRule);
    await folder.write('talk.yaml', wordRule);
    await folder.write('words-en.txt', words);
    await using record = await openTestJournal({ parts: [policyRulesWriterPart()] });
    await using scanning = scanner();
    const rules = new RulesInForce({
      ...{
        journal: record.journal,
        scanning,
        trial: () => scanning.trial(),
        fourEyes: false,
        rulesAt: 'policy/*.yaml',
      },
      ...{ clock: systemClock, log: new KeptLog(), warnings: { set: () => undefined, clear: () => undefined } },
      files: () => filesOnDisk({ rules: 'policy/*.yaml', lexicons: 'lexicons/*.txt' }, folder.at),
    });
    expect(await rules.start()).toMatchObject({ is: 'changed' });
    const digest = rules.current()?.digest;
    expect(scanning.inForce).toBe(digest);
    await folder.write('talk.yaml', wordRule.replace('lexicon: words-en', "pattern: '(a'"));
    expect(await rules.reload()).toMatchObject({ is: 'refused', problems: [{ file: 'policy/talk.yaml:4' }] });
    expect(scanning.inForce).toBe(digest);
    const tried = await rules.tryRule('card-number', 'my card is 4111 1111 1111 1111');
    expect(tried).toMatchObject({ is: 'judged', hit: { count: 1 } });
    expect(JSON.stringify(tried)).not.toContain('1111 1111');
  },
  LONG,
);
