/** What runs inside the writer's transactions, in the order in which projections may read each other. */
import { ourRoom } from '../bot/our-room-store.ts';
import { botWriterPart } from '../bot/projections.ts';
import { alarmsWriterPart } from '../bridge/alarms/projections.ts';
import { gapsWriterPart } from '../bridge/gaps/projections.ts';
import { leftOut } from '../bridge/messages/left-out.ts';
import { bridgeWriterPart } from '../bridge/projections.ts';
import { reconcileWriterPart } from '../bridge/reconcile/projections.ts';
import { filesWriterPart } from '../bridge/files/projections.ts';
import { isOurUser } from '../bridge/people/our-users.ts';
import { useOfRoom } from '../bridge/portals/room-store.ts';
import type { WriterParts } from '../journal/open-writer.ts';
import { backtestWriterPart } from '../policy/backtest/projections.ts';
import { judgingWriterPart } from '../policy/judging/projections.ts';
import { presendWriterPart } from '../policy/presend/projections.ts';
import { redactionWriterPart } from '../policy/redaction/projections.ts';
import { policyRulesWriterPart } from '../policy/rules/projections.ts';
import { supervisedWriterPart } from '../policy/supervised/projections.ts';
import { verdictsWriterPart } from '../policy/verdicts/projections.ts';
import { classesWriterPart } from '../retention/classes/projections.ts';
import { holdsWriterPart } from '../retention/holds/projections.ts';
import { eraseWriterPart } from '../retention/erase/projections.ts';
import { taskSink } from '../tasks/task-store.ts';
import { runPart } from './retention.ts';
import { keepingDeps } from './retention-holds.ts';
import { personPart } from './retention-person.ts';

export function writerParts(domain: string): WriterParts {
  return {
    parts: [
      bridgeWriterPart({ domain }),
      filesWriterPart({ domain }),
      alarmsWriterPart(),
      gapsWriterPart(),
      reconcileWriterPart(),
      botWriterPart({ domain }),
      policyRulesWriterPart(),
      backtestWriterPart(),
      verdictsWriterPart(),
      classesWriterPart(),
      holdsWriterPart(keepingDeps),
      presendWriterPart(),
      redactionWriterPart(),
      supervisedWriterPart({
        isOurs: (user) => isOurUser(user, domain),
        isBot: (user) => user === `@gatehouse:${domain}` || user === `@compliance:${domain}`,
        isOurRoom: async (reading, room) => (await useOfRoom(reading, room)) !== undefined,
        reads: ['rooms'],
      }),
      judgingWriterPart({
        isOurs: (user) => isOurUser(user, domain),
        isOurRoom: async (reading, room) => (await ourRoom(reading, room)) !== undefined,
        leftOut,
        reads: ['bot-rooms', 'messages'],
      }),
      eraseWriterPart(),
      personPart(),
      runPart(domain),
    ],
    tasks: taskSink,
  };
}
