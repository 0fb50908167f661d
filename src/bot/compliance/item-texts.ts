/** What an item is about, as it is read: the text that was stopped, and the earlier messages from which a finding goes on. */
import type { Entry, EntryOf, ErasedEntry } from '../../core/entry.ts';
import type { Position } from '../../core/ids.ts';
import type { KeptFinding } from '../../core/policy-entries.ts';
import type { MessageState } from '../../bridge/messages/message-store.ts';
import { messageOf } from '../../policy/judging/message-of.ts';
import { inertLines } from '../quote.ts';
import type { Carded } from './card-words.ts';
import type { DeskTools } from './desk-context.ts';
import { digitless, maskedParts, maskedText } from './masked-text.ts';
import { grouped } from './shown-time.ts';

export interface ItemText {
  readonly of: Position;
  /** Said above it; nothing above the text that was stopped. */
  readonly head: readonly string[];
  /** Undefined of what can't be shown. */
  readonly text: string | undefined;
  readonly masked: string;
  /** Why not, where it was not erased. */
  readonly gone?: string;
}

export function stoppedText({ verdict, text = '' }: Carded): ItemText {
  const { of, version, hits } = verdict.body;
  return { of: version ?? of, head: [], text, masked: maskedText(text, hits) };
}

/** Oldest first. */
export async function earlierTexts(
  { body }: EntryOf<'policy.verdict'>,
  tools: Pick<DeskTools, 'read' | 'delivery'>,
): Promise<readonly ItemText[]> {
  const findings = body.hits.flatMap((hit) => hit.findings);
  const positions = [...new Set(findings.flatMap(({ over }) => over))].toSorted((a, b) => a - b);
  const texts: ItemText[] = [];
  for (const of of positions) {
    const entry = await tools.read(of);
    if (entry === undefined) continue;
    const state = (await tools.delivery(of))?.state;
    texts.push(earlierText(entry, findings, state));
  }
  return texts;
}

function earlierText(
  entry: Entry | ErasedEntry,
  findings: readonly KeptFinding[],
  state: MessageState | undefined,
): ItemText {
  const { position: of } = entry;
  const head = [`It goes on from record ${grouped(of)}${state === undefined ? '' : `, ${stateWords[state]}`}:`];
  const piece = 'erased' in entry ? undefined : messageOf(entry)?.pieces.find(isFirst);
  if (piece === undefined) return { of, head, text: undefined, masked: '' };
  return { of, head, text: piece.text, masked: digitless(maskedParts(piece.text, of, findings)) };
}

function isFirst({ what }: { readonly what: string }): boolean {
  return what === 'body' || what === 'caption';
}

const stateWords: Readonly<Record<MessageState, string>> = {
  waiting: 'not sent yet',
  attempting: 'being sent',
  quarantined: 'quarantined',
  pending: 'being sent',
  sent: 'already sent',
  delivered: 'already sent',
  read: 'already sent',
  failed: 'not sent',
  unknown: 'perhaps sent',
  withdrawn: 'withdrawn',
};

/** One after the other; `unmasked` as they are. */
export function textLines(texts: readonly ItemText[], unmasked: boolean): readonly string[] {
  return texts.flatMap(({ head, text, masked, gone = '[erased]' }) => [
    ...head,
    text === undefined ? gone : text === '' ? '[no text]' : `“${inertLines(unmasked ? text : masked)}”`,
  ]);
}

export function isMasked({ text, masked }: ItemText): boolean {
  return text !== undefined && text !== masked;
}
