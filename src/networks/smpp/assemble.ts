/** From what the wire gave to what goes on record. */
import type { JsonObject } from '../../core/json.ts';
import { must, parseRemoteId, type Millis, type RemoteId } from '../../core/ids.ts';
import type { NetworkEvent } from '../../core/ports/connector.ts';
import { fromWire } from './addresses.ts';
import type { DataSm, ShortMessage } from './codec/pdu.ts';
import type { Content } from './message-parts.ts';
import type { OpenSet, Part } from './reassembly.ts';
import { dataCoding } from './text/data-coding.ts';
import { decodeParts, type Decoded, type DefaultAlphabet } from './text/decode-text.ts';

export interface Arrived {
  readonly pdu: ShortMessage | DataSm;
  readonly frame: Buffer;
  readonly content: Content;
  readonly at: Millis;
  readonly likeness: string;
  readonly mayRepeat: boolean;
}

/** A message of one PDU. */
export function singleEvent(arrived: Arrived, alphabet: DefaultAlphabet): NetworkEvent {
  const { pdu, content, frame } = arrived;
  const decoded = decodeParts([content], alphabet);
  const base = { id: arrived.likeness, sure: false, mayRepeat: arrived.mayRepeat, at: arrived.at, raw: frame };
  const from = fromWire(pdu.source);
  const to = fromWire(pdu.destination);
  const what = unreadable(decoded, content);
  if (what !== undefined) return { ...base, kind: 'unsupported', what, to, from };
  return { ...base, kind: 'message', message: { to, from, text: textOf(decoded), wire: wireOf([arrived], 1) } };
}

/** A message of several parts; with gaps, each is marked where it is, `missing` names them, and it can be edited. */
export function setEvent(set: OpenSet, alphabet: DefaultAlphabet): NetworkEvent | undefined {
  const parts = inOrder(set);
  const first = parts[0];
  if (first === undefined) return undefined;
  const missing = missingOf(set);
  return {
    kind: 'message',
    id:
      set.parts.size === 1
        ? first.likeness
        : parts
            .map((part) => part.likeness.slice(0, 12))
            .join('-')
            .slice(0, 200),
    sure: false,
    mayRepeat: parts.some((part) => part.mayRepeat),
    at: first.at,
    raw: Buffer.concat(parts.map((part) => part.frame)),
    message: {
      to: fromWire(first.pdu.destination),
      from: fromWire(first.pdu.source),
      text: joined(set, alphabet),
      ...(missing === undefined ? {} : { missing, remoteId: nameOf(set) }),
      wire: wireOf(parts, set.total),
    },
  };
}

/** `part` came late: what `target` says with it. `set` holds it already. */
export function lateEvent(set: OpenSet, part: Part, target: RemoteId, alphabet: DefaultAlphabet): NetworkEvent {
  const { pdu, likeness, mayRepeat, at, frame } = part;
  const missing = missingOf(set);
  return {
    kind: 'edit',
    ...{ id: likeness, sure: false, mayRepeat, at, raw: frame },
    edit: {
      to: fromWire(pdu.destination),
      from: fromWire(pdu.source),
      target,
      text: joined(set, alphabet),
      ...(missing === undefined ? {} : { missing }),
    },
  };
}

/** SMPP names no text: what a part that comes late finds its text by. No two sets have one name. */
export function nameOf({ id, parts }: OpenSet): RemoteId {
  const [first] = parts.values();
  return must(parseRemoteId(`parts-${id}-${first?.at ?? 0}`));
}

export function inOrder(set: OpenSet): Part[] {
  return Array.from(set.parts.values()).sort((a, b) => a.concat.sequence - b.concat.sequence);
}

/** Parts next to each other are decoded together; a gap is shown in its place. */
function joined(set: OpenSet, alphabet: DefaultAlphabet): string {
  const pieces: string[] = [];
  let run: Content[] = [];
  const finishRun = (): void => {
    pieces.push(textOf(decodeParts(run, alphabet)));
    run = [];
  };
  for (let number = 1; number <= set.total; number += 1) {
    const part = set.parts.get(number);
    if (part !== undefined) {
      run.push(part.content);
    } else {
      finishRun();
      pieces.push(`[part ${number} of ${set.total} missing]`);
    }
  }
  finishRun();
  return pieces.join('');
}

function missingOf({ total, parts }: OpenSet): string | undefined {
  const gaps = Array.from({ length: total }, (_, index) => index + 1).filter((number) => !parts.has(number));
  return gaps.length === 0 ? undefined : `part ${gaps.join(', ')} of ${total}`;
}

export function textOf(decoded: readonly Decoded[]): string {
  return decoded.map((one) => ('text' in one ? one.text : `[binary, ${one.binary} octets]`)).join('');
}

/** What there is to say of a message that has no text for a person; an empty one is a message all the same. */
function unreadable(decoded: readonly Decoded[], content: Content): string | undefined {
  const binary = decoded.find((one) => 'binary' in one);
  if (binary !== undefined && 'binary' in binary) return `a binary message of ${binary.binary} octets`;
  const signal = content.payload.length === 0 && dataCoding(content.dataCoding).messageWaiting === true;
  return signal ? 'a message-waiting signal' : undefined;
}

function wireOf(parts: readonly Pick<Arrived, 'pdu' | 'content'>[], total: number): JsonObject {
  const first = parts[0];
  const { messageClass } = dataCoding(first?.content.dataCoding ?? 0);
  return {
    dataCoding: first?.content.dataCoding ?? 0,
    esmClass: first?.pdu.esmClass ?? 0,
    parts: total,
    ...(messageClass === undefined ? {} : { class: messageClass }),
    ...(parts.some((part) => part.content.malformed) ? { malformedHeader: true } : {}),
  };
}
