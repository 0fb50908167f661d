/** Addresses of crypto currencies, by the check that each carries: Bitcoin, Litecoin, Tron, Ethereum, Monero. */
import { keccak_256 as keccak } from '@noble/hashes/sha3.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { base58xmr, bech32, bech32m, createBase58check } from '@scure/base';

import { must, parseDetectorId } from '../../core/ids.ts';
import type { Candidate, Detector } from '../detector.ts';
import { bestOf } from './best-candidates.ts';
import { casedText } from './cased-text.ts';
import { hasLongRow, isWordUnit } from './long-row.ts';
import { endOf } from './masked.ts';

const shortest = 26;
const word = /(?<![a-zA-Z\d_])[a-zA-Z\d]{26,110}(?![a-zA-Z\d_])/g;
/** Decoding costs some 10 µs: a text is not searched for more than this many. */
const mostTried = 200;
const base58check = createBase58check(sha256);
/** Version bytes: Bitcoin P2PKH 0 and P2SH 5, Litecoin 48 and 50 (its older 5 is Bitcoin's), Tron 65. */
const versions: ReadonlySet<number> = new Set([0, 5, 48, 50, 65]);

export const crypto: Detector = {
  id: must(parseDetectorId('crypto')),
  says: 'an address of a crypto currency',
  contextWords: [
    ...['btc', 'bitcoin', 'eth', 'ethereum', 'usdt', 'tether', 'ltc', 'litecoin', 'xmr', 'monero', 'trx', 'tron'],
    ...['wallet', 'crypto', 'coin', 'coins', 'address', 'blockchain', 'adresse', 'monedero'],
  ],
  mayBeIn: ({ plain }) => hasLongRow(plain.folded, shortest, isWordUnit),
  find: ({ plain }) => bestOf(found(casedText(plain))),
};

function* found(cased: string): Generator<Candidate> {
  let tried = 0;
  for (const match of cased.matchAll(word)) {
    const [text] = match;
    if (!/\d/u.test(text)) continue;
    if ((tried += 1) > mostTried) return;
    const checksum = checksumOf(text);
    if (checksum === undefined) continue;
    const span = { start: match.index, end: match.index + text.length };
    const confidence = checksum === 'holds' ? 0.85 : 0.5;
    yield { span, value: text, confidence, checksum, masked: endOf(text) };
  }
}

function checksumOf(text: string): Candidate['checksum'] | undefined {
  if (/^0x[\da-fA-F]{40}$/u.test(text)) return ofEthereum(text.slice(2));
  if (/^(?:bc1|ltc1|BC1|LTC1)/u.test(text)) return isSegwit(text) ? 'holds' : undefined;
  if (/^[48][\dAB][1-9A-HJ-NP-Za-km-z]{93}$/u.test(text)) return isMonero(text) ? 'holds' : undefined;
  return /^[13LMT][1-9A-HJ-NP-Za-km-z]{25,33}$/u.test(text) && isBase58(text) ? 'holds' : undefined;
}

/** EIP-55: capitals are the check; in one case throughout there is none. */
function ofEthereum(hex: string): Candidate['checksum'] | undefined {
  const lower = hex.toLowerCase();
  if (/^0{38}/u.test(lower)) return undefined;
  if (hex === lower || hex === hex.toUpperCase()) return 'none';
  const hash = keccak(Buffer.from(lower, 'ascii'));
  const holds = Array.from(lower).every((character, i) => {
    const nibble = ((hash[i >> 1] ?? 0) >> (i % 2 === 0 ? 4 : 0)) & 15;
    return (nibble >= 8 ? character.toUpperCase() : character) === hex.charAt(i);
  });
  return holds ? 'holds' : undefined;
}

function isBase58(text: string): boolean {
  const bytes = attempt(() => base58check.decode(text));
  return bytes?.length === 21 && versions.has(bytes[0] ?? -1);
}

/** BIP-173 and BIP-350: version 0 has bech32 and 20 or 32 bytes, later ones bech32m and 2 to 40. */
function isSegwit(text: string): boolean {
  return (
    isProgram(bech32.decodeUnsafe(text, 90), [0, 0], [20, 32]) ||
    isProgram(bech32m.decodeUnsafe(text, 90), [1, 16], anyLength)
  );
}

const anyLength: readonly number[] = Array.from({ length: 39 }, (_, i) => i + 2);

function isProgram(
  decoded: ReturnType<typeof bech32.decodeUnsafe>,
  [least, most]: readonly [number, number],
  lengths: readonly number[],
): boolean {
  if (typeof decoded !== 'object') return false;
  const [version = -1, ...words] = decoded.words;
  const length = bech32.fromWordsUnsafe(words)?.length ?? 0;
  return version >= least && version <= most && lengths.includes(length);
}

/** Network byte, two keys of 32 bytes, and the first four bytes of their Keccak. */
function isMonero(text: string): boolean {
  const bytes = attempt(() => base58xmr.decode(text));
  if (bytes?.length !== 69) return false;
  return Buffer.from(keccak(bytes.subarray(0, 65)).subarray(0, 4)).equals(bytes.subarray(65));
}

/** The decoders throw at what is no address, which most words aren't. */
function attempt(decode: () => Uint8Array): Uint8Array | undefined {
  try {
    return decode();
  } catch {
    return undefined;
  }
}
