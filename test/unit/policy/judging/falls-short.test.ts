import { describe, expect, test } from '@jest/globals';
import type { Direction } from '../../../../src/core/entry.ts';
import type { Consequence } from '../../../../src/core/policy-words.ts';
import { fallsShort } from '../../../../src/policy/judging/falls-short.ts';

const everywhere: readonly Direction[] = ['outbound', 'inbound', 'internal', 'external'];

describe('What a rule says of what it can not do', () => {
  test.each<readonly [Consequence, readonly Direction[] | undefined, readonly string[]]>([
    ['flag', undefined, []],
    ['quarantine', ['outbound'], []],
    ['warn', undefined, ['from a customer: flagged']],
    ['redact', ['outbound', 'internal'], ['to a customer: not sent, and taken out of the room, and the desk is told']],
    ['quarantine', ['inbound'], ['from a customer: flagged, and the desk is told']],
    [
      'block',
      everywhere,
      [
        'from a customer: shown masked, and the desk is told',
        'inside, unless Synapse asks before: taken out of the room, and the desk is told',
        'among strangers: taken out of the room, and the desk is told',
      ],
    ],
  ])('%s in %j', (consequence, directions, notes) => {
    expect(fallsShort({ consequence, scope: directions === undefined ? {} : { directions } })).toEqual(notes);
  });
});
