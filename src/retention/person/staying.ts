/**
 * Why a record stays although its person wants it gone, beside holds, what is open and what the house is built on: a law
 * asks for it, or it is as much about somebody else. Asked for an inventory, before a run, and again in the transaction
 * that erases.
 */
import type { Entry } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import type { Subject } from '../../core/person-entries.ts';
import type { LeftOut } from '../../core/retention-entries.ts';
import { erasedBy } from '../../journal/erased-store.ts';
import type { Erasing, ErasingView } from '../../journal/projection.ts';
import type { Marks } from '../../journal/search/marks.ts';
import { quotedBy } from '../run/copies-store.ts';
import { openPersonRun, runOfBatch } from '../run/person-run-store.ts';
import { Duties } from './duty.ts';
import { readPerson } from './found-notes.ts';
import { Belonging, personOf, type Person, type PersonPorts, type WhoseGone } from './person.ts';

export interface RequestStayingDeps extends Pick<PersonPorts, 'receiptOf'> {
  readonly marks: Pick<Marks, 'of'>;
}

export type PersonStayingDeps = RequestStayingDeps & PersonPorts;

/** Of records of whom it is known that they were collected as this person's. */
const collected: WhoseGone = () => Promise.resolve('theirs');

/** Which of these stay, for this person: asked beforehand. */
export function erasingFor(subject: Subject, deps: PersonStayingDeps): Erasing {
  const duties = new Duties(deps.marks);
  return async (entries, view) => {
    const person = await personOf(subject, view, deps);
    return stayingFor(person, entries, { view, deps, duties, whoseGone: collected });
  };
}

/**
 * In the writer: while a person's erasure is under way nothing goes but what is theirs, and what no class asks for that
 * is on record by then. What another run erased counts for nobody.
 */
export function erasingByRequest(deps: RequestStayingDeps): Erasing {
  const duties = new Duties(deps.marks);
  return async (entries, view) => {
    const open = await openPersonRun(view.reading);
    if (open === undefined) return [];
    const { run } = open;
    const whoseGone: WhoseGone = async (position) => ((await isGoneBy(run, position, view)) ? 'theirs' : 'gone');
    const asked = await withoutCopies(entries, run, view);
    const [request] = await view.open([open.request]);
    const noted = await readPerson(open.decided, view);
    if (request?.kind !== 'dsar.opened' || noted === undefined) {
      return asked.map(({ position }) => ({ position, why: 'others' }));
    }
    const person = { contacts: new Set(request.body.subject.contacts), ...noted };
    return stayingFor(person, asked, { view, deps, duties, whoseGone });
  };
}

/** Messages of ours that quote what this run erased go with it, whatever their own time. */
async function withoutCopies(entries: readonly Entry[], run: Position, view: ErasingView): Promise<readonly Entry[]> {
  const left: Entry[] = [];
  for (const entry of entries) if (!(await isCopy(entry.position, run, view))) left.push(entry);
  return left;
}

async function isCopy(position: Position, run: Position, view: ErasingView): Promise<boolean> {
  for (const quoted of await quotedBy(view.reading, position)) if (await isGoneBy(run, quoted, view)) return true;
  return false;
}

async function isGoneBy(run: Position, position: Position, { reading }: ErasingView): Promise<boolean> {
  const batch = await erasedBy(position, reading);
  return batch !== undefined && (await runOfBatch(reading, batch)) === run;
}

interface Staying {
  readonly view: ErasingView;
  readonly deps: RequestStayingDeps;
  readonly duties: Duties;
  readonly whoseGone: WhoseGone;
}

async function stayingFor(
  person: Person,
  entries: readonly Entry[],
  { view, deps, duties, whoseGone }: Staying,
): Promise<readonly LeftOut[]> {
  if (entries.length === 0) return [];
  const belonging = new Belonging(person, view, { receiptOf: deps.receiptOf, whoseGone });
  const kept = await duties.of(entries, view);
  const stays: LeftOut[] = [];
  for (const entry of entries) {
    const { position } = entry;
    if (kept.has(position)) stays.push({ position, why: 'duty' });
    else if (!(await belonging.isTheirs(entry))) stays.push({ position, why: 'others' });
  }
  return stays;
}
