import { describe, expect, test } from '@jest/globals';
import { systemClock } from '../../../src/core/clock.ts';
import type { Position } from '../../../src/core/ids.ts';
import { openWriter } from '../../../src/journal/open-writer.ts';
import { rebuild } from '../../../src/journal/rebuild.ts';
import { policyRulesWriterPart } from '../../../src/policy/rules/projections.ts';
import {
  changesOf,
  endOfProposal,
  itemsInForce,
  newestChange,
  proposalEndedBy,
  wasRefused,
} from '../../../src/policy/rules/rule-store.ts';
import type { Reading } from '../../../src/storage/database.ts';
import { taskSink } from '../../../src/tasks/task-store.ts';
import {
  cardRule,
  olivia,
  openRuleHouse,
  oscar,
  RuleFolder,
  tap,
  wordRule,
  words,
} from '../../integration/policy/rules/rule-house.ts';
import { postgresForTests } from '../../support/postgres-for-tests.ts';

const serverOf = postgresForTests();

describe.each(['sqlite', 'postgres'] as const)('the rules on %s', (dialect) => {
  test('are in force as they were recorded, and a rebuild finds no difference', async () => {
    await using folder = await RuleFolder.open();
    await using house = await openRuleHouse(folder, { postgres: serverOf(dialect), fourEyes: true });
    const { rules, test: journal } = house;
    await folder.write('cards.yaml', cardRule);
    await folder.write('talk.yaml', wordRule);
    await folder.write('words-en.txt', words);
    await rules.start();
    await rules.switchRule({ id: 'card-number', set: { enabled: false, dryRun: true }, by: olivia, event: tap('$1') });
    await rules.approve({ id: 'card-number', by: oscar, event: tap('$2') });
    await folder.remove('talk.yaml');
    await folder.write('words-en.txt', `${words}text me | the same\n`);
    await rules.reload();
    await rules.approve({ id: 'off-channel', by: oscar, event: tap('$3') });
    await folder.write('cards.yaml', 'rules: [');
    await rules.reload();
    const changes = await house.changes();
    const refused = changes.at(-1);
    await journal.views.read(async (reading) => {
      expect(await itemsInForce(reading)).toEqual([
        expect.objectContaining({ what: 'lexicon', id: 'words-en', enabled: null, text_at: changes[0]?.position }),
        expect.objectContaining({
          ...{ what: 'rule', id: 'card-number', enabled: false, dry_run: true, consequence: null },
          ...{ text_at: changes[1]?.position, changed: changes[4]?.position },
        }),
      ]);
      expect(await newestChange(reading)).toEqual({
        position: refused?.position,
        rules: rules.current()?.digest,
      });
      const history = await changesOf(reading, { what: 'rule', id: 'card-number', limit: 2 });
      expect(history.map(({ change }) => change)).toEqual(['switched', 'proposed']);
      await endsOnce(reading, changes.slice(3, 5));
      expect(await wasRefused(reading, refused?.body.version ?? '')).toBe(true);
      expect(await wasRefused(reading, changes[0]?.body.version ?? '')).toBe(false);
    });
    expect((await rules.onRecord()).proposals.map(({ body }) => body.id)).toEqual(['words-en']);
    expect(await journal.journal.stale()).toEqual([]);
    await house.stop();
    const parts = { parts: [policyRulesWriterPart()], tasks: taskSink };
    await using writer = await openWriter(journal.place, parts, { clock: systemClock, committed: () => undefined });
    const { database, keys, search } = writer;
    const { difference } = await rebuild({ ...parts, database, keys, search, check: true });
    expect(difference).toBeUndefined();
  });
});

async function endsOnce(
  reading: Reading,
  [proposed, approved]: readonly { readonly position: Position }[],
): Promise<void> {
  if (proposed === undefined || approved === undefined) throw new Error('nothing was proposed');
  expect(await endOfProposal(reading, proposed.position)).toBe(approved.position);
  expect(await proposalEndedBy(reading, approved.position)).toBe(proposed.position);
  expect(await proposalEndedBy(reading, proposed.position)).toBeUndefined();
}
