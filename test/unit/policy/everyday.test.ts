/** The starter set before a salesperson who wants to slip through, and before everybody else. */
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Direction } from '../../../src/core/entry.ts';
import { must, noMillis, parsePosition } from '../../../src/core/ids.ts';
import { allDetectors } from '../../../src/policy/detectors/all-detectors.ts';
import { createJudge } from '../../../src/policy/engine/judge.ts';
import type { PolicyFile } from '../../../src/policy/rules/policy-file.ts';
import { readRules } from '../../../src/policy/rules/read-rules.ts';
import type { Judge, Verdict } from '../../../src/policy/verdict.ts';
import { contextOf, message } from './engine/made-rules.ts';
import { everyday } from './everyday-texts.ts';

const judge = starterSet();
const directions: readonly Direction[] = ['outbound', 'inbound', 'internal', 'external'];

function starterSet(): Judge {
  const read = readRules([
    ...filesIn('config/policy', '.yaml', 'rules'),
    ...filesIn('config/lexicons', '.txt', 'lexicon'),
  ]);
  const made = read.ok ? createJudge(read.value, { detectors: allDetectors, key: new Uint8Array(32) }) : read;
  if (!made.ok) throw new Error(JSON.stringify(made.error));
  return made.value;
}

function filesIn(folder: string, end: string, is: PolicyFile['is']): readonly PolicyFile[] {
  const root = resolve(import.meta.dirname, '../../..', folder);
  return readdirSync(root)
    .filter((name) => name.endsWith(end))
    .map((name) => ({ name: `${folder}/${name}`, text: readFileSync(resolve(root, name), 'utf8'), is }));
}

/** The last of `texts`, with those before it as what its sender wrote just before. */
function judged(texts: readonly string[], direction: Direction, country = 'US'): Verdict {
  const [newest = '', ...earlier] = texts.toReversed();
  const before = earlier.map((text, n) => ({ of: must(parsePosition(100 - n)), text, at: noMillis }));
  return judge(message(newest), contextOf({ direction, country, before, at: noMillis }));
}

function rulesOf(text: string | readonly string[]): readonly string[] {
  const verdict = judged(typeof text === 'string' ? [text] : text, 'outbound');
  return verdict.hits.map(({ rule, consequence }) => `${rule} ${consequence}`);
}

describe('what people write all day', () => {
  test.each(everyday)('is let go and not flagged: %s', (text) => {
    for (const direction of directions) {
      for (const country of ['US', 'DE']) {
        const { consequence, hits } = judged([text], direction, country);
        expect([consequence, hits.map(({ rule }) => rule)]).toEqual([
          expect.stringMatching(/^(?:none|observe)$/u),
          expect.any(Array),
        ]);
      }
    }
  });

  test('is hardly ever observed, and there is enough of it here', () => {
    expect(everyday.length).toBeGreaterThanOrEqual(100);
    const observed = everyday.filter((text) => rulesOf(text).length > 0);
    expect(observed.length).toBeLessThanOrEqual(5);
  });

  test('is not stopped either when it follows upon each other', () => {
    for (const [n, text] of everyday.entries()) {
      const { consequence } = judged([...everyday.slice(Math.max(0, n - 3), n), text], 'outbound');
      expect([text, consequence]).toEqual([text, expect.stringMatching(/^(?:none|observe)$/u)]);
    }
  });
});

const stopped: readonly (readonly [rule: string, ...texts: string[]])[] = [
  ['card-number quarantine', 'card 4111 1111 1111 1111 exp 12/28 cvv 123'],
  ['card-number quarantine', 'my amex is 3782 822463 10005'],
  ['card-number quarantine', 'order number 4111111111111111'],
  ['card-number quarantine', "here's the card: four one one one one one one one one one one one one one one one"],
  ['card-number quarantine', '4111', '1111', '1111', '1111'],
  ['card-number quarantine', 'the first half is 4111 1111', '1111 1111'],
  ['card-number quarantine', '４１１１ １１１１ １１１１ １１１１'],
  ['secret block', 'use ghp_16C7e42F292c6912E7710c838347Ae178B4a'],
  ['secret block', 'AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'],
  ['secret block', '-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA7bq\n-----END RSA PRIVATE KEY-----'],
  ['secret-in-address block', 'postgres://admin:S3cretPass@db.example.com/prod'],
  ['secret-in-address block', 'https://bob:s3cr3tpw@db.example.com/x'],
]; // prettier-ignore

const flagged: readonly (readonly [rule: string, ...texts: string[]])[] = [
  ['secret-in-link flag', 'https://maps.example.com/api?key=AIzaSyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q'],
  ['card-number-in-link flag', 'see https://pay.example/?card=4111111111111111'],
  ['password flag', 'password: Sommer2026!'],
  ['password flag', 'das Passwort lautet: Regen4Wolke'],
  ['password flag', 'the password is hunter2!'],
  ['iban flag', 'iban DE89370400440532013000'],
  ['ssn flag', 'my social is 536 22 1234'],
  ['ssn flag', 'social security number 536904399'],
  ['routing-number flag', 'routing 021000021 account 123456789'],
  ['passport flag', 'passport C01X00T47'],
  ['passport flag', 'US passport number 536904399'],
  ['national-id flag', 'Steuer-ID 86095742719'],
  ['medical-id flag', 'NHS number 943 476 5919'],
  ['crypto-address flag', 'send btc to 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa'],
  ['off-channel flag', 'text me on my own phone, 917 555 0188'],
  ['off-channel flag', 'text me on my phone'],
  ['off-channel flag', "let's continue on my WhatsApp"],
  ['off-channel flag', 'can we switch over to signal?'],
  ['off-channel flag', 'DM me on insta'],
  ['off-channel flag', 'reach me at my private number'],
  ['off-channel flag', 'shoot me a text on my personal phone'],
  ['off-channel flag', 'text me on my burner'],
  ['off-channel flag', 'send it to my hotmail'],
  ['off-channel flag', "let's switch to iMessage"],
  ['off-channel flag', "take this to what's app"],
  ['off-channel flag', 'ping me on watsapp'],
  ['off-channel flag', "call me at home, don't use this chat"],
  ['off-channel flag', 'hit me up on telegram'],
  ['off-channel flag', 'delete this message after reading'],
  ['off-channel flag', 'w h a t s a p p   m e'],
  ['off-channel flag', 'wh4tsapp me'],
  ['off-channel flag', "let's take this to wh@tsapp"],
  ['off-channel flag', 'let us take', 'this to', 'whatsapp'],
  ['off-channel-link flag', 'here: https://wa.me/4915123456789'],
  ['off-channel-link flag', 'join us https://chat.whatsapp.com/AbCdEf123 for prices'],
  ['off-channel-link flag', 't.me/+AbCdEf123'],
  ['own-number flag', 'my cell: 917-555-0188'],
  ['own-number flag', 'my private number is +1 917 555 0188'],
  ['own-number flag', 'mein Handy: +49 171 5550123'],
  ['own-number flag', 'mi móvil es +34 612 345 678'],
  ['off-channel flag', 'not on the company phone, call my other number'],
  ['off-channel flag', 'schreib mir doch privat'],
  ['off-channel flag', 'parlons-en ailleurs'],
  ['off-channel flag', 'mejor hablamos por otro lado'],
  ['off-channel flag', '> text me on my own phone'],
  ['off-channel flag', 'ruf mich auf meinem Handy an'],
  ['off-channel flag', 'erreichst mich jederzeit auf meinem Handy'],
  ['off-channel flag', 'Können wir auf WhatsApp wechseln?'],
  ['off-channel flag', 'schick es an meine private Mail'],
  ['off-channel flag', 'appelle-moi sur mon portable'],
  ['off-channel flag', 'envoie-le sur mon mail perso'],
  ['off-channel flag', 'pásate a WhatsApp'],
  ['off-channel flag', 'escríbeme a mi móvil'],
  ['off-channel flag', 'llámame a mi celular'],
  ['promises observe', 'I guarantee you 20% a year'],
  ['promises observe', "you'll see 12% a year, count on it"],
  ['promises observe', 'this stock will double by Christmas'],
  ['promises observe', 'no risk whatsoever, trust me'],
  ['complaints observe', 'you sold my shares without my permission'],
  ['complaints observe', 'I will report you to FINRA'],
  ['harassment observe', "you're useless, shut up"],
  ['harassment observe', 'I know where you live'],
  ['insider observe', "the merger isn't announced yet, buy before Monday"],
  ['insider observe', "you didn't hear it from me"],
  ['self-dealing observe', 'pay me personally, not the firm'],
  ['self-dealing observe', 'can you lend me money until Friday'],
  ['self-dealing observe', 'name me as beneficiary in your will'],
  ['birth-date observe', 'DOB: 03/12/1980'],
]; // prettier-ignore

/** Honest gaps: each with the reason why it stays one. */
const missed: readonly (readonly [text: string, why: string])[] = [
  ['take it to WA', 'two letters are too many other things'],
  ['switch to the green app', 'a name that only the two of them know'],
  ['lend me 5000', 'a sum alone is no money to a lexicon'],
  ["we'll make it up to you if it drops", 'words of one’s own'],
  ['same place as last night, not here', 'nothing in it names a place'],
  ['card is in the picture', 'nobody reads pictures; the picture itself is counted as unread'],
]; // prettier-ignore

describe('somebody who wants to slip through', () => {
  test.each(stopped)('is stopped by %s: %s', (rule, ...texts) => {
    expect(rulesOf(texts)).toContain(rule);
  });

  test.each(flagged)('is seen by %s: %s', (rule, ...texts) => {
    expect(rulesOf(texts)).toContain(rule);
  });

  test.each(missed)('gets away with: %s (%s)', (text) => {
    expect(rulesOf(text)).toEqual([]);
  });

  test('calls a card an order number, and is stopped all the same: a number that is one in every digit is held', () => {
    for (const word of ['order', 'tracking', 'invoice', 'Kundennummer', 'ref']) {
      expect(judged([`${word} 6011000990139424`], 'outbound').consequence).toBe('quarantine');
    }
  });
});
