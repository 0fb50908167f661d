/** What runs inside the writer's transactions, in the order in which projections may read each other. */
import { botWriterPart } from '../bot/projections.ts';
import { alarmsWriterPart } from '../bridge/alarms/projections.ts';
import { gapsWriterPart } from '../bridge/gaps/projections.ts';
import { bridgeWriterPart } from '../bridge/projections.ts';
import { reconcileWriterPart } from '../bridge/reconcile/projections.ts';
import { filesWriterPart } from '../bridge/files/projections.ts';
import type { WriterParts } from '../journal/open-writer.ts';
import { taskSink } from '../tasks/task-store.ts';

export function writerParts(domain: string): WriterParts {
  return {
    parts: [
      bridgeWriterPart({ domain }),
      filesWriterPart({ domain }),
      alarmsWriterPart(),
      gapsWriterPart(),
      reconcileWriterPart(),
      botWriterPart({ domain }),
    ],
    tasks: taskSink,
  };
}
