/**
 * What a record speaks of. A message's family is the message and all that was said and done about it: edits, reactions,
 * files, attempts, outcomes, receipts, verdicts, decisions. What merely names other records (a command that showed them,
 * a report) mentions them: it lives as long as they, and they don't live for it.
 */
import type { Entry, EntryKind, EntryOf } from '../../core/entry.ts';
import { parseEventId, type EventId, type Position } from '../../core/ids.ts';
import { isJsonObject } from '../../core/json.ts';

export interface Links {
  /** Of one family with these. */
  readonly of: readonly Position[];
  /** Of one family with the records of these Matrix events, which may come later. */
  readonly events: readonly EventId[];
  readonly mentions: readonly Position[];
}

const none: Links = { of: [], events: [], mentions: [] };

function of(...positions: readonly (Position | undefined)[]): Links {
  return { ...none, of: positions.filter((position) => position !== undefined) };
}

function mentions(...positions: readonly (Position | undefined)[]): Links {
  return { ...none, mentions: positions.filter((position) => position !== undefined) };
}

type LinksIn<K extends EntryKind> = (entry: EntryOf<K>) => Links;

const byItself = (): Links => none;
const about = ({ body }: { readonly body: { readonly of: Position } }): Links => of(body.of);
const decision = ({ body }: { readonly body: { readonly of: Position; readonly verdict: Position } }): Links =>
  of(body.of, body.verdict);
const shown = ({ body }: { readonly body: { readonly positions: readonly Position[] } }): Links =>
  mentions(...body.positions);
const aboutHold = ({ body }: { readonly body: { readonly placed: Position } }): Links => mentions(body.placed);
const answered = ({ body }: { readonly body: { readonly because?: Position } }): Links => mentions(body.because);

const messages = {
  'matrix.event': ({ body }) => ({ ...none, events: eventsIn(body) }),
  'matrix.malformed': byItself,
  'network.message': byItself,
  'network.edit': byItself,
  'network.redaction': byItself,
  'network.reaction': byItself,
  'network.receipt': byItself,
  'network.chat': byItself,
  'network.consent': byItself,
  'network.unsupported': byItself,
  'network.account': byItself,
  'file.stored': about,
  'file.missing': about,
  'file.scanned': ({ body }) => of(body.of, body.stored),
  'delivery.attempt': about,
  'delivery.outcome': about,
  'delivery.retry': about,
  'delivery.deferred': about,
  'delivery.abandoned': about,
  'task.dead': about,
  'portal.wanted': ({ body }) => of(body.because),
} satisfies { readonly [K in EntryKind]?: LinksIn<K> };

const policy = {
  'policy.verdict': ({ body }) => ({
    ...of(body.of, body.version, body.file),
    mentions: body.hits.flatMap((hit) => hit.findings.flatMap((finding) => finding.over)),
  }),
  'policy.refused': byItself,
  'policy.approved': decision,
  'policy.rejected': decision,
  'policy.expired': decision,
  'policy.overridden': ({ body }) => of(body.of, body.message),
  'policy.redacted': ({ body }) => ({ ...decision({ body }), events: [body.event] }),
  'policy.unmasked': ({ body }) => mentions(body.of),
  'policy.rule-changed': byItself,
  'policy.backtest-asked': byItself,
  'policy.backtested': ({ body }) => mentions(body.because, ...body.examples),
  'policy.room-changed': byItself,
  'policy.barrier-crossed': byItself,
} satisfies { readonly [K in EntryKind]?: LinksIn<K> };

const house = {
  'portal.opened': ({ body }) => mentions(body.because),
  'portal.moved': byItself,
  'portal.closed': byItself,
  'ghost.made': byItself,
  'room.made': byItself,
  'room.gone': byItself,
  'line.assigned': byItself,
  'contact.changed': byItself,
  'staff.notice': byItself,
  'desk.command': shown,
  'cli.command': shown,
  'system.started': byItself,
  'system.stopped': byItself,
  'config.changed': byItself,
  'gate.changed': byItself,
  'checkpoint.published': byItself,
  'log.continued': byItself,
  'backup.made': byItself,
  'gap.found': byItself,
  'gap.repaired': ({ body }) => mentions(...body.rooms.map(({ found }) => found)),
  'reconcile.report': ({ body }) => mentions(body.because, ...body.findings.map((finding) => finding.of)),
  'alarm.raised': byItself,
  'alarm.cleared': byItself,
  'clock.jumped': byItself,
} satisfies { readonly [K in EntryKind]?: LinksIn<K> };

const retention = {
  'retention.classes': byItself,
  'retention.asked': byItself,
  'retention.set-asked': byItself,
  'retention.previewed': answered,
  'retention.arm-requested': ({ body }) => mentions(body.preview),
  'retention.armed': ({ body }) => mentions(body.preview, body.request),
  'retention.run': ({ body }) => mentions(body.because, body.armed),
  'retention.erased': ({ body }) => mentions(body.run),
  'retention.certificate': ({ body }) => mentions(body.run),
  'retention.clock-confirmed': byItself,
  'hold.placed': byItself,
  'hold.acknowledged': byItself,
  'hold.release-requested': aboutHold,
  'hold.released': aboutHold,
} satisfies { readonly [K in EntryKind]?: LinksIn<K> };

const person = {
  'dsar.opened': byItself,
  'dsar.looked': ({ body }) => mentions(body.request, body.because),
  'dsar.run-requested': ({ body }) => mentions(body.request, body.look),
  'dsar.decided': ({ body }) => mentions(body.request, body.asked),
  'dsar.copied': ({ body }) => mentions(body.request, body.because),
  'dsar.erased': ({ body }) => mentions(body.request, body.run),
  'dsar.answered': ({ body }) => mentions(body.request),
} satisfies { readonly [K in EntryKind]?: LinksIn<K> };

const linksIn: { readonly [K in EntryKind]: LinksIn<K> } = {
  ...messages,
  ...policy,
  ...house,
  ...retention,
  ...person,
};

/** What `entry` speaks of, as far as it says so itself: a receipt names its message by the network's id alone. */
export function linksOf(entry: Entry): Links {
  const links = itself(entry);
  const { echoOf, conflictWith } = entry.source;
  const shows = [echoOf, conflictWith].filter((position) => position !== undefined);
  return shows.length === 0 ? links : { ...links, of: [...links.of, ...shows] };
}

function itself<K extends EntryKind>(entry: EntryOf<K>): Links {
  return linksIn[entry.kind](entry);
}

/** Answers and threads are messages of their own: what they hang on is no part of them. */
const OWN_MESSAGES: ReadonlySet<unknown> = new Set(['m.thread', undefined]);

function eventsIn(event: EntryOf<'matrix.event'>['body']): readonly EventId[] {
  const redacted = event.type === 'm.room.redaction' ? [event.redacts ?? event.content['redacts']] : [];
  const relation = event.content['m.relates_to'];
  const related = isJsonObject(relation) && !OWN_MESSAGES.has(relation['rel_type']) ? [relation['event_id']] : [];
  return [...redacted, ...related].flatMap((id) => {
    const event = parseEventId(id);
    return event.ok ? [event.value] : [];
  });
}
