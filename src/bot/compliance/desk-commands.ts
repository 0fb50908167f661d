/** What can be asked at a desk. */
import { ok } from '../../core/result.ts';
import { command, type Command } from '../command.ts';
import { help } from '../help.ts';
import type { DeskContext } from './desk-context.ts';
import { certificate } from './certificate.ts';
import { approve, reject } from './decide-command.ts';
import { dsar } from './dsar.ts';
import { gaps } from './gaps.ts';
import { health } from './health.ts';
import { hold } from './hold.ts';
import { more } from './more.ts';
import { prove } from './prove.ts';
import { retention } from './retention.ts';
import { rule } from './rule.ts';
import { search } from './search.ts';
import { show } from './show.ts';
import { verify } from './verify.ts';

const deskHelp: Command<DeskContext> = command<DeskContext, string>({
  name: 'help',
  usage: '!c help [command]',
  example: '!c help search',
  summary: 'what you can ask here',
  where: ['desk'],
  parse: ok,
  run: (about, { role }) => Promise.resolve(help(deskCommands, { place: 'desk', role, prefix: '!c ', about })),
});

export const deskCommands: readonly Command<DeskContext>[] = [
  search,
  more,
  show,
  approve,
  reject,
  verify,
  prove,
  health,
  gaps,
  rule,
  retention,
  certificate,
  hold,
  dsar,
  deskHelp,
];
