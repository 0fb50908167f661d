/** A record as a desk is shown it: what rules found in it is masked, and so is every other long number. */
import type { Entry } from '../../core/entry.ts';
import type { KeptFinding, KeptHit } from '../../core/policy-entries.ts';
import { textToSend } from '../../bridge/messages/outbound-form.ts';
import { messageOf } from '../../policy/judging/message-of.ts';
import type { DeskTools, Judged, RecordShown } from './desk-context.ts';
import { digitless, maskedText } from './masked-text.ts';

type Reading = Pick<DeskTools, 'shown' | 'judged'>;

export interface MaskedRecord extends RecordShown {
  /** Something of it is not shown. */
  readonly isMasked: boolean;
}

export async function maskedRecord(entry: Entry, tools: Reading): Promise<MaskedRecord> {
  const shown = await tools.shown(entry);
  if (shown.text === undefined) return { ...shown, isMasked: false };
  const text = maskedIn(shown.text, entry, await tools.judged(entry));
  return { ...shown, text, isMasked: text !== shown.text };
}

/** `text` stands in the entry. */
export function maskedIn(text: string, entry: Entry, { hits, isPart }: Judged): string {
  const masked = maskedText(text, placedIn(text, entry, hits));
  return isPart ? digitless(masked) : masked;
}

interface JudgedText {
  readonly what: string;
  readonly text: string;
}

/** As they were when the entry was judged: findings say where they stand in these. */
function judgedTexts(entry: Entry, shown: string): readonly JudgedText[] {
  if (entry.kind === 'policy.refused') return ['body', 'caption', 'file-name'].map((what) => ({ what, text: shown }));
  const sent = entry.kind === 'matrix.event' && entry.direction === 'outbound' ? textToSend(entry.body) : undefined;
  if (sent?.ok === true) return [{ what: 'body', text: sent.value }];
  return messageOf(entry)?.pieces ?? [];
}

/** The findings where they stand in `text`, which may quote something before what was judged. */
function placedIn(text: string, entry: Entry, hits: readonly KeptHit[]): readonly Pick<KeptHit, 'findings'>[] {
  const judged = judgedTexts(entry, text);
  const placed = (finding: KeptFinding): readonly KeptFinding[] => {
    const piece = judged.find(({ what, text: own }) => what === finding.what && text.endsWith(own));
    if (piece === undefined) return [];
    const before = text.length - piece.text.length;
    return [{ ...finding, what: 'body', start: finding.start + before, end: finding.end + before }];
  };
  return hits.map(({ findings }) => ({ findings: findings.flatMap(placed) }));
}
