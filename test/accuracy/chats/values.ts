/** Values that a rule is to find, made anew for each seed, in the ways people write them. */
import { createHash } from 'node:crypto';

import type { SeededRandom } from '../../crash/seeded-random.ts';
import { digits, ibanOf, luhnDigit, mod1110Digit, remainder, verhoeffDigit, weighted, whole } from './check-digits.ts';

export type Make = (random: SeededRandom) => string;

function grouped(text: string, sizes: readonly number[], by: string): string {
  const groups: string[] = [];
  let at = 0;
  for (const size of sizes) {
    groups.push(text.slice(at, at + size));
    at += size;
  }
  if (at < text.length) groups.push(text.slice(at));
  return groups.filter((group) => group !== '').join(by);
}

/** In one piece or in its groups. */
function asWritten(
  random: SeededRandom,
  text: string,
  sizes: readonly number[],
  by: readonly [string, ...string[]],
): string {
  return random.next() < 0.4 ? text : grouped(text, sizes, random.oneOf(by));
}

function birth(random: SeededRandom): {
  readonly year: number;
  readonly month: string;
  readonly day: string;
  readonly short: string;
} {
  const year = whole(random, 1945, 1999);
  const two = (n: number) => String(n).padStart(2, '0');
  return { year, month: two(whole(random, 1, 12)), day: two(whole(random, 1, 28)), short: String(year).slice(2) };
}

const cards: readonly [[string, number], ...[string, number][]] = [
  ['4', 16],
  ['4', 16],
  ['51', 16],
  ['55', 16],
  ['2221', 16],
  ['34', 15],
  ['37', 15],
  ['6011', 16],
  ['3530', 16],
];

function card(random: SeededRandom): string {
  const [prefix, length] = random.oneOf(cards);
  const body = prefix + digits(random, length - 1 - prefix.length);
  const sizes = length === 15 ? [4, 6, 5] : [4, 4, 4, 4];
  return asWritten(random, body + luhnDigit(body), sizes, [' ', ' ', '-', '.']);
}

function iban(random: SeededRandom): string {
  const letters = () => Array.from({ length: 4 }, () => random.oneOf(['A', 'B', 'K', 'N', 'R', 'W'])).join('');
  const made = random.oneOf([
    () => ibanOf('DE', digits(random, 18)),
    () => ibanOf('AT', digits(random, 16)),
    () => ibanOf('CH', digits(random, 17)),
    () => ibanOf('NL', `${letters()}${digits(random, 10)}`),
    () => ibanOf('GB', `${letters()}${digits(random, 14)}`),
    () => ibanOf('IE', `${letters()}${digits(random, 14)}`),
  ])();
  const written = asWritten(random, made, [4, 4, 4, 4, 4, 4], [' ']);
  return random.next() < 0.15 ? written.toLowerCase() : written;
}

function aba(random: SeededRandom): string {
  const body = `${random.oneOf(['01', '02', '03', '06', '07', '11', '12', '26', '31', '32'])}${digits(random, 6)}`;
  return body + String((10 - (weighted(body, [3, 7, 1]) % 10)) % 10);
}

function ssn(random: SeededRandom): string {
  const area = String(whole(random, 1, 665)).padStart(3, '0');
  const rest = `${String(whole(random, 1, 99)).padStart(2, '0')}-${String(whole(random, 1, 9999)).padStart(4, '0')}`;
  return `${area}-${rest}`;
}

function pesel(random: SeededRandom): string {
  const { short, month, day } = birth(random);
  const body = `${short}${month}${day}${digits(random, 4)}`;
  return body + String((10 - (weighted(body, [1, 3, 7, 9]) % 10)) % 10);
}

function idnr(random: SeededRandom): string {
  // One digit stands twice among the first ten, the others once (form of the German tax number).
  const order = Array.from({ length: 10 }, (_, digit) => ({ digit, by: random.next() })).sort((a, b) => a.by - b.by);
  const first = order.map(({ digit }) => digit);
  if (first[0] === 0) first.reverse();
  first[9] = first[0] ?? 1;
  const body = first.join('');
  return asWritten(random, body + mod1110Digit(body), [2, 3, 3, 3], [' ']);
}

function bsn(random: SeededRandom): string {
  for (;;) {
    const body = `${String(whole(random, 1, 9))}${digits(random, 7)}`;
    const check = weighted(body, [9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    if (check < 10) return body + String(check);
  }
}

function cpf(random: SeededRandom): string {
  const body = digits(random, 9);
  const check = (text: string) => String(((weighted(text, descending(text.length + 1)) * 10) % 11) % 10);
  const first = check(body);
  return grouped(body + first + check(body + first), [3, 3, 3], '.').replace(/\.(\d\d)$/u, '-$1');
}

function descending(from: number): readonly number[] {
  return Array.from({ length: from - 1 }, (_, at) => from - at);
}

function nir(random: SeededRandom): string {
  const { short, month } = birth(random);
  const body = `${String(whole(random, 1, 2))}${short}${month}${String(whole(random, 10, 89))}${digits(random, 6)}`;
  const key = String(97 - remainder(body, 97)).padStart(2, '0');
  return asWritten(random, body + key, [1, 2, 2, 2, 3, 3, 2], [' ']);
}

function belgian(random: SeededRandom): string {
  const { short, month, day } = birth(random);
  const serial = String(whole(random, 1, 997)).padStart(3, '0');
  const body = `${short}${month}${day}${serial}`;
  const check = String(97 - remainder(body, 97)).padStart(2, '0');
  return random.next() < 0.4 ? body + check : `${short}.${month}.${day}-${serial}.${check}`;
}

function swiss(random: SeededRandom): string {
  const body = `756${digits(random, 9)}`;
  const check = String((10 - (weighted(body, [1, 3]) % 10)) % 10);
  return asWritten(random, body + check, [3, 4, 4, 2], ['.']);
}

function chinese(random: SeededRandom): string {
  const { year, month, day } = birth(random);
  const body = `${random.oneOf(['110105', '310104', '440305', '330106'])}${String(year)}${month}${day}${digits(random, 3)}`;
  return body + ('10X98765432'[weighted(body, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11] ?? '');
}

function dni(random: SeededRandom): string {
  const body = digits(random, 8);
  return body + ('TRWAGMYFPDXBNJZSQVHLCKE'[Number(body) % 23] ?? '');
}

function swedish(random: SeededRandom): string {
  const { short, month, day } = birth(random);
  const serial = digits(random, 3);
  return `${short}${month}${day}-${serial}${luhnDigit(`${short}${month}${day}${serial}`)}`;
}

function finnish(random: SeededRandom): string {
  const { short, month, day } = birth(random);
  const serial = String(whole(random, 2, 899)).padStart(3, '0');
  const check = '0123456789ABCDEFHJKLMNPRSTUVWXY'[Number(`${day}${month}${short}${serial}`) % 31] ?? '';
  return `${day}${month}${short}-${serial}${check}`;
}

function aadhaar(random: SeededRandom): string {
  const body = `${String(whole(random, 2, 9))}${digits(random, 10)}`;
  return asWritten(random, body + verhoeffDigit(body), [4, 4, 4], [' ']);
}

function sin(random: SeededRandom): string {
  const body = `${String(whole(random, 1, 7))}${digits(random, 7)}`;
  return asWritten(random, body + luhnDigit(body), [3, 3, 3], ['-', ' ']);
}

function oib(random: SeededRandom): string {
  const body = digits(random, 10);
  return body + mod1110Digit(body);
}

function bitcoin(random: SeededRandom): string {
  const payload = Buffer.from([0, ...Array.from({ length: 20 }, () => whole(random, 0, 255))]);
  const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest();
  return base58(Buffer.concat([payload, hash(hash(payload)).subarray(0, 4)]));
}

function base58(bytes: Buffer): string {
  const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
  let number = BigInt(`0x${bytes.toString('hex')}`);
  let text = '';
  for (; number > 0n; number /= 58n) text = (alphabet[Number(number % 58n)] ?? '') + text;
  for (const byte of bytes) {
    if (byte !== 0) break;
    text = `1${text}`;
  }
  return text;
}

function from(alphabet: string, count: number): Make {
  return (random) =>
    Array.from({ length: count }, () => alphabet[whole(random, 0, alphabet.length - 1)] ?? '').join('');
}

const alphanumeric = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function secret(random: SeededRandom): string {
  return random.oneOf<Make>([
    (r) => `AKIA${from('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 16)(r)}`,
    (r) => `ghp_${from(alphanumeric, 36)(r)}`,
    (r) => `glpat-${from(alphanumeric, 20)(r)}`,
    (r) => `sk_live_${from(alphanumeric, 24)(r)}`,
    (r) => `xoxb-${digits(r, 12)}-${digits(r, 12)}-${from(alphanumeric, 24)(r)}`,
    (r) => `AIza${from(alphanumeric, 35)(r)}`,
    (r) => `SG.${from(alphanumeric, 22)(r)}.${from(alphanumeric, 43)(r)}`,
    (r) => `npm_${from(alphanumeric, 36)(r)}`,
  ])(random);
}

function email(random: SeededRandom): string {
  const name = random.oneOf(['anna.berg', 'j.miller', 'sales+eu', 'tom_w', 'maria', 'k-olsen', 'pfuchs84']);
  return `${name}@${random.oneOf(['acme.com', 'example.org', 'web.de', 'mail.contoso.co.uk', 'uni-graz.at', 'orange.fr'])}`;
}

function phone(random: SeededRandom): string {
  return random.oneOf<Make>([
    (r) => `+1 212 ${String(whole(r, 200, 999))} ${digits(r, 4)}`,
    (r) => `+1 (415) ${String(whole(r, 200, 999))}-${digits(r, 4)}`,
    (r) => `+44 20 7${digits(r, 3)} ${digits(r, 4)}`,
    (r) => `+49 30 ${String(whole(r, 2, 9))}${digits(r, 6)}`,
    (r) => `+33 6 ${grouped(digits(r, 8), [2, 2, 2, 2], ' ')}`,
    (r) => `+43 664 ${String(whole(r, 2, 9))}${digits(r, 6)}`,
    (r) => `+34 6${digits(r, 8)}`,
  ])(random);
}

function address(random: SeededRandom): string {
  const part = () => String(whole(random, 1, 254));
  return `${random.oneOf(['81', '93', '185', '203', '8'])}.${part()}.${part()}.${part()}`;
}

/** By the id of the detector that is to find it. */
export const makers: ReadonlyMap<string, Make> = new Map<string, Make>([
  ['card', card],
  ['iban', iban],
  ['aba', aba],
  ['ssn-us', ssn],
  ['id-at', (random) => austrian(random)],
  ['id-be', belgian],
  ['id-br', cpf],
  ['id-ca', sin],
  ['id-ch', swiss],
  ['id-cn', chinese],
  ['id-de', idnr],
  ['id-es', dni],
  ['id-fi', finnish],
  ['id-fr', nir],
  ['id-hr', oib],
  ['id-in', aadhaar],
  ['id-nl', bsn],
  ['id-pl', pesel],
  ['id-se', swedish],
  ['medical', (random) => nhs(random)],
  ['crypto', bitcoin],
  ['secret', secret],
  ['email', email],
  ['phone', phone],
  ['ip', address],
]);

/** The Austrian insurance number: serial, check digit, birth date. */
function austrian(random: SeededRandom): string {
  for (;;) {
    const { short, month, day } = birth(random);
    const serial = String(whole(random, 100, 999));
    const check = (weighted(serial, [3, 7, 9]) + weighted(`${day}${month}${short}`, [5, 8, 4, 2, 1, 6])) % 11;
    if (check < 10) return `${serial}${String(check)} ${day}${month}${short}`;
  }
}

function nhs(random: SeededRandom): string {
  for (;;) {
    const body = `${random.oneOf(['4', '6', '7'])}${digits(random, 8)}`;
    const check = (11 - (weighted(body, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
    if (check < 10) return asWritten(random, body + String(check), [3, 3, 4], [' ']);
  }
}
