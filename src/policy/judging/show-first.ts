/**
 * How a first text that staff asked for with a command is shown in the chat: without its words where a rule wants them
 * gone. The gate puts the verdict on record, for the same text by the same rules; where they differ, because rules came
 * into force in between, what was shown is taken away (`redaction/targets.ts`).
 */
import type { Entry, EntryOf } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import type { PolicyBodies } from '../../core/policy-entries.ts';
import type { Showing } from '../../core/ports/gatekeeper.ts';
import { verdictsOf } from '../verdicts/verdict-store.ts';
import { contextOf } from './context-of.ts';
import type { MayShowDeps } from './showing-deps.ts';
import { messageGoingOut } from './message-of.ts';
import { setFor } from './rules-for.ts';
import { toldWords } from './told-words.ts';
import { verdictDraft } from './verdict-draft.ts';

type Verdict = PolicyBodies['policy.verdict'];

const NOT_READY_MS = 250;
const asItIs = { may: 'show', entries: [] } as const;

/** Nothing goes on record: it is the gate's to say what is done with the text. */
export async function mayShowFirst(entry: Entry & EntryOf<'portal.wanted'>, deps: MayShowDeps): Promise<Showing> {
  const { rules, scanner, clock } = deps;
  const { position: of, body } = entry;
  if (body.text === undefined) return asItIs;
  const known = await takenAway(of, deps);
  if (known !== undefined) return { ...asItIs, text: withoutWords(known, of) };
  const set = setFor('outbound', rules);
  if (set === undefined) return asItIs;
  const message = messageGoingOut(entry, body.text);
  const verdict = await scanner.judge(set, message, await contextOf(entry, 'outbound', deps));
  if (verdict === undefined) return { may: 'ask-again', afterMs: NOT_READY_MS };
  const making = { set, place: 'outbound', now: clock.now(), expiresMs: 0 } as const;
  const judged = verdictDraft({ verdict, message, entry, of }, making).body;
  return judged.consequence === 'redact' ? { ...asItIs, text: withoutWords(judged, of) } : asItIs;
}

async function takenAway(of: Position, { journal }: MayShowDeps): Promise<Verdict | undefined> {
  const known = await journal.views.read((reading) => verdictsOf(reading, of));
  const at = known.find(({ consequence }) => consequence === 'redact')?.position;
  const entry = at === undefined ? undefined : await journal.read(at);
  return entry === undefined || 'erased' in entry || entry.kind !== 'policy.verdict' ? undefined : entry.body;
}

function withoutWords(verdict: Verdict, of: Position): string {
  return `••••\n(A company rule took this out: ${toldWords(verdict)}. The original is on record, number ${of}.)`;
}
