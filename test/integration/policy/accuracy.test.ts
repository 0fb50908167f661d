import { beforeAll, describe, expect, test } from '@jest/globals';

import { figuresOfSeeds, type ChatFigures } from '../../accuracy/chat-figures.ts';
import { chatBreaches, vectorBreaches } from '../../accuracy/gates.ts';
import { detectorJudge, lexiconJudge, starterJudge, judged } from '../../accuracy/ours.ts';
import { probeFigures, probes } from '../../accuracy/phrases.ts';
import { vectorFigures } from '../../accuracy/vector-figures.ts';

describe('the detectors', () => {
  const judge = detectorJudge();
  let chats: ChatFigures;

  beforeAll(() => {
    chats = figuresOfSeeds(judge, [6], 6_000);
  });

  test('find values with a check digit in a chat, and little else, at 0.99 each', () => {
    expect([...chats.byKind.values()].reduce((n, { named }) => n + named.found, 0)).toBeGreaterThan(900);
    expect(chatBreaches(chats)).toEqual([]);
  });

  test('find every kind that the chats are made of', () => {
    const made = [...chats.byKind].filter(([, { named }]) => named.found + named.missed > 0);
    expect(made.length).toBeGreaterThanOrEqual(25);
    expect(made.filter(([, { named }]) => named.found === 0)).toEqual([]);
  });

  test("agree with stdnum's own vectors, but for those that are left out on purpose", async () => {
    const figures = await vectorFigures(judge);
    expect([...figures.values()].reduce((n, { vectors }) => n + vectors, 0)).toBeGreaterThanOrEqual(200);
    expect(vectorBreaches(figures)).toEqual([]);
  });
});

describe('the lexicons', () => {
  test('find what is meant more often than not, and hardly anything that only sounds alike', async () => {
    const figures = probeFigures(await lexiconJudge());
    expect([...figures.keys()]).toEqual(probes.map(({ lexicon }) => lexicon));
    for (const [lexicon, { tally }] of figures) {
      expect([lexicon, tally.found / (tally.found + tally.missed) >= 0.7, tally.wrong <= 1]).toEqual([
        lexicon,
        true,
        true,
      ]);
    }
  });
});

describe('the starter set', () => {
  test.each([
    ['please pay with my card 4111 1111 1111 1111', 'card-number', 'quarantine'],
    ['text me on my own phone', 'off-channel', 'flag'],
    ['lass uns auf Signal wechseln', 'off-channel', 'flag'],
    ['the fund has guaranteed returns', 'promises', 'observe'],
  ])('%s', async (text, rule, consequence) => {
    const { hits } = judged(await starterJudge(), text);
    expect(hits.map((hit) => [hit.rule, hit.consequence])).toEqual([[rule, consequence]]);
  });

  test('leaves talk alone', async () => {
    const judge = await starterJudge();
    const talk = ['running 5 minutes late', 'did the samples arrive?', 'order #4415-2231 is on its way', 'bis 9 Uhr'];
    expect(talk.filter((text) => judged(judge, text).hits.length > 0)).toEqual([]);
  });
});
