/** `!c prove <position>`: a file that shows anyone, without Gatehouse, that a record was there and is unchanged. */
import { answered, refused, type Answer } from '../answer.ts';
import { command } from '../command.ts';
import type { Position } from '../../core/ids.ts';
import type { NotProved } from '../../journal/log/prove.ts';
import type { DeskContext } from './desk-context.ts';
import { positionTyped } from './position-typed.ts';
import { grouped } from './shown-time.ts';

export const prove = command<DeskContext, Position>({
  name: 'prove',
  usage: '!c prove <record>',
  example: '!c prove 47903',
  summary: 'a file that proves a record to outsiders',
  where: ['desk'],
  parse: positionTyped,
  run: async (position, { tools }) => {
    const proof = await tools.prove(position);
    if (!proof.ok) return notProved(position, proof.error);
    return answered(`Record ${grouped(position)}: anyone can check this file against the published checkpoints.`, {
      positions: [position],
      data: { position },
      file: {
        name: `record-${position}.tlog-proof`,
        type: 'text/plain; charset=utf-8',
        bytes: Buffer.from(proof.value, 'utf8'),
      },
    });
  },
});

function notProved(position: Position, { reason }: NotProved): Answer {
  const record = grouped(position);
  switch (reason) {
    case 'no-such-record':
      return refused('not-found', `There's no record ${record}.`);
    case 'not-published-yet':
      return refused('pending', `Record ${record} isn't signed yet. Try again in a minute.`);
    case 'does-not-verify':
      return refused(
        'failed',
        `Record ${record} doesn't match what was signed. Tell the admin now, and try !c verify.`,
      );
  }
}
