/**
 * `dsar.copy`: two officers, or one, let a person have what is kept about them. The copy is made of the record once to know
 * what is in it, which goes on record, and once more to be handed to the desk, part by part: it is never whole in memory.
 */
import { ghostUserId } from '../../core/address.ts';
import { wait } from '../../core/clock.ts';
import type { Entry, EntryOf } from '../../core/entry.ts';
import type { ContactId, Millis } from '../../core/ids.ts';
import type { Recorder } from '../../core/ports/recorder.ts';
import { kindOfUser } from '../../bridge/people/our-users.ts';
import { itemId } from '../../policy/verdicts/item-id.ts';
import type { PersonRequest } from '../../retention/person/acts.ts';
import {
  copyFiles,
  type CopyDeps,
  type CopyFile,
  type CopyOf,
  type CopyTotals,
} from '../../retention/person/copy/copy-files.ts';
import type { TaskHandler, Turn } from '../../tasks/task.ts';
import type { DeskTools, Persons } from './desk-context.ts';
import { again, askedAt, of, tellDesks, type DsarDeps, type Telling } from './dsar-told.ts';
import { copiedWords, dueDay, nextLines, personWords, refsOfPerson } from './dsar-words.ts';

export type DsarCopyDeps = DsarDeps & {
  readonly recorder: Pick<Recorder, 'append'>;
  readonly tools: DsarDeps['tools'] & Pick<DeskTools, 'lines'>;
  /** Of these names and numbers, those of people on record other than these contacts. */
  readonly othersAmong: (given: readonly string[], than: readonly ContactId[]) => Promise<ReadonlySet<string>>;
};

const DONE: Turn = { to: 'done' };
/** Between two looks while not all records can be found. */
const AGAIN_MS = 10_000;

interface Copying {
  readonly decided: EntryOf<'dsar.decided'>;
  readonly request: PersonRequest;
  readonly persons: Persons;
}

export function dsarCopyTask(deps: DsarCopyDeps): TaskHandler {
  return async (task, entry, context) => {
    const decided = of(entry, 'dsar.decided');
    const { persons } = deps.tools;
    const request = decided === undefined ? undefined : await persons?.of(decided.body.request);
    if (decided === undefined || persons === undefined || request?.wants !== 'access') return DONE;
    if (!(await persons.canFindAll())) return { to: 'aside', until: wait(deps.clock, AGAIN_MS, context.signal) };
    const copying = { decided, request, persons };
    const copied = copiedBy(copying) ?? (await copy(copying, deps, context.signal));
    const telling = await tellingOf({ ...copying, copied }, deps, context.signal);
    return tellDesks({ ...telling, look: again(task.attempts, context) }, deps, context.signal);
  };
}

/** It was made before, and is on record; perhaps not all of it is at the desk. */
function copiedBy({ request, decided }: Copying): EntryOf<'dsar.copied'>['body'] | undefined {
  const { done } = request;
  return done?.kind === 'dsar.copied' && done.body.because === decided.position ? done.body : undefined;
}

async function copy(
  copying: Copying,
  deps: DsarCopyDeps,
  signal: AbortSignal,
): Promise<EntryOf<'dsar.copied'>['body']> {
  const { decided, request } = copying;
  const { entries, files, masked, sha256, found } = await totalsOf(filesOf(copying, deps, signal));
  const { written, received } = found;
  const body = { request: request.id, because: decided.position, entries, files, written, received, masked, sha256 };
  const source = { system: 'gatehouse', id: `dsar.copied/${String(decided.position)}`, sure: true };
  await deps.recorder.append([{ kind: 'dsar.copied', at: deps.clock.now(), source, body }]);
  return body;
}

async function totalsOf(files: AsyncGenerator<CopyFile, CopyTotals>): Promise<CopyTotals> {
  for (;;) {
    const next = await files.next();
    if (next.done === true) return next.value;
  }
}

function filesOf(copying: Copying, deps: DsarCopyDeps, signal: AbortSignal): AsyncGenerator<CopyFile, CopyTotals> {
  return copyFiles(recordsOf(copying, signal), copyOf(copying, deps), copyDeps(copying.request, deps));
}

/** What was there when it was decided: the same each time it is made. @throws the reason of `signal`: half is no copy */
async function* recordsOf(
  { persons, request, decided }: Copying,
  signal: AbortSignal,
): AsyncGenerator<readonly Entry[]> {
  for await (const page of persons.records(request.id, signal)) {
    const then = page.filter(({ position }) => position < decided.position);
    if (then.length > 0) yield then;
  }
  signal.throwIfAborted();
}

/** By UTC, as all times in it. */
function copyOf({ request, decided }: Copying, { homeserver }: DsarCopyDeps): CopyOf {
  const { subject, people, opened } = request;
  const at = people.flatMap(({ addresses }) => addresses);
  const names = people.flatMap(({ name, addresses }) => [
    ...(name === undefined ? [] : [name]),
    ...addresses.map(({ address }) => address),
  ]);
  return {
    subject,
    ghosts: new Set(at.map(({ network, address }) => ghostUserId(network, address, homeserver.domain))),
    head: {
      ...{ id: itemId(request.id), names: [...names, ...subject.users] },
      ...{ asked: utcDay(opened), made: utcDay(decided.recordedAt) },
    },
  };
}

function utcDay(at: Millis): string {
  return dueDay(at, 'utc');
}

function copyDeps({ subject }: PersonRequest, { homeserver, tools, othersAmong }: DsarCopyDeps): CopyDeps {
  return {
    people: {
      kindOf: (user) => kindOfUser(user, homeserver.domain),
      lineName: (line) => tools.lines.find(({ id }) => id === line)?.name ?? line,
    },
    othersAmong: (given) => othersAmong(given, subject.contacts),
  };
}

async function tellingOf(
  copying: Copying & { readonly copied: EntryOf<'dsar.copied'>['body'] },
  deps: DsarCopyDeps,
  signal: AbortSignal,
): Promise<Omit<Telling, 'look'>> {
  const { request, decided, copied } = copying;
  const id = itemId(request.id);
  const words = [
    `Request ${id}: the copy for ${personWords(request)} is in the files above, one to read and one for programs.`,
    copiedWords(copied),
    'Read it before you hand it on: of names in free text we know only those of contacts. Then delete the files here.',
    ...nextLines({ id: request.id, state: 'done' }),
  ].join('\n');
  return {
    ...{
      source: decided.position,
      part: 'copied',
      text: () => words,
      refs: refsOfPerson(request),
      at: await askedAt(request, deps),
    },
    ...{ data: { request: id, entries: copied.entries, sha256: copied.sha256 }, mention: () => [] },
    waits: `The copy for request ${id} is made.`,
    files: () => filesOf(copying, deps, signal),
  };
}
