/** `!c dsar letter <id>`: the letter to the person, as a file. With it the request is answered. */
import { createHash } from 'node:crypto';
import { networkName } from '../../core/address.ts';
import type { Millis, Position } from '../../core/ids.ts';
import { itemId } from '../../policy/verdicts/item-id.ts';
import type { PersonRequest } from '../../retention/person/acts.ts';
import { letterText, type LetterOf } from '../../retention/person/copy/letter.ts';
import { answered, refused, type Answer } from '../answer.ts';
import type { DeskContext, Persons } from './desk-context.ts';

/** The same command makes the same letter, whenever it runs. @throws JournalDown */
export async function letterAnswer(id: Position, persons: Persons, context: DeskContext): Promise<Answer> {
  const request = await persons.of(id);
  if (request === undefined) return refused('not-found', `There's no request ${itemId(id)}. !c dsar show lists them.`);
  const letter = await letterOf(request, context);
  if (letter === undefined) return refused('failed', `Run it first: !c dsar run ${itemId(id)}`);
  const bytes = Buffer.from(letterText(letter), 'utf8');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const { sender: by, event, room } = context.message;
  await persons.answered({ request: id, by, event, room, sha256 });
  const text = [
    `The letter for ${itemId(id)} is the file. Read it, put it on your letterhead, and send it${request.wants === 'access' ? ' with the copy' : ''}.`,
    'The request is answered: no more reminders.',
  ];
  return answered(text.join('\n'), {
    data: { request: itemId(id), sha256 },
    positions: [id],
    file: { name: `letter-${itemId(id)}.txt`, type: 'text/plain; charset=utf-8', bytes },
  });
}

/** Undefined while what was wanted is not done. */
async function letterOf(request: PersonRequest, context: DeskContext): Promise<LetterOf | undefined> {
  const { done, look, wants, opened, subject, state } = request;
  if (done === undefined || state === 'doing') return undefined;
  const { desk, message } = context;
  const common = {
    ...{ id: itemId(request.id), wants, opened, done: done.recordedAt, written: message.recordedAt },
    ...{ zone: desk.timezone, networks: networksOf(request, context), isStaff: subject.contacts.length === 0 },
  };
  if (done.kind === 'dsar.erased') {
    return { ...common, counts: done.body.counts, finalAt: await finalAt(done.body.run, context) };
  }
  const { entries, files, written, received, masked } = done.body;
  const found = { written, received, files, notes: Math.max(0, entries - written - received - files) };
  return { ...common, counts: look?.body.counts ?? [], copy: { found, masked } };
}

async function finalAt(run: Position, { tools }: DeskContext): Promise<Millis | undefined> {
  return (await tools.retention?.certificate(run))?.entry.body.finalAt;
}

/** Those of the person; of whom no record tells any more, all that we have. */
function networksOf({ people, subject }: PersonRequest, { tools }: DeskContext): readonly string[] {
  if (subject.contacts.length === 0) return [];
  const theirs = people.flatMap(({ addresses }) => addresses.map(({ network }) => network));
  const networks = theirs.length > 0 ? theirs : tools.lines.map(({ network }) => network);
  return [...new Set(networks)].map(networkName);
}
