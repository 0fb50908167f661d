/** `!c dsar …`: what a person wants to know, or wants erased, of what is kept about them. */
import { answered, refused, type Answer } from '../answer.ts';
import { command } from '../command.ts';
import { oneLine } from '../quote.ts';
import { itemId } from '../../policy/verdicts/item-id.ts';
import type { Opened } from '../../retention/person/acts.ts';
import { positionOfContact, type Position } from '../../core/ids.ts';
import type { DeskContext, Persons } from './desk-context.ts';
import { dsarAsked, endOfDay, type DsarAsked, type DsarTyped } from './dsar-asked.ts';
import { saidAnswer } from './dsar-decision.ts';
import { letterAnswer } from './dsar-letter.ts';
import { namedWords, openedWords, refsOfPerson, requestLine, requestWords, type DsarShown } from './dsar-words.ts';

export const dsar = command<DeskContext, DsarAsked>({
  name: 'dsar',
  usage: '!c dsar [new|show|run|letter]',
  example: '!c dsar new +1 202 555 0199 access',
  summary: 'what a person wants to know, or wants erased, of what is kept about them',
  where: ['desk'],
  parse: dsarAsked,
  run: (asked, context) => {
    const { persons } = context.tools;
    if (persons === undefined) {
      return Promise.resolve(refused('failed', "Persons' requests are not handled here: the admin can see why."));
    }
    const acts = asked.do === 'new' || asked.do === 'run' || asked.do === 'letter';
    if (acts && context.role !== 'officer') {
      return Promise.resolve(refused('denied', "Only officers handle persons' requests."));
    }
    return answerOf(asked, persons, context);
  },
});

const helpLines = [
  '!c dsar new <person> access: a copy of what is kept about them',
  '!c dsar new <person>, <another address> erase due 2026-12-24: what may go, goes',
  '   a person is a number, a name or @bob',
  '!c dsar show: open requests, and when their answers are due',
  '!c dsar show <id>: what is on record, what would go, what stays and why',
  '!c dsar run <id>: has it done',
  '!c dsar letter <id>: the letter to them',
];

function answerOf(asked: DsarAsked, persons: Persons, context: DeskContext): Promise<Answer> {
  switch (asked.do) {
    case 'help':
      return Promise.resolve(answered(helpLines.join('\n'), { data: { lines: helpLines.length } }));
    case 'list':
      return listAnswer(persons, shownTo(context));
    case 'new':
      return newAnswer(asked, persons, context);
    case 'show':
      return showAnswer(asked.request, persons, shownTo(context));
    case 'run':
      return runAnswer(asked.request, persons, context);
    case 'letter':
      return letterAnswer(asked.request, persons, context);
  }
}

function shownTo({ desk, clock }: DeskContext): DsarShown {
  return { timezone: desk.timezone, now: clock.now() };
}

const MOST_LISTED = 40;

async function listAnswer(persons: Persons, shown: DsarShown): Promise<Answer> {
  const open = await persons.requests();
  const head =
    open.length === 0
      ? 'No request is open. A new one: !c dsar new <person> access, or erase'
      : `${String(open.length)} ${open.length === 1 ? 'request is' : 'requests are'} open.`;
  const listed = open.slice(0, MOST_LISTED);
  const more = open.length > MOST_LISTED ? [`… and ${String(open.length - MOST_LISTED)} more, due later.`] : [];
  return answered([head, ...listed.map((one) => requestLine(one, shown)), ...more].join('\n'), {
    data: { open: listed.map(({ id }) => itemId(id)) },
    positions: listed.flatMap(refsOfPerson),
  });
}

async function showAnswer(id: Position, persons: Persons, shown: DsarShown): Promise<Answer> {
  const request = await persons.of(id);
  if (request === undefined) return noRequest(id);
  const { state, wants } = request;
  return answered(requestWords(request, shown).join('\n'), {
    data: { request: itemId(id), state, wants },
    positions: refsOfPerson(request),
  });
}

function noRequest(id: Position): Answer {
  return refused('not-found', `There's no request ${itemId(id)}. !c dsar show lists them.`);
}

async function newAnswer(typed: DsarTyped, persons: Persons, context: DeskContext): Promise<Answer> {
  const { message, desk, tools } = context;
  const { names, wants, due } = typed;
  const opened = await persons.open({
    ...{ names, wants, zone: desk.timezone },
    at: { by: message.sender, room: message.room, event: message.event },
    ...(due === undefined ? {} : { due: endOfDay(due, desk.timezone) }),
    ...(tools.country === undefined ? {} : { country: tools.country }),
  });
  return openedAnswer(opened, shownTo(context));
}

function openedAnswer(opened: Opened, shown: DsarShown): Answer {
  switch (opened.is) {
    case 'opened': {
      const { request } = opened;
      return answered(openedWords(request, shown).join('\n'), {
        code: 'pending',
        data: { request: itemId(request.id), due: request.due },
        positions: refsOfPerson(request),
      });
    }
    case 'unknown':
      return refused('not-found', `Nothing is opened: nobody here is called ${opened.names.map(oneLine).join(', ')}.`);
    case 'several':
      return refused('failed', severalWords(opened).join('\n'), {
        positions: opened.people.map(({ contact }) => positionOfContact(contact)),
      });
    case 'past':
      return refused('usage', 'That day is over: by when is the answer due?');
  }
}

function severalWords({ name, people }: Extract<Opened, { is: 'several' }>): readonly string[] {
  return [
    `Nothing is opened: ${oneLine(name)} is more than one person. Name the one by number:`,
    ...people.slice(0, MOST_LISTED).map((one) => `- ${namedWords(one)}`),
  ];
}

async function runAnswer(request: Position, persons: Persons, context: DeskContext): Promise<Answer> {
  const { sender: by, event, room } = context.message;
  return saidAnswer(request, await persons.run({ request, by, event, room }), shownTo(context));
}
