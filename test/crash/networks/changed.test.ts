/** The judge of what staff changed, on trial: what it must not miss, and what it must not complain of. */
import { describe, expect, test } from '@jest/globals';
import { must, parseEventId, parseRoomId } from '../../../src/core/ids.ts';
import { judgeChanges, outcomesOf, type Outcome } from './changed.ts';
import { firstOf, versionOf, type Left } from './changes.ts';
import type { Taken } from './player.ts';

const said = 'Answer 1 to ann0';
const [second, third] = [`${said}, changed 4`, `${said}, changed 7`];

function outcome(left: Partial<Left>, ...taken: readonly Partial<Taken>[]): Outcome {
  const answer = {
    ...{ to: 'ann0', said, words: true },
    ...{ event: must(parseEventId('$one')), room: must(parseRoomId('!a:acme.example')) },
  };
  const unchanged = { versions: [], deleted: false, reaction: undefined, changes: 1 };
  return {
    left: { ...answer, ...unchanged, ...left },
    taken: taken.map((one) => ({ id: '7', person: 0, text: said, ...one })),
  };
}

function complaints(one: Outcome, ...says: readonly string[]): readonly string[] {
  return judgeChanges([one], says).wrong;
}

test('what stands at the provider as she left it is right, and so is what never went out', () => {
  expect(complaints(outcome({ versions: [second, third] }, { text: third }))).toEqual([]);
  expect(complaints(outcome({ deleted: true }, { deleted: true }))).toEqual([]);
  expect(complaints(outcome({ reaction: '👍' }, { reactions: ['👍'] }))).toEqual([]);
  expect(complaints(outcome({}, { picture: new Uint8Array(), text: '' }))).toEqual([]);
  expect(complaints(outcome({ versions: [second] }))).toEqual([]);
});

describe('what is otherwise must be said in the room:', () => {
  test('older words', () => {
    const older = outcome({ versions: [second, third] }, { text: second });
    expect(complaints(older)).toEqual([
      `“${said}” stands there as “${second}” instead of “${third}”, and the room doesn't say so`,
    ]);
    expect(complaints(older, 'Maybe changed: no answer came (the line broke). Ask Ann which text is there')).toEqual(
      [],
    );
    expect(complaints(older, 'Ann still sees the text of before: the network gave the message no name.')).toEqual([]);
    expect(complaints(older, "Deleted here only: it went out already and can't be taken back")).toHaveLength(1);
  });

  test('what was taken back', () => {
    const there = outcome({ deleted: true }, {});
    expect(complaints(there)).toEqual([`“${said}” was taken back and still stands there, and the room doesn't say so`]);
    expect(complaints(there, "Deleted here only: it went out already and can't be taken back on SMS.")).toEqual([]);
  });

  test('another reaction, or one that was taken away', () => {
    const other = outcome({ reaction: '👍' }, { reactions: ['🎉'] });
    const stays = outcome({}, { reactions: ['🎉'] });
    for (const one of [other, stays]) expect(complaints(one)).toHaveLength(1);
    expect(complaints(other, "Maybe Ann doesn't see that reaction: no answer came (503).")).toEqual([]);
    expect(complaints(stays, 'Ann still sees that reaction: Telegram refused to take it away (gone).')).toEqual([]);
    expect(complaints(other, "Ann doesn't see reactions: SMS can't carry them.")).toEqual([]);
  });

  test('one sentence is for one message only', () => {
    const older = outcome({ versions: [second] }, {});
    const says = ['Ann still sees the text of before: no.'];
    expect(judgeChanges([older, older], says).wrong).toHaveLength(2);
    expect(judgeChanges([older, older], [...says, ...says]).wrong).toEqual([]);
  });
});

test('words that nobody wrote, a deletion that nobody made, and a second copy are wrong, whatever the room says', () => {
  const stray = outcome({ versions: [second] }, { text: third });
  expect(complaints(stray, 'Maybe changed: no answer came')).toEqual([
    `“${said}” became “${third}”, which nobody wrote`,
  ]);
  expect(complaints(outcome({}, { deleted: true }))).toEqual([`“${said}” was deleted, and nobody did`]);
  expect(complaints(outcome({}, {}, {}))).toEqual([`“${said}” is there 2 times`]);
});

test('new words on another message are words that stand there twice', () => {
  const { left } = outcome({ versions: [second] });
  const other = { ...left, said: 'Answer 2 to ann0', versions: [] };
  const taken = ['7', '8'].map((id) => ({ id, person: 0, text: id === '7' ? second : said, said }));
  expect(judgeChanges(outcomesOf([left, other], taken), []).wrong).toContain(`“${said}” is there 2 times`);
});

test('only what a network could have changed counts as told', () => {
  const older = outcome({ versions: [second] }, {});
  const says = ["Ann still sees the first text: SMS can't edit. !correct (reply) sends the new one."];
  expect(judgeChanges([older], says)).toEqual({ changed: 1, told: 0, wrong: [] });
  expect(judgeChanges([older], ['Ann still sees the text of before: gone.'])).toMatchObject({ told: 1, wrong: [] });
});

test('a message is found by what was written first, and versions count up', () => {
  expect([firstOf(third), firstOf(said)]).toEqual([said, said]);
  expect([versionOf(said), versionOf(second), versionOf(third)]).toEqual([0, 4, 7]);
  const { left } = outcome({});
  const taken = [{ id: '7', person: 0, text: third, said: firstOf(third) }];
  expect(outcomesOf([left], taken)).toEqual([{ left, taken }]);
});
