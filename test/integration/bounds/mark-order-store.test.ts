import { expect, test } from '@jest/globals';
import Sqlite from 'better-sqlite3';
import { z } from 'zod';
import { must, parsePosition, portalIdAt } from '../../../src/core/ids.ts';
import { hasFailedAfter, newestOutbound } from '../../../src/bridge/marks/mark-order-store.ts';
import { messageSchema } from '../../../src/bridge/messages/message-store.ts';
import type { Reading } from '../../../src/storage/database.ts';
import type { Statement } from '../../../src/storage/statement.ts';

const at = must(parsePosition(7));
const portal = portalIdAt(at);

test.each([
  ['the newest message of a portal', (reading: Reading) => newestOutbound(reading, portal), 'message_by_portal'],
  ['a later failure in a portal', (reading: Reading) => hasFailedAfter(reading, portal, at), 'message_failed'],
])('%s is found by an index, however many messages it has', async (_what, ask, index) => {
  const db = new Sqlite(':memory:');
  for (const text of messageSchema('sqlite')) db.exec(text);
  const plans: string[] = [];
  const note = ({ compiled }: Pick<Statement<never, never>, 'compiled'>): void => {
    const { sql, slots } = compiled('sqlite');
    const rows = db.prepare(`explain query plan ${sql}`).all(...slots.map(() => 1));
    plans.push(...rows.map((row) => z.object({ detail: z.string() }).parse(row).detail));
  };
  await ask({
    dialect: 'sqlite',
    all: (statement) => {
      note(statement);
      return Promise.resolve([]);
    },
    get: (statement) => {
      note(statement);
      return Promise.resolve(undefined);
    },
  });
  db.close();
  expect(plans).toEqual([expect.stringMatching(new RegExp(`SEARCH message USING (COVERING )?INDEX ${index} `, 'u'))]);
});
