import { describe, expect, test } from '@jest/globals';
import { must, parseUserId, type UserId } from '../../../../src/core/ids.ts';
import { barrierBetween, barriersOf, isHeld, type NamedGroup } from '../../../../src/policy/presend/barriers.ts';

function user(name: string): UserId {
  return must(parseUserId(`@${name}:acme.example`));
}
const [alice, bob, carol, dan, erin] = [user('alice'), user('bob'), user('carol'), user('dan'), user('erin')];
const groups = new Map<string, NamedGroup>([
  ['sales', { kind: 'list', users: [alice, bob, erin] }],
  ['research', { kind: 'list', users: [carol, erin] }],
  ['support', { kind: 'room' }],
]);
const barriers = barriersOf([{ between: ['sales', 'research'] }, { between: ['sales', 'support'] }], groups);

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
    expect([alice, carol, dan, erin].map((one) => isHeld(barriers.slice(0, 1), one))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(isHeld([], alice)).toBe(false);
  });

  test('a group whose people nobody knows keeps nobody apart', () => {
    expect(barrierBetween(barriersOf([{ between: ['support', 'nobody'] }], groups), alice, [carol])).toBeUndefined();
  });
});
