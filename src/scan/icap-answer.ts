/** What an ICAP service answers (RFC 3507, 4.3 to 4.5): a head, then what it encapsulates. */
import type { Conversation } from './conversation.ts';

const MOST_CHUNK = 16 * 1024 * 1024;
const PIECE_BYTES = 64 * 1024;

export interface IcapHead {
  readonly status: number;
  /** By lower-case name; of several with one name the last. */
  readonly headers: ReadonlyMap<string, string>;
}

/** @throws Error when it is none */
export function parseHead(text: string): IcapHead {
  const [first = '', ...lines] = text.split('\r\n');
  const status = /^ICAP\/1\.\d (\d{3})/u.exec(first)?.[1];
  if (status === undefined) throw new Error('no ICAP');
  const headers = lines.flatMap((line): [string, string][] => {
    const colon = line.indexOf(':');
    return colon > 0 ? [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]] : [];
  });
  return { status: Number(status), headers: new Map(headers) };
}

/** Reads what is encapsulated and gives its body, piece by piece, without the HTTP heads before it. */
export async function bodyOf(head: IcapHead, talk: Conversation, into: (piece: Uint8Array) => void): Promise<void> {
  const body = bodyIn(head);
  if (body === undefined) return;
  await talk.bytes(body.at);
  if (body.name === 'null-body') return;
  for (let length = await chunkLength(talk); length > 0; length = await chunkLength(talk)) {
    for (let left = length; left > 0; left -= PIECE_BYTES) into(await talk.bytes(Math.min(left, PIECE_BYTES)));
    await talk.upTo('\r\n');
  }
  await talk.upTo('\r\n');
}

function bodyIn({ headers }: IcapHead): { readonly name: string; readonly at: number } | undefined {
  const parts = (headers.get('encapsulated') ?? '').split(',').map((part) => part.trim().split('='));
  const [name, at] = parts.find(([named = '']) => named.endsWith('-body')) ?? [];
  const before = Number(at);
  const plausible = Number.isSafeInteger(before) && before >= 0 && before <= PIECE_BYTES;
  return name === undefined || !plausible ? undefined : { name, at: before };
}

async function chunkLength(talk: Conversation): Promise<number> {
  const length = Number.parseInt(await talk.upTo('\r\n'), 16);
  if (!(length >= 0 && length <= MOST_CHUNK)) throw new Error('no chunk');
  return length;
}
