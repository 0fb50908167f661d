/**
 * The master key on paper: four lines of sixteen characters in Crockford's base32, the last three of each line a check,
 * so that a slip is named by its line. Case, spaces and dashes don't matter, O reads as 0, I and L as 1.
 */
import { createHash } from 'node:crypto';
import { err, ok, type Result } from '../core/result.ts';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LINES = 4;
const BYTES_A_LINE = 8;
const CHECK = 3;
/** Characters of eight bytes. */
const BODY = 13;

/** `ABCD EFGH JKMN PQRS`, four times. */
export function recoverySheet(masterKey: Uint8Array): readonly string[] {
  return Array.from({ length: LINES }, (_, i) => {
    const part = masterKey.subarray(i * BYTES_A_LINE, (i + 1) * BYTES_A_LINE);
    return grouped(encode(part) + check(part, i));
  });
}

/** The key of a sheet; an error names the first line that was copied wrongly. */
export function readRecoverySheet(lines: readonly string[]): Result<Uint8Array, string> {
  const written = lines.filter((line) => line.trim() !== '');
  if (written.length !== LINES)
    return err(`a recovery sheet has ${String(LINES)} lines, these are ${String(written.length)}`);
  const parts: Uint8Array[] = [];
  for (const [i, line] of written.entries()) {
    const part = readLine(line, i);
    if (part === undefined) return err(`line ${String(i + 1)} is not copied correctly: compare it with the sheet`);
    parts.push(part);
  }
  return ok(Buffer.concat(parts));
}

function readLine(line: string, i: number): Uint8Array | undefined {
  const plain = line
    .toUpperCase()
    .replace(/^\s*[1-4]\s*[:.]\s/u, '')
    .replace(/[\s\-–—]/gu, '')
    .replaceAll('O', '0')
    .replace(/[IL]/gu, '1');
  if (plain.length !== BODY + CHECK || Array.from(plain).some((char) => !ALPHABET.includes(char))) return undefined;
  const part = decode(plain.slice(0, BODY));
  return part !== undefined && check(part, i) === plain.slice(BODY) ? part : undefined;
}

/** Fifteen bits over the line and its number, so that two lines can't be swapped unseen. */
function check(part: Uint8Array, line: number): string {
  const digest = createHash('sha256')
    .update(`gatehouse-sheet-${String(line)}`)
    .update(part)
    .digest();
  return Array.from({ length: CHECK }, (_, i) => ALPHABET[(digest[i] ?? 0) % 32] ?? '').join('');
}

function encode(part: Uint8Array): string {
  let rest = BigInt(`0x${Buffer.from(part).toString('hex')}`);
  let text = '';
  for (let i = 0; i < BODY; i += 1) {
    text = (ALPHABET[Number(rest % 32n)] ?? '') + text;
    rest /= 32n;
  }
  return text;
}

function decode(text: string): Uint8Array | undefined {
  const value = Array.from(text).reduce((sum, char) => sum * 32n + BigInt(ALPHABET.indexOf(char)), 0n);
  const hex = value.toString(16).padStart(2 * BYTES_A_LINE, '0');
  return hex.length === 2 * BYTES_A_LINE ? Buffer.from(hex, 'hex') : undefined;
}

function grouped(text: string): string {
  return text.match(/.{4}/gu)?.join(' ') ?? text;
}
