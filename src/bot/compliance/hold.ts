/** `!c hold …`: what may not be deleted, whatever its class says. Placed at once; released by two officers where that is set. */
import { describeQueryError } from '../../journal/search/query/query.ts';
import type { NotPlaced } from '../../retention/holds/placing.ts';
import type { Hold } from '../../retention/holds/hold-store.ts';
import { answered, refused, type Answer } from '../answer.ts';
import { command } from '../command.ts';
import { oneLine } from '../quote.ts';
import type { DeskContext, Holds } from './desk-context.ts';
import { custodiansIn, holdAsked, type HoldAsked, type HoldTyped } from './hold-asked.ts';
import { releaseAnswer } from './hold-decision.ts';
import { holdLine, holdWords } from './hold-words.ts';

export const hold = command<DeskContext, HoldAsked>({
  name: 'hold',
  usage: '!c hold [add|list|show|release]',
  example: '!c hold add acme-matter user:@bob network:whatsapp after:2026-01-01',
  summary: 'legal holds: what may not be deleted',
  where: ['desk'],
  parse: holdAsked,
  run: (asked, context) => {
    const { holds } = context.tools;
    const changes = asked.do === 'add' || asked.do === 'release';
    if (changes && context.role !== 'officer') {
      return Promise.resolve(refused('denied', 'Only officers place and release holds.'));
    }
    return answerOf(asked, holds, context);
  },
});

const helpLines = [
  '!c hold add <name> <query>: nothing that fits goes from now on',
  '   case:"Acme v. Doe" says what it is for',
  '   custodian:@bob asks Bob to keep what is his',
  '!c hold list: all holds',
  '!c hold show <name>: what it covers, and who confirmed',
  '!c hold release <name>: lets it go again',
];

async function answerOf(asked: HoldAsked, holds: Holds, context: DeskContext): Promise<Answer> {
  const { desk, clock } = context;
  const shown = { timezone: desk.timezone, now: clock.now() };
  switch (asked.do) {
    case 'help':
      return answered(helpLines.join('\n'), { data: { lines: helpLines.length } });
    case 'list':
      return listAnswer(await holds.all(), (one) => holdLine(one, shown));
    case 'add':
      return addAnswer(asked, holds, context);
    case 'show': {
      const found = await holds.named(asked.hold);
      if (found === undefined) return none(asked.hold);
      const words = holdWords(found, await holds.custodians(found.placed), shown);
      return answered(words, { positions: [found.placed], data: { hold: found.hold, state: found.state } });
    }
    case 'release': {
      const found = await holds.named(asked.hold);
      return found === undefined ? none(asked.hold) : releaseAnswer(found, holds, context);
    }
  }
}

function none(name: string): Answer {
  return refused('not-found', `There's no hold ${name}. !c hold list shows them.`);
}

const MOST_LISTED = 40;
const HEARD = '⏳';

function listAnswer(all: readonly Hold[], line: (hold: Hold) => string): Answer {
  const standing = all.filter(({ state }) => state !== 'released');
  const head =
    standing.length === 0
      ? 'No hold stands.'
      : `${String(standing.length)} ${standing.length === 1 ? 'hold stands' : 'holds stand'}.`;
  const more = all.length > MOST_LISTED ? [`… and ${String(all.length - MOST_LISTED)} older ones.`] : [];
  return answered([head, ...all.slice(0, MOST_LISTED).map(line), ...more].join('\n'), {
    data: { standing: standing.map((one) => one.hold), all: all.length },
  });
}

async function addAnswer(typed: HoldTyped, holds: Holds, context: DeskContext): Promise<Answer> {
  const { message, desk, tools, clock, domain } = context;
  const custodians = custodiansIn(typed.custodians, domain);
  if (!custodians.ok)
    return refused('usage', `${oneLine(custodians.error)} is nobody of this server. Write custodian:@bob.`);
  const country = tools.country === undefined ? {} : { country: tools.country };
  const placed = await holds.place({
    ...typed,
    custodians: custodians.value,
    asked: { by: message.sender, room: message.room, event: message.event },
    at: message.at,
    context: { timezone: desk.timezone, now: clock.now(), ...country },
  });
  if (!placed.ok) return notPlaced(typed, placed.error);
  // Counting may take a while: what it keeps is a reply of its own, and the mark says that it was heard.
  return answered(`${typed.hold} stands.`, {
    ...{ code: 'pending', reaction: HEARD },
    data: { hold: typed.hold, placed: placed.value },
    positions: [placed.value],
  });
}

function notPlaced({ hold, query }: HoldTyped, why: NotPlaced): Answer {
  switch (why.why) {
    case 'query':
      return refused('usage', oneLine(describeQueryError(query, why.error)));
    case 'unknown':
      return refused('not-found', `No hold: nobody and nothing here is called ${why.names.map(oneLine).join(', ')}.`);
    case 'name-taken':
      return refused('failed', `There is, or was, a hold ${hold} already: take another name.`);
    case 'too-many':
      return refused('failed', 'No hold: so many stand that one has to be released first. !c hold list shows them.');
  }
}
