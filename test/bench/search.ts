/** A page of 50 hits, beside the index query and the opening of the same 50 records. */
import { systemClock } from '../../src/core/clock.ts';
import { openJournal } from '../../src/journal/open-journal.ts';
import { token } from '../../src/journal/search/narrow.ts';
import { policyMarks } from '../../src/policy/verdicts/mark-store.ts';
import { createSearch } from '../../src/journal/search/search.ts';
import { inTurns, timed } from './figures.ts';
import { ground, noParts } from './ground.ts';
import { line, type Bench } from './line.ts';
import { frequentWords, internal } from './traffic.ts';

const ENTRIES = 5_000;
const ROWS = 50;
const ROUNDS = 30;

export const search: Bench = {
  name: 'search',
  run: async () => {
    await using place = await ground();
    await using journal = await openJournal({ ...place.place, writer: { in: 'here', clock: systemClock, ...noParts } });
    for (let made = 0; made < ENTRIES; made += 500) await journal.append(internal(500));
    const resolver = { resolve: () => Promise.resolve([]) };
    const find = createSearch({ journal, index: journal.search, resolver, marks: policyMarks });
    const words = frequentWords(ROUNDS);
    const asked = (round: number) =>
      timed(async () => {
        const options = { limit: ROWS, countWithin: 0, timezone: 'UTC', now: systemClock.now() };
        const page = await find(words[round] ?? '', options);
        if (!page.ok || page.value.hits.length !== ROWS) throw new Error('the search found too little');
      });
    const bare = (round: number) =>
      timed(async () => {
        const narrow = token(journal.search.tokens.word(words[round] ?? ''));
        const page = { below: ENTRIES + 1, limit: ROWS };
        const found = await journal.views.read((reading) => journal.search.candidates(narrow, page, reading));
        if ((await journal.readMany(found)).length !== ROWS) throw new Error('the index found too little');
      });
    const measured = (await inTurns(ROUNDS, bare, asked)).slice(5);
    const what = `a search for one word among ${ENTRIES} records; against the FTS query for the newest 50 + opening them`;
    return [
      line(
        'search of 50 rows',
        measured.map(({ a, b }) => b / a),
        { unit: 'x', target: '<= 2', what },
      ),
    ];
  },
};
