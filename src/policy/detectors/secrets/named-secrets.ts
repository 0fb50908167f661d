/** Secrets that what stands beside them gives away: `password: …`, an address with a password in it, an AWS pair, a JWT. */
import type { Candidate } from '../../detector.ts';
import { entropyOf } from './entropy.ts';

export interface SecretSeen {
  readonly start: number;
  readonly value: string;
  readonly confidence: Candidate['confidence'];
  readonly checksum: Candidate['checksum'];
}

const leastEntropy = 3.5;
const named =
  /(?<![\p{L}\p{N}])(?:password|passwd|pwd|passphrase|passwort|kennwort|mot de passe|contrase[nñ]a|secret|client[_-]?secret|api[_-]?key|access[_-]?key|auth[_-]?token|access[_-]?token|token)["']? ?(?:[:=]|=>) ?["'`]?([^\s"'`,;<>]{8,128})/giu;
const inAddress = /(?<![\p{L}\p{N}])[a-z][a-z\d+.-]{1,15}:\/\/[^\s/:@]{1,64}:([^\s/:@]{3,128})@[\p{L}\d]/giu;
const awsSecret = /(?<![A-Za-z\d/+=])[A-Za-z\d/+]{40}(?![A-Za-z\d/+=])/gu;
const awsNear = 200;
const jwt = /(?<![\w-])(eyJ[\w-]{10,1000})\.eyJ[\w-]{4,4000}\.[\w-]{16,1000}/gu;
/** What documents write where a secret goes, and the page on which one is chosen or shown once. */
const placeholder = /^(?:\$\{|\{\{|<|%|\*{3}|x{4}|\.{3}|process\.env|os\.environ|your|example|changeme|https?:)/iu;
/** As long as the keys that programs use; shorter ones are passwords that people pass on, of a meeting or of a file. */
const keyLength = 20;
/** Right before a name: it is a parameter of an address, as in the invitations to a meeting. */
const ofAddress = /[?&#;]$/u;

/**
 * `password: …` with at least 3.5 bits a character: words that people say don't reach that. With its name beside it a key
 * comes to 0.85 and a password to 0.75.
 */
export function* namedSecrets(cased: string): Generator<SecretSeen> {
  for (const match of cased.matchAll(named)) {
    const value = (match[1] ?? '').replace(/[.)\]}]+$/u, '');
    if (value.length < 8 || placeholder.test(value) || entropyOf(value) < leastEntropy) continue;
    const isKey = value.length >= keyLength && !ofAddress.test(cased.slice(Math.max(0, match.index - 1), match.index));
    const confidence = isKey ? 0.5 : 0.4;
    yield { start: match.index + match[0].lastIndexOf(value), value, confidence, checksum: 'none' };
  }
}

/** `https://user:password@host` (RFC 3986, 3.2.1: deprecated, and in use). */
export function* passwordsInAddresses(cased: string): Generator<SecretSeen> {
  for (const match of cased.matchAll(inAddress)) {
    const value = match[1] ?? '';
    if (placeholder.test(value) || value === 'password') continue;
    const start = match.index + match[0].lastIndexOf(`:${value}@`) + 1;
    yield { start, value, confidence: 0.85, checksum: 'none' };
  }
}

/** Forty characters close to an access key's id: the key itself. */
export function* awsSecrets(cased: string, ids: readonly number[]): Generator<SecretSeen> {
  if (ids.length === 0) return;
  for (const match of cased.matchAll(awsSecret)) {
    if (!ids.some((id) => Math.abs(id - match.index) <= awsNear) || entropyOf(match[0]) < leastEntropy) continue;
    yield { start: match.index, value: match[0], confidence: 0.85, checksum: 'none' };
  }
}

/** RFC 7519: three parts, of which the first is JSON and names its algorithm. */
export function* webTokens(cased: string): Generator<SecretSeen> {
  for (const match of cased.matchAll(jwt)) {
    const header = Buffer.from(match[1] ?? '', 'base64url').toString('utf8');
    if (!/^\{.*"alg" ?: ?"/su.test(header)) continue;
    yield { start: match.index, value: match[0], confidence: 0.85, checksum: 'holds' };
  }
}
