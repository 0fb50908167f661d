/** Events of a provider as events of ours, by the rules of the config: the first whose conditions hold. */
import { createHash } from 'node:crypto';
import { parseAddress, parseMillis, parseRemoteId, type Address, type Millis, type RemoteId } from '../../core/ids.ts';
import type { Attachment, Ends, FileKind, GeoPlace, NetworkMessage } from '../../core/network-entries.ts';
import type { KvEdit, NetworkEvent, OutboundUpdate, RemoteTyping } from '../../core/ports/connector.ts';
import type { FileRule, HttpConfig, Rule, RuleOf } from './config.ts';
import { refOf } from './files.ts';
import { textAt, textsAt, valuesAt, type Path, type Place } from './json-path.ts';
import { keepEdits } from './kept.ts';

export interface Mapped {
  readonly events: readonly NetworkEvent[];
  readonly updates: readonly OutboundUpdate[];
  readonly typing?: RemoteTyping;
  /** Commit with the events. */
  readonly notes?: readonly KvEdit[];
  /** Everything that was sent there until then. */
  readonly upTo?: {
    readonly ends: Ends;
    readonly at: number;
    readonly state: OutboundUpdate['state'];
    readonly base: Base;
  };
}
export interface Base {
  readonly id: string;
  readonly sure: true;
  readonly at: Millis;
  readonly raw: Uint8Array;
}
export interface Mapping {
  readonly config: HttpConfig;
  readonly lines: readonly Address[];
}

const nothing: Mapped = { events: [], updates: [] };
const idMost = 200;

/** Never throws: what no rule knows, and what lacks what its rule needs, is on record as it is. */
export function mapped(place: Place, given: { now: Millis; raw: Uint8Array }, mapping: Mapping): Mapped {
  const { config } = mapping;
  const rule = config.receive.rules.find((one) => one.when.every((condition) => holds(condition, place)));
  if (rule?.as === 'nothing') return nothing;
  const at = timeOf(place, config) ?? given.now;
  const named = idOf(place, config);
  // What is done to a message may be told under the message's own id.
  const id = rule === undefined || rule.as === 'message' ? named : `${rule.as}/${named}`;
  const base: Base = { id, sure: true, at, raw: given.raw };
  const ends = rule === undefined ? undefined : endsOf(rule, place, mapping);
  const made = rule === undefined || ends === undefined ? undefined : makers[rule.as](rule, { place, base, ends });
  return (
    made ?? { ...nothing, events: [{ ...base, kind: 'unsupported', what: `something that ${config.title} tells` }] }
  );
}

function holds({ path, value }: Rule['when'][number], place: Place): boolean {
  const found = valuesAt(path, place);
  if (typeof value === 'boolean') return found.some((one) => one === value) || found.length > 0 === value;
  return textsAt(path, place).includes(String(value));
}

function idOf(place: Place, { receive }: HttpConfig): string {
  const parts = receive.id.map((path) => textAt(path, place));
  const named = parts.join('/');
  if (parts.length > 0 && named.length <= idMost && parts.every((part) => part !== undefined)) return named;
  return `content/${createHash('sha256').update(JSON.stringify(place.event)).digest('hex').slice(0, 40)}`;
}

function timeOf(place: Place, { receive }: HttpConfig): Millis | undefined {
  const text = textAt(receive.at?.path, place);
  if (text === undefined) return undefined;
  const ms = receive.at?.in === 'iso' ? Date.parse(text) : Number(text) * (receive.at?.in === 's' ? 1_000 : 1);
  const at = parseMillis(Math.floor(ms));
  return at.ok ? at.value : undefined;
}

function endsOf(rule: Exclude<Rule, { as: 'nothing' }>, place: Place, { config, lines }: Mapping): Ends | undefined {
  const address = (path: Path | undefined): Address | undefined => addressOf(textAt(path, place), config);
  const [sole] = lines.length === 1 ? lines : [];
  const from = address(rule.from);
  const to = rule.to === undefined ? sole : address(rule.to);
  if (from === undefined || to === undefined) return undefined;
  const group = address(rule.group);
  return { from, to, ...(rule.own ? { own: true } : {}), ...(group === undefined ? {} : { group: { id: group } }) };
}

function addressOf(text: string | undefined, { numbers }: HttpConfig): Address | undefined {
  const whole = numbers === 'without-plus' && /^[1-9]\d{4,14}$/u.test(text ?? '') ? `+${text ?? ''}` : text;
  const address = parseAddress(whole);
  return address.ok ? address.value : undefined;
}

interface Making {
  readonly place: Place;
  readonly base: Base;
  readonly ends: Ends;
}
type Maker = (rule: Rule, making: Making) => Mapped | undefined;

function maker<A extends Rule['as']>(as: A, make: (rule: RuleOf<A>, making: Making) => Mapped | undefined): Maker {
  const is = (rule: Rule): rule is RuleOf<A> => rule.as === as;
  return (rule, making) => (is(rule) ? make(rule, making) : undefined);
}

function one(event: NetworkEvent): Mapped {
  return { ...nothing, events: [event] };
}

function remote(path: Path | undefined, place: Place): RemoteId | undefined {
  const id = parseRemoteId(textAt(path, place));
  return id.ok ? id.value : undefined;
}

const makers: Readonly<Record<Rule['as'], Maker>> = {
  message: maker('message', (rule, { place, base, ends }) => ({
    ...one({ ...base, kind: 'message', message: { ...ends, ...messageOf(rule, place) } }),
    notes: kept(rule, place, base.at),
  })),
  edit: maker('edit', (rule, { place, base, ends }) => {
    const [target, text] = [remote(rule.target, place), textAt(rule.text, place)];
    if (target === undefined || text === undefined) return undefined;
    return one({ ...base, kind: 'edit', edit: { ...ends, target, text } });
  }),
  redaction: maker('redaction', (rule, { place, base, ends }) => {
    const target = remote(rule.target, place);
    return target && one({ ...base, kind: 'redaction', redaction: { ...ends, targets: [target] } });
  }),
  reaction: maker('reaction', (rule, { place, base, ends }) => {
    const target = remote(rule.target, place);
    const keys = rule.keys === undefined ? [] : textsAt(rule.keys, place);
    return target && one({ ...base, kind: 'reaction', reaction: { ...ends, target, keys } });
  }),
  receipt: maker('receipt', receiptOf),
  typing: maker('typing', ({ on }, { ends }) => ({ ...nothing, typing: { ...ends, on } })),
  consent: maker('consent', ({ action }, { base, ends: { from, to } }) =>
    one({ ...base, kind: 'consent', consent: { from, to, action } }),
  ),
  nothing: () => nothing,
};

function receiptOf(rule: RuleOf<'receipt'>, { place, base, ends }: Making): Mapped | undefined {
  const { state } = rule;
  const until = Number(textAt(rule.upTo, place));
  if (rule.upTo !== undefined)
    return Number.isNaN(until) ? undefined : { ...nothing, upTo: { ends, at: until, state, base } };
  const ids = (rule.targets === undefined ? [] : textsAt(rule.targets, place)).flatMap((text) => {
    const id = parseRemoteId(text);
    return id.ok ? [id.value] : [];
  });
  const [code, detail] = [textAt(rule.code, place), textAt(rule.detail, place)];
  const more = { ...(code === undefined ? {} : { code }), ...(detail === undefined ? {} : { detail }) };
  return ids.length === 0
    ? undefined
    : { ...nothing, updates: ids.map((id) => ({ ...updateOf(base, id, state), ...more })) };
}

export function updateOf(base: Base, remoteId: RemoteId, state: OutboundUpdate['state']): OutboundUpdate {
  const id = `${state}/${createHash('sha256').update(remoteId).digest('hex').slice(0, 20)}/${base.id}`.slice(
    0,
    idMost + 60,
  );
  return { ...base, id, remoteId, matches: [remoteId], state };
}

function kept({ remoteId, keep }: RuleOf<'message'>, place: Place, at: Millis): readonly KvEdit[] {
  const id = remote(remoteId, place);
  const found = Object.entries(keep).map(([name, path]) => [name, textAt(path, place)] as const);
  return id === undefined ? [] : keepEdits(id, found, at);
}

type Said = Omit<NetworkMessage, 'connector' | 'network' | 'from' | 'to' | 'own' | 'group'>;

function messageOf(rule: RuleOf<'message'>, place: Place): Said {
  const [id, name, answered] = [remote(rule.remoteId, place), textAt(rule.name, place), remote(rule.replyTo, place)];
  const files = rule.files.flatMap((file) => filesOf(file, place));
  const location = placeOf(rule, place);
  return {
    text: rule.service ?? wordsOf(rule, place),
    ...(id === undefined ? {} : { remoteId: id }),
    ...(name === undefined ? {} : { fromName: name }),
    ...(answered === undefined ? {} : { replyTo: { id: answered } }),
    ...(files.length === 0 ? {} : { attachments: files }),
    ...(location === undefined ? {} : { location }),
    ...(rule.unsupported === undefined ? {} : { unsupported: rule.unsupported }),
    ...(rule.service === undefined ? {} : { service: true }),
  };
}

function wordsOf({ text }: RuleOf<'message'>, place: Place): string {
  for (const path of text) {
    const found = textsAt(path, place);
    if (found.length > 0) return found.join(', ');
  }
  return '';
}

function placeOf({ location }: RuleOf<'message'>, place: Place): GeoPlace | undefined {
  if (location === undefined) return undefined;
  const [latitude, longitude] = [textAt(location.latitude, place), textAt(location.longitude, place)].map(Number);
  if (latitude === undefined || longitude === undefined || Number.isNaN(latitude + longitude)) return undefined;
  const [name, address] = [textAt(location.name, place), textAt(location.address, place)];
  return {
    latitude,
    longitude,
    ...(name === undefined ? {} : { name }),
    ...(address === undefined ? {} : { address }),
  };
}

function filesOf(rule: FileRule, place: Place): readonly Attachment[] {
  const each = rule.each === undefined ? [place.event] : valuesAt(rule.each, place);
  return each.flatMap((event) => fileOf(rule, { event, body: place.body }));
}

function kindOf({ at, is, else: other }: Exclude<FileRule['kind'], string>, place: Place): FileKind {
  const said = textAt(at, place) ?? '';
  return (Object.hasOwn(is, said) ? is[said] : undefined) ?? other;
}

function fileOf(rule: FileRule, place: Place): readonly Attachment[] {
  const ref = refOf({ link: textAt(rule.link, place), source: rule.source, id: textAt(rule.id, place) });
  if (ref === undefined) return [];
  const kind = typeof rule.kind === 'string' ? rule.kind : kindOf(rule.kind, place);
  const [name, type, size] = [textAt(rule.name, place), textAt(rule.type, place), Number(textAt(rule.size, place))];
  const sized = Number.isSafeInteger(size) && size >= 0 ? { size } : {};
  return [{ kind, ref, ...sized, ...(name === undefined ? {} : { name }), ...(type === undefined ? {} : { type }) }];
}
