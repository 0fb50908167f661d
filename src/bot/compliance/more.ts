/** `!c more`: the next page of one's own last search in this room. */
import { refused } from '../answer.ts';
import { command, takesNothing } from '../command.ts';
import type { DeskContext } from './desk-context.ts';
import { searchPage } from './search-page.ts';

export const more = command<DeskContext, undefined>({
  name: 'more',
  usage: '!c more',
  example: '!c more',
  summary: 'the next page of your search',
  where: ['desk'],
  parse: takesNothing,
  run: async (_, context) => {
    const next = context.pages.next(context.message.room, context.message.sender);
    if (next === undefined) return refused('not-found', 'There is no search to go on with. Search again.');
    return searchPage(next, context);
  },
});
