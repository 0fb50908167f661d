import { describe, expect, test } from '@jest/globals';
import { must, parseUserId, type UserId } from '../../../../src/core/ids.ts';
import { barrierBetween, barrierOf, barriersOf, isHeld, type People } from '../../../../src/policy/presend/barriers.ts';

function user(name: string): UserId {
  return must(parseUserId(`@${name}:acme.example`));
}
const [alice, bob, carol, dan, erin] = [user('alice'), user('bob'), user('carol'), user('dan'), user('erin')];
const [sales, research] = [new Set([alice, bob, erin]), new Set([carol, erin])];
const barriers = [barrierOf(['sales', 'research'], sales, research)];

describe('A barrier between sales and research', () => {
  test.each<readonly [string, UserId, readonly UserId[], readonly [string, string] | undefined]>([
    ['keeps sales from a room with research', alice, [bob, carol], ['sales', 'research']],
    ['keeps research from a room with sales', carol, [dan, alice], ['sales', 'research']],
    ['lets sales meet sales', alice, [bob], undefined],
    ['lets everybody meet those in no group', alice, [dan], undefined],
    ['holds nobody who is in no group', dan, [alice, carol], undefined],
    ['holds nobody who is in both', erin, [alice, carol], undefined],
    ['keeps nobody from those who are in both', carol, [erin], undefined],
    ['lets them be alone', carol, [carol], undefined],
    ['lies in no empty room', carol, [], undefined],
  ])('%s', (_, who, others, expected) => {
    expect(barrierBetween(barriers, who, others)).toEqual(expected);
  });

  test('a room is looked at only for those whom it holds', () => {
    expect([alice, carol, dan, erin].map((one) => isHeld(barriers, one))).toEqual([true, true, false, false]);
    expect(isHeld([], alice)).toBe(false);
  });
});

describe('A barrier to a group that could never be read', () => {
  const known = [barrierOf(['sales', 'support'], sales, undefined)];
  const unknown = [barrierOf(['desk', 'support'], undefined, undefined)];

  test.each<readonly [string, UserId, readonly UserId[], boolean]>([
    ['keeps those of the other group from everybody who isn’t in it', alice, [bob, carol], true],
    ['keeps everybody else from those of the other group', carol, [dan, alice], true],
    ['lets those of the other group meet', alice, [bob, erin], false],
    ['lets those meet who aren’t in the other group', carol, [dan], false],
    ['lets everybody be alone', carol, [carol], false],
  ])('%s', (_, who, others, kept) => {
    expect(barrierBetween(known, who, others) !== undefined).toBe(kept);
  });

  test('keeps everybody from everybody where the other can’t be read either', () => {
    expect(barrierBetween(unknown, alice, [bob])).toEqual(['desk', 'support']);
    expect(barrierBetween(unknown, alice, [alice])).toBeUndefined();
    expect([...known, ...unknown].map((one) => isHeld([one], carol))).toEqual([true, true]);
  });
});

test('The barriers are the same list until somebody comes into a group or leaves it', async () => {
  const people = new Map<string, People>([
    ['sales', sales],
    ['research', research],
  ]);
  const current = barriersOf([{ between: ['sales', 'research'] }], (name) => Promise.resolve(people.get(name)));
  const first = await current();
  expect(first).toEqual(barriers);
  expect(await current()).toBe(first);
  people.set('research', new Set([carol, dan, erin]));
  const second = await current();
  expect(barrierBetween(second, alice, [dan])).toEqual(['sales', 'research']);
  people.delete('research');
  expect((await current())[0]?.second).toBeUndefined();
});
