/** Values and harmless numbers as somebody else's generator makes them: `@faker-js/faker`, with its seed. */
import { z } from 'zod';

import { load, method } from '../installed.ts';
import type { Make } from './values.ts';

/** Each is made by `faker.<group>.<name>(given)`. */
type Source = readonly [group: string, name: string, given?: unknown];

const values: readonly (readonly [kind: string, source: Source])[] = [
  ['card', ['finance', 'creditCardNumber', { issuer: 'visa' }]],
  ['card', ['finance', 'creditCardNumber', { issuer: 'mastercard' }]],
  ['card', ['finance', 'creditCardNumber', { issuer: 'american_express' }]],
  ['card', ['finance', 'creditCardNumber', { issuer: 'discover' }]],
  ['iban', ['finance', 'iban', { countryCode: 'DE' }]],
  ['iban', ['finance', 'iban', { countryCode: 'AT', formatted: true }]],
  ['iban', ['finance', 'iban', { countryCode: 'GB', formatted: true }]],
  ['iban', ['finance', 'iban', { countryCode: 'CH' }]],
  ['aba', ['finance', 'routingNumber']],
  ['crypto', ['finance', 'ethereumAddress']],
  ['email', ['internet', 'email']],
  ['phone', ['phone', 'number', { style: 'international' }]],
  ['ip', ['internet', 'ipv4']],
  ['ip', ['internet', 'ipv6']],
];

const innocent: readonly (readonly [sentence: string, source: Source])[] = [
  ['{}', ['hacker', 'phrase']],
  ['{}', ['company', 'catchPhrase']],
  ['{}', ['commerce', 'productDescription']],
  ['{}', ['lorem', 'sentence']],
  ['the amount is {}', ['finance', 'amount']],
  ['transaction: {}', ['finance', 'transactionDescription']],
  ['account no {}', ['finance', 'accountNumber']],
  ['the book is {}', ['commerce', 'isbn']],
  ['VIN {}', ['vehicle', 'vin']],
  ['plate {}', ['vehicle', 'vrm']],
  ['device {}', ['phone', 'imei']],
  ['version {}', ['system', 'semver']],
  ['file {}', ['system', 'fileName']],
  ['id {}', ['string', 'uuid']],
  ['mac {}', ['internet', 'mac']],
  ['we meet at {}', ['location', 'streetAddress']],
  ['lat {}', ['location', 'latitude']],
  ['number {}', ['string', 'numeric', 12]],
  ['commit {}', ['git', 'commitSha']],
];

/** `seed` is faker's own; the order in which values are asked for is the chats'. */
export function fakerMakers(seed: number): {
  readonly values: ReadonlyMap<string, Make>;
  readonly innocent: readonly [Make, ...Make[]];
} {
  const faker = z
    .object({ faker: z.custom<object>((it) => typeof it === 'object') })
    .parse(load('@faker-js/faker')).faker;
  method(faker, 'seed')(seed);
  const byKind = new Map<string, Make[]>();
  for (const [kind, source] of values) byKind.set(kind, [...(byKind.get(kind) ?? []), making(faker, source)]);
  const sentences = innocent.map(([sentence, source]): Make => {
    const make = making(faker, source);
    return (random) => sentence.replace('{}', () => make(random));
  });
  const [first = () => '', ...rest] = sentences;
  return {
    values: new Map([...byKind].map(([kind, makes]) => [kind, oneOf(makes)])),
    innocent: [first, ...rest],
  };
}

function making(faker: object, [group, name, ...given]: Source): Make {
  const part: unknown = Reflect.get(faker, group);
  if (typeof part !== 'object' || part === null) throw new TypeError(`faker has no ${group}`);
  const make = method(part, name);
  return () =>
    z
      .union([z.string(), z.number()])
      .transform(String)
      .parse(make(...given));
}

function oneOf(makes: readonly Make[]): Make {
  const [first = () => '', ...rest] = makes;
  return (random) => random.oneOf([first, ...rest])(random);
}
