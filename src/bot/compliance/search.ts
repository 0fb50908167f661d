/** `!c search <query>` */
import { err, ok } from '../../core/result.ts';
import { command } from '../command.ts';
import type { DeskContext } from './desk-context.ts';
import { searchPage } from './search-page.ts';

export const search = command<DeskContext, string>({
  name: 'search',
  usage: '!c search <words>',
  example: '!c search "guarantee* return" from:@bob after:2026-01-01',
  summary: 'finds messages, newest first',
  where: ['desk'],
  parse: (rest) => (rest === '' ? err('Search for what?') : ok(rest)),
  run: (query, context) => searchPage({ query, shown: 0 }, context),
});
