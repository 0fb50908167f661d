/** What is sealed of an entry: `JCS({actor, body, contact, line, portal, raw, room, salt, source})`. */
import { z } from 'zod';
import type { Source, Where } from '../core/entry.ts';
import { jcs, type Json } from '../core/json.ts';
import { json, source, where } from './entries/envelope.ts';

export interface Plain {
  /** 32 random bytes: without them the commitment of a short text could be guessed. */
  readonly salt: Uint8Array;
  readonly source: Source;
  readonly where: Omit<Where, 'class' | 'direction'>;
  /** The canonical text of the body, written once for digest and plaintext. */
  readonly body: string;
  readonly raw?: Uint8Array | undefined;
}

/** The canonical text. Its members are written in their order, so that a body may be as deep as JCS allows. */
export function plaintextOf(plain: Plain): string {
  const { actor, contact, line, portal, room } = plain.where;
  const members = [
    member('actor', actor),
    `"body":${plain.body}`,
    member('contact', contact),
    member('line', line),
    member('portal', portal),
    member('raw', plain.raw === undefined ? undefined : base64(plain.raw)),
    member('room', room),
    member('salt', base64(plain.salt)),
    `"source":${jcs({ ...plain.source })}`,
  ];
  return `{${members.filter((text) => text !== '').join(',')}}`;
}

function member(name: string, value: string | undefined): string {
  return value === undefined ? '' : `"${name}":${jcs(value)}`;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** The salt has done its work in the commitment and is left out of what is opened. */
const schema = z.object({ ...where, body: json, raw: z.exactOptional(z.string()), source });

export interface OpenedPlain extends Omit<Where, 'class' | 'direction'> {
  readonly body: Json;
  readonly raw?: Uint8Array;
  readonly source: Source;
}

/** @throws Error when `text` is no plaintext of ours. */
export function parsePlaintext(text: string): OpenedPlain {
  const decoded: unknown = JSON.parse(text);
  const { raw, ...rest } = schema.parse(decoded);
  return raw === undefined ? rest : { ...rest, raw: new Uint8Array(Buffer.from(raw, 'base64')) };
}
