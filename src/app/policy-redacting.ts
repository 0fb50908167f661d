/** What takes messages away that a rule wants gone, joined to the record and the homeserver. */
import type { Homeserver } from '../core/ports/homeserver.ts';
import { REDACT, redactTask } from '../policy/redaction/redact.ts';
import type { TaskHandlers } from '../tasks/task.ts';
import type { AppSetting } from './setting.ts';

export function redactHandlers({ journal, clock }: Pick<AppSetting, 'journal' | 'clock'>, homeserver: Homeserver) {
  const handlers: TaskHandlers = new Map([[REDACT, redactTask({ journal, homeserver, clock })]]);
  return handlers;
}
