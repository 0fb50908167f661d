/** `!note <text>`: stays with the colleagues in the portal. Nothing is done but to show that it did. */
import { err, ok } from '../../core/result.ts';
import { answered } from '../answer.ts';
import { command } from '../command.ts';
import type { StaffContext } from './staff-context.ts';

export const note = command<StaffContext, string>({
  name: 'note',
  usage: '!note <text>',
  example: '!note is the blue one sold?',
  summary: 'for your colleagues only; the customer never sees it',
  where: ['portal'],
  parse: (rest) => (rest === '' ? err('What is the note?') : ok(rest)),
  run: () => Promise.resolve(answered('', { reaction: '📝' })),
});
