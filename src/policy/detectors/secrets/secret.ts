/** Passwords and keys: by their providers' prefixes, by their form, by what stands beside them. Capitals matter in all. */
import { must, parseDetectorId } from '../../../core/ids.ts';
import type { Candidate, Detector } from '../../detector.ts';
import { bestOf } from '../best-candidates.ts';
import { casedText } from '../cased-text.ts';
import { startOf } from '../masked.ts';
import { entropyOf } from './entropy.ts';
import { awsSecrets, namedSecrets, passwordsInAddresses, webTokens, type SecretSeen } from './named-secrets.ts';
import { providerKeys, type ProviderKey } from './provider-keys.ts';

const shortest = 12;
/** The shortest key of a provider: a prefix of four and sixteen more. */
const longWord = 20;
/** `xxxxxxxx` behind a prefix is what documents show. */
const leastEntropy = 2;

const byPrefix: ReadonlyMap<string, ProviderKey> = new Map(
  providerKeys.flatMap((key) => key.prefixes.map((prefix) => [prefix, key] as const)),
);
/** One pattern of all prefixes, longest first: compiled to a trie, it looks at each character of a text once. */
const prefixes = [...byPrefix.keys()].sort((a, b) => b.length - a.length);
const anyPrefix = new RegExp(
  `(?<![A-Za-z\\d_])(?:${prefixes.map((prefix) => prefix.replace(/[.]/gu, '\\.')).join('|')})`,
  'gu',
);
/** Something of a key is in the folded text: a prefix, the beginning of a JSON web token. */
const keyHint = new RegExp(
  `(?<![a-z\\d_])(?:eyj|${prefixes.map((prefix) => prefix.toLowerCase().replace(/[.]/gu, '\\.')).join('|')})`,
  'u',
);
/** A name of a secret, an address with a password. */
const namedHint = /pass|pwd|kennwort|contrase|secret|key|token|:\/\//u;

export const secret: Detector = {
  id: must(parseDetectorId('secret')),
  says: 'a password or a key',
  contextWords: [
    ...['password', 'passwd', 'pwd', 'passphrase', 'secret', 'key', 'keys', 'token', 'api', 'apikey', 'credential'],
    ...['credentials', 'login', 'auth', 'bearer', 'passwort', 'kennwort', 'schlüssel', 'zugangsdaten', 'clé', 'clave'],
    ...['contraseña'],
  ],
  mayBeIn: ({ plain: { folded } }) => folded.length >= shortest && (mayHaveKey(folded) || mayHaveNamed(folded)),
  find: ({ plain }) => bestOf([...found(casedText(plain))].map(candidate)),
};

/** A key is a long word, a private one stands between hyphens. */
function mayHaveKey(folded: string): boolean {
  return (hasLongWord(folded) || folded.includes('-----')) && keyHint.test(folded);
}

/** A password stands behind a colon or an equals sign. */
function mayHaveNamed(folded: string): boolean {
  return (folded.includes(':') || folded.includes('=')) && namedHint.test(folded);
}

/** So long a word has no space at any of the characters looked at and none between two of them. */
function hasLongWord(folded: string): boolean {
  for (let start = 0; start + longWord <= folded.length;) {
    const space = folded.lastIndexOf(' ', start + longWord - 1);
    if (space < start) return true;
    start = space + 1;
  }
  return false;
}

function* found(cased: string): Generator<SecretSeen> {
  const aws: number[] = [];
  for (const match of cased.matchAll(anyPrefix)) {
    const seen = keyAt(cased, match.index, match[0]);
    if (seen === undefined) continue;
    if (/^A[A-Z]IA$/u.test(match[0])) aws.push(match.index);
    yield seen;
  }
  yield* awsSecrets(cased, aws);
  yield* webTokens(cased);
  yield* passwordsInAddresses(cased);
  yield* namedSecrets(cased);
}

function keyAt(cased: string, start: number, prefix: string): SecretSeen | undefined {
  const key = byPrefix.get(prefix);
  if (key === undefined) return undefined;
  const rest = new RegExp(key.rest);
  rest.lastIndex = start + prefix.length;
  const behind = rest.exec(cased)?.[0];
  if (behind === undefined || entropyOf(behind) < leastEntropy) return undefined;
  return { start, value: `${prefix}${behind}`, confidence: key.confidence, checksum: 'none' };
}

function candidate({ start, value, confidence, checksum }: SecretSeen): Candidate {
  return { span: { start, end: start + value.length }, value, confidence, checksum, masked: startOf(value) };
}
