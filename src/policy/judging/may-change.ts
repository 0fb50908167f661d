/**
 * Whether an edit of what went out may change it at its network. Nobody is asked about it: it passes or never does, and
 * whoever wrote it may write it as a message. Where the network can't change anything it is judged as it stands in the
 * room. Whoever asks twice, in one life or after a crash, hears what the verdict on record says.
 */
import type { Entry, EntryOf } from '../../core/entry.ts';
import type { PolicyBodies } from '../../core/policy-entries.ts';
import type { EditJudged, Gatekeeper } from '../../core/ports/gatekeeper.ts';
import { verdictsAbout, type KnownVerdict } from '../verdicts/verdict-store.ts';
import { judgeLate, messageInRoom, type JudgeLateDeps, type Late } from './judge-late.ts';
import { messageGoingOut } from './message-of.ts';
import { noRules, setFor } from './rules-for.ts';
import type { MayShowDeps } from './showing-deps.ts';
import { toldWords } from './told-words.ts';

export type MayChangeDeps = MayShowDeps & JudgeLateDeps;

type Passage = Awaited<ReturnType<Gatekeeper['mayChange']>>;
type Decided = Exclude<Passage, { readonly may: 'ask-again' }>;

/** As it stands in the room, or as the network would be given it. */
type Judging = Pick<Late, 'entry' | 'message' | 'place' | 'afterwards'>;

export async function mayChange(edited: EditJudged, deps: MayChangeDeps): Promise<Passage> {
  const { journal, rules } = deps;
  const entry = await journal.read(edited.edit);
  if (entry === undefined || 'erased' in entry) return { may: 'never', words: 'it was erased', entries: [] };
  const judging = judgingOf(entry, edited);
  const set = setFor('outbound', rules);
  if (judging === undefined || set === undefined) return passes(rules.current()?.digest);
  const [known] = await journal.views.read((reading) => verdictsAbout(reading, edited.edit));
  if (known !== undefined) return passageOf((await verdictAt(known, deps))?.body, known);
  return (await decidedOn(judging, edited, deps)) ?? judge({ ...judging, of: edited.edit, set }, deps);
}

async function judge(late: Late, deps: MayChangeDeps): Promise<Passage> {
  const found = await judgeLate(late, deps);
  if (found.is === 'later') return { may: 'ask-again', afterMs: found.afterMs };
  if (found.is === 'clean') return passes(late.set.digest);
  return { ...passageOf(found.draft.body), entries: [found.draft] };
}

function judgingOf(entry: Entry, { text }: EditJudged): Judging | undefined {
  if (text !== undefined) return { entry, message: messageGoingOut(entry, text), place: 'change' };
  const message = messageInRoom(entry);
  return message === undefined ? undefined : { entry, message, place: 'internal', afterwards: true };
}

/** The message said this very text before, and somebody decided about it. */
async function decidedOn(
  { message }: Judging,
  { of, text }: EditJudged,
  deps: MayChangeDeps,
): Promise<Passage | undefined> {
  if (text === undefined) return undefined;
  const known = await deps.journal.views.read((reading) => deps.newestVerdict(reading, of, message.content));
  switch (known?.state) {
    case 'approved':
    case 'overridden':
      return passes((await verdictAt(known, deps))?.body.rules, known);
    case 'rejected':
      return { may: 'never', words: 'compliance decided against it', entries: [] };
    default:
      return undefined;
  }
}

async function verdictAt(
  { position }: KnownVerdict,
  { journal }: MayChangeDeps,
): Promise<EntryOf<'policy.verdict'> | undefined> {
  const entry = await journal.read(position);
  return entry === undefined || 'erased' in entry || entry.kind !== 'policy.verdict' ? undefined : entry;
}

/** Only what is seen and not held passes: what should have been held can't be here. */
const LETS_GO: ReadonlySet<string> = new Set(['none', 'observe', 'flag']);

function passageOf(verdict: PolicyBodies['policy.verdict'] | undefined, known?: KnownVerdict): Decided {
  if (verdict !== undefined && LETS_GO.has(verdict.consequence)) return passes(verdict.rules, known);
  return { may: 'never', words: verdict === undefined ? 'a rule stopped it before' : toldWords(verdict), entries: [] };
}

function passes(rules: string | undefined, known?: KnownVerdict): Decided {
  const verdict = known === undefined ? {} : { verdict: known.position };
  return { may: 'pass', judged: { rules: rules ?? noRules, ...verdict }, entries: [] };
}
