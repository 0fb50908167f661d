/**
 * How a customer's message, or a first text of staff, is shown. It is judged before, because what was shown can't be made
 * unseen; and nothing keeps it from being shown: what can't be judged is shown, and a desk is told.
 */
import type { Entry, EntryOf } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import type { PolicyBodies } from '../../core/policy-entries.ts';
import type { Showing } from '../../core/ports/gatekeeper.ts';
import { shownMasked } from '../redaction/shown-masked.ts';
import { contextOf } from './context-of.ts';
import { messageOf } from './message-of.ts';
import { setFor } from './rules-for.ts';
import type { MayShowDeps } from './showing-deps.ts';
import { mayShowFirst } from './show-first.ts';
import { saysNothing, verdictDraft } from './verdict-draft.ts';

const NOT_READY_MS = 250;
const asItIs = { may: 'show', entries: [] } as const;

/** What is on record of exactly this text holds, so that a repeat shows what was shown before, whatever the rules are by then. */
export async function mayShow(of: Position, deps: MayShowDeps): Promise<Showing> {
  const entry = await deps.journal.read(of);
  if (entry === undefined || 'erased' in entry) return asItIs;
  if (entry.kind === 'portal.wanted') return mayShowFirst(entry, deps);
  return entry.kind === 'network.message' || entry.kind === 'network.edit' ? mayShowInbound(entry, deps) : asItIs;
}

type Inbound = Entry & (EntryOf<'network.message'> | EntryOf<'network.edit'>);

async function mayShowInbound(entry: Inbound, deps: MayShowDeps): Promise<Showing> {
  const { rules, scanner, clock } = deps;
  const { position: of } = entry;
  const message = messageOf(entry);
  if (message === undefined) return asItIs;
  const known = await verdictOn(of, message.content, deps);
  if (known !== undefined) return { ...asItIs, ...maskedBy(known.body, entry) };
  const set = setFor('inbound', rules);
  if (set === undefined) return asItIs;
  const verdict = await scanner.judge(set, message, await contextOf(entry, 'inbound', deps));
  if (verdict === undefined) return { may: 'ask-again', afterMs: NOT_READY_MS };
  if (saysNothing(verdict)) return asItIs;
  const making = { set, place: 'inbound', now: clock.now(), expiresMs: 0 } as const;
  const draft = verdictDraft({ verdict, message, entry, of }, making);
  return { may: 'show', ...maskedBy(draft.body, entry), entries: [draft] };
}

async function verdictOn(
  of: Position,
  content: string,
  { journal, newestVerdict }: MayShowDeps,
): Promise<EntryOf<'policy.verdict'> | undefined> {
  const known = await journal.views.read((reading) => newestVerdict(reading, of, content));
  const entry = known === undefined ? undefined : await journal.read(known.position);
  return entry === undefined || 'erased' in entry || entry.kind !== 'policy.verdict' ? undefined : entry;
}

function maskedBy(verdict: PolicyBodies['policy.verdict'], { position, body }: Inbound): { readonly text?: string } {
  const text = shownMasked(body.text, verdict, position);
  return text === undefined ? {} : { text };
}
