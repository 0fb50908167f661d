import { describe, expect, test } from '@jest/globals';
import { healthAnswer } from '../../../src/bot/compliance/health.ts';
import type { HealthReport } from '../../../src/core/ports/health.ts';
import { now } from './samples.ts';

const well: HealthReport = {
  ...{ ok: true, database: 'ok', homeserver: 'ok', connectors: {}, stale: [], closedGates: [] },
  tasks: { ready: 0, dead: 0, oldestReadyMs: 0 },
  record: { size: 7, checkpoint: 7 },
  warnings: [],
};

function linesOf(more: Partial<HealthReport>): readonly string[] {
  const without = new Set(healthAnswer(well, () => '16:02').text.split('\n'));
  return healthAnswer({ ...well, ...more }, () => '16:02')
    .text.split('\n')
    .filter((line) => !without.has(line));
}

describe('!c health of what is asked and looked at', () => {
  test.each<readonly [string, Partial<HealthReport>, readonly string[]]>([
    [
      'says nothing where Synapse is not to ask and all is readable',
      { unreadable: { rooms: 0, messages: 0, names: [] }, crossed: 0 },
      [],
    ],
    [
      'says that Synapse has not asked',
      { presend: { refused: 0, unjudged: 0 } },
      ['Synapse has not asked yet · refused 0 · not judged 0'],
    ],
    [
      'says when it asked, and how it was answered',
      { presend: { asked: now, refused: 3, unjudged: 1, slowMs: 7.2 } },
      ['Synapse asked last 16:02 · refused 3 · not judged 1 · 99 of 100 answered in 8 ms'],
    ],
    [
      'names the newest unreadable rooms and counts the others',
      { unreadable: { rooms: 5, messages: 1, names: ['room “Board”', 'the chat of alice and bob'] } },
      ['Unreadable 5 rooms, 1 message: room “Board”, the chat of alice and bob and 3 more'],
    ],
    [
      'counts the rooms that people share whom a barrier keeps apart',
      { crossed: 2 },
      ['People kept apart share 2 rooms'],
    ],
  ])('%s', (_, more, lines) => {
    expect(linesOf(more)).toEqual(lines);
  });
});
