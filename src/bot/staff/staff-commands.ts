/** What staff can ask of @gatehouse. */
import { ok } from '../../core/result.ts';
import { command, type Command } from '../command.ts';
import { help } from '../help.ts';
import { anyway } from './anyway.ts';
import { cancel } from './cancel.ts';
import { chat } from './chat.ts';
import { correct } from './correct.ts';
import { note } from './note.ts';
import { retry } from './retry.ts';
import { sms } from './sms.ts';
import type { StaffContext } from './staff-context.ts';
import { templates, use } from './templates.ts';

const staffHelp: Command<StaffContext> = command<StaffContext, string>({
  name: 'help',
  usage: '!help [command]',
  example: '!help sms',
  summary: 'what you can do here',
  where: ['chat', 'portal'],
  parse: ok,
  run: (about, context) => {
    const place = context.portal === undefined ? 'chat' : 'portal';
    return Promise.resolve(help(staffCommands, { place, prefix: '!', about }));
  },
});

export const staffCommands: readonly Command<StaffContext>[] = [
  sms,
  chat,
  note,
  retry,
  cancel,
  correct,
  templates,
  use,
  anyway,
  staffHelp,
];
