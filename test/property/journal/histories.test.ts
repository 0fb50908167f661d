import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { must, parsePosition } from '../../../src/core/ids.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { openWriter } from '../../../src/journal/open-writer.ts';
import { rebuild } from '../../../src/journal/rebuild.ts';
import { taskSink } from '../../../src/tasks/task-store.ts';
import { newPlace, openTestJournal } from '../../support/journal.ts';
import { countingPart, messageDraft } from '../../support/journal-fixture.ts';

const room = fc.constantFrom('!a:acme.example', '!b:acme.example');
/** Few ids and few texts, so that repeats and conflicts happen. */
const said = fc.record({ id: fc.integer({ min: 1, max: 12 }), text: fc.constantFrom('yes', 'no', '你好', ''), room });
const bad = fc.constant('bad' as const);
const caller = fc.array(fc.oneof({ weight: 9, arbitrary: said }, { weight: 1, arbitrary: bad }), { maxLength: 5 });
const step = fc.oneof(
  { weight: 5, arbitrary: fc.array(caller, { minLength: 1, maxLength: 4 }) },
  { weight: 1, arbitrary: fc.constant('restart' as const) },
);

function draftOf(one: { id: number; text: string; room: string } | 'bad') {
  if (one === 'bad') return messageDraft('\ud800');
  const draft = messageDraft(one.text, { id: `$${one.id}`, room: one.room });
  // What makes it the same event again is its content, its time included.
  return { ...draft, body: { ...draft.body, origin_server_ts: one.id } };
}

const parts = { parts: [countingPart()], tasks: taskSink };

test('whatever happens in whatever order, the state is what the entries say', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (history) => {
      const made = await newPlace();
      const { place } = made;
      let opened = await openTestJournal({ ...parts, place });
      const contents = new Set<string>();
      for (const what of history) {
        if (what === 'restart') {
          await opened.close();
          opened = await openTestJournal({ ...parts, place });
          continue;
        }
        const results = await Promise.allSettled(what.map((drafts) => opened.journal.append(drafts.map(draftOf))));
        results.forEach((result, n) => {
          const drafts = what[n] ?? [];
          expect(result.status).toBe(drafts.includes('bad') ? 'rejected' : 'fulfilled');
          if (result.status === 'fulfilled') for (const draft of drafts) contents.add(JSON.stringify(draft));
        });
      }
      const size = await opened.journal.size();
      expect(size).toBe(contents.size);
      const entries = await opened.journal.reader.entriesFrom(must(parsePosition(1)));
      expect(entries.map((entry) => entry.position)).toEqual(Array.from({ length: size }, (_, n) => n + 1));
      await opened.close();
      {
        await using writer = await openWriter(place, parts, { clock: systemClock, committed: () => undefined });
        const { database, keys, search } = writer;
        const unchanged = { entries: size, erased: 0, tasksAdded: 0 };
        expect(await rebuild({ ...parts, database, keys, search, check: true })).toEqual(unchanged);
        expect(await rebuild({ ...parts, database, keys, search, check: false })).toEqual(unchanged);
        expect(await rebuild({ ...parts, database, keys, search, check: true })).toEqual(unchanged);
      }
      await made.remove();
    }),
    { numRuns: 25 },
  );
}, 120_000);
