import { expect, test } from '@jest/globals';
import type { Draft } from '../../../src/core/entry.ts';
import { must, parseEventId, parsePosition, parseRoomId, taskIdFor, type Position } from '../../../src/core/ids.ts';
import { SHOWN_HIDDEN, type Consequence } from '../../../src/core/policy-words.ts';
import { postOf } from '../../../src/policy/redaction/post-store.ts';
import { redactionWriterPart } from '../../../src/policy/redaction/projections.ts';
import { REDACT } from '../../../src/policy/redaction/redact.ts';
import { verdictsWriterPart } from '../../../src/policy/verdicts/projections.ts';
import { taskWithId } from '../../../src/tasks/open-tasks.ts';
import { draftOf, openTestJournal, type TestJournal } from '../../support/journal.ts';
import { postgresForTests } from '../../support/postgres-for-tests.ts';

const serverOf = postgresForTests();
const room = must(parseRoomId('!chat:acme.example'));
const event = (id: string) => must(parseEventId(id));
const at = (position: number): Position => must(parsePosition(position));

async function open(dialect: 'sqlite' | 'postgres'): Promise<TestJournal> {
  return openTestJournal({ parts: [verdictsWriterPart(), redactionWriterPart()], postgres: serverOf(dialect) });
}

function verdict(of: Position, consequence: Consequence): Draft {
  const judged = { rules: 'a'.repeat(64), content: 'c'.repeat(64), hits: [], unread: [] };
  return draftOf('policy.verdict', { ...judged, of, consequence }, { direction: 'outbound' });
}

function shown(of: Position, id: string, more: { readonly code?: string } = {}): Draft {
  const body = { of, target: 'matrix', state: 'sent', eventId: event(id), ...more } as const;
  return draftOf('delivery.outcome', body, { room, direction: 'outbound' });
}

async function put(test: TestJournal, draft: Draft): Promise<Position> {
  const [appended] = await test.journal.append([draft]);
  return must(parsePosition(appended?.position));
}

test.each(['sqlite', 'postgres'] as const)(
  'where words of staff were shown by us is known, and taken away (%s)',
  async (on) => {
    await using journal = await open(on);
    const { views } = journal;
    const planned = async (of: Position): Promise<boolean> =>
      (await views.read((reading) => taskWithId(reading, taskIdFor(of, REDACT)))) !== undefined;

    // Shown first: the verdict's own task takes it away.
    const first = await put(journal, shown(at(900), '$first'));
    expect(await planned(first)).toBe(false);
    expect(await views.read((reading) => postOf(reading, at(900)))).toEqual({ event: '$first', room });
    expect(await planned(await put(journal, verdict(at(900), 'redact')))).toBe(true);

    // Shown after it.
    await put(journal, verdict(at(901), 'redact'));
    expect(await planned(await put(journal, shown(at(901), '$late')))).toBe(true);

    // Shown without its words, or of a text that may stay.
    await put(journal, verdict(at(902), 'redact'));
    expect(await planned(await put(journal, shown(at(902), '$hidden', { code: `to-nobody ${SHOWN_HIDDEN}` })))).toBe(
      false,
    );
    expect(await views.read((reading) => postOf(reading, at(902)))).toBeUndefined();
    await put(journal, verdict(at(903), 'flag'));
    expect(await planned(await put(journal, shown(at(903), '$flagged')))).toBe(false);
  },
);
