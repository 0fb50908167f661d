/** What a person wants to know or have erased, at the desk: opened, looked through, done by two, told, answered. */
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { must, parseAddress, parsePosition, type Position, type UserId } from '../../../src/core/ids.ts';
import { itemId, parseItemId } from '../../../src/policy/verdicts/item-id.ts';
import { alice, ann, bob, event, olivia, rita, room, user } from '../../unit/bot/samples.ts';
import { draftOf } from '../../support/journal.ts';
import { DAY_MS, omar, PersonHouse } from './person-house.ts';

const annsRoom = room('!ann:acme.example');
const zoe = must(parseAddress('+12025550142'));
const SECRET = 'my account is 12345';

let persons: PersonHouse;

async function begin(fourEyes: readonly string[], lawful?: UserId): Promise<Position> {
  persons = await PersonHouse.open(fourEyes);
  await persons.classes(lawful);
  const first = await persons.text(`Hi, ${SECRET}`, ann, 'Ann Lee');
  await persons.portal(first, annsRoom);
  await persons.house.say(alice, annsRoom, 'Thanks Ann, Zoe Park (+1 202 555 0142) will call you');
  await persons.text('I am somebody else', zoe, 'Zoe Park');
  return first;
}

afterEach(async () => {
  await persons[Symbol.asyncDispose]();
});

async function opened(words: string): Promise<string> {
  await persons.ask(words);
  const entries = await persons.house.entries('dsar.opened');
  return itemId(must(parsePosition(entries.at(-1)?.position)));
}

/** What was uploaded, by its ending. */
function uploaded(ending: string): readonly { readonly name: string; readonly text: string }[] {
  return persons.house.homeserver.uploads
    .filter(({ name }) => name.endsWith(ending))
    .map(({ name, bytes }) => ({ name, text: Buffer.from(bytes).toString('utf8') }));
}

/** The only one of that ending. */
function file(ending: string): { readonly name: string; readonly text: string } {
  const [found, ...more] = uploaded(ending);
  if (found === undefined || more.length > 0) throw new Error(`there is not one ${ending}`);
  return found;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('a person who wants to know', () => {
  beforeEach(() => begin([]));

  test('is found by number, told what is on record, and when the answer is due', async () => {
    const id = await opened('!c DSAR new +1 202 555 0199 access');
    expect(persons.said(`Request ${id}: access`)).toEqual([
      `Request ${id}: access for Ann Lee (SMS •••• 0199).`,
      'The answer is due on Mon 6 Apr 2026, in 31 days.',
      'What is on record of them is looked through. It comes here.',
    ]);
    const told = persons.said(`Request ${id} · access`);
    expect(told[0]).toBe(`Request ${id} · access · Ann Lee (SMS •••• 0199). On record:`);
    expect(told[1]).toMatch(/^- \d+ records would be copied\. Of these:$/u);
    expect(told.at(-1)).toBe(`To have it done: !c dsar run ${id}`);
    await persons.ask('!c dsar');
    expect(persons.lastWords().split('\n')).toEqual([
      '1 request is open.',
      `${id} · access · Ann Lee (SMS •••• 0199) · due Mon 6 Apr 2026, in 31 days · ready to run`,
    ]);
    await persons.ask(`!c dsar show ${id}`, rita);
    expect(persons.lastWords().split('\n').slice(0, 3)).toEqual([
      `${id} · access · Ann Lee (SMS •••• 0199) · asked for Fri 16:30 (Olivia)`,
      'Due on Mon 6 Apr 2026, in 31 days. Ready to run.',
      'On record Fri 16:30:',
    ]);
    const [answer] = persons.house.homeserver.sentIn(persons.here).filter(({ part }) => part === 'answer');
    expect(answer?.content['org.gatehouse.answer']).toMatchObject({ command: 'dsar', data: { request: id } });
  });

  test('gets a copy as a page and as lines, without other people; then the letter, which answers it', async () => {
    const id = await opened('!c dsar new "Ann Lee" access due 2026-03-20');
    await persons.ask(`!c dsar letter ${id}`);
    expect(persons.lastWords()).toBe(`Run it first: !c dsar run ${id}`);
    await persons.ask(`!c dsar run ${id}`);
    const files = [file('.html'), file('.jsonl')];
    expect(files.map(({ name }) => name)).toEqual([`your-data-${id}.html`, `your-data-${id}.jsonl`]);
    for (const { text } of files) {
      expect(text).toContain(SECRET);
      expect(text).toContain('Thanks Ann, [somebody else] ([number of somebody else]) will call you');
      expect(text).not.toMatch(/Zoe|0142|@alice|I am somebody else/u);
    }
    const [copied] = await persons.house.entries('dsar.copied');
    expect(copied).toMatchObject({ body: { written: 1, received: 1, files: 0, masked: 1 } });
    const sums = files.map(({ name, text }) => `${sha256(text)}  ${name}\n`);
    expect(copied).toMatchObject({ body: { sha256: sha256(sums.join('')) } });
    expect(persons.said(`Request ${id}: the copy`)).toEqual([
      `Request ${id}: the copy for Ann Lee (SMS •••• 0199) is in the files above, one to read and one for programs.`,
      expect.stringMatching(/^\d+ records copied\. In 1 of them something of other people is left out\.$/u),
      'Read it before you hand it on: of names in free text we know only those of contacts. Then delete the files here.',
      `To answer them: !c dsar letter ${id}`,
    ]);
    await persons.ask(`!c dsar letter ${id}`);
    const letter = file('.txt');
    expect(letter.name).toBe(`letter-${id}.txt`);
    expect(letter.text).toContain('- what you wrote: 1');
    expect(letter.text).toContain('the providers of SMS');
    const [answered] = await persons.house.entries('dsar.answered');
    expect(answered).toMatchObject({ body: { by: olivia, sha256: sha256(letter.text) } });
    await persons.ask('!c dsar');
    expect(persons.lastWords()).toMatch(/^No request is open/u);
    await persons.ask(`!c dsar show ${id}`);
    expect(persons.lastWords()).toContain('Due on Fri 20 Mar 2026. Answered.');
  });

  test('is nobody who is not on record, nobody whose name two people have, and never opened by a reviewer', async () => {
    await persons.ask('!c dsar new Carl Nobody access');
    expect(persons.lastWords()).toBe('Nothing is opened: nobody here is called Carl Nobody.');
    await persons.ask('!c dsar new +1 202 555 0199, +1 202 555 0000 erase');
    expect(persons.lastWords()).toBe('Nothing is opened: nobody here is called +1 202 555 0000.');
    await persons.text('another Ann', must(parseAddress('+12025550177')), 'Ann Lee');
    await persons.ask('!c dsar new ann lee erase');
    expect(persons.lastWords().split('\n')).toEqual([
      'Nothing is opened: ann lee is more than one person. Name the one by number:',
      '- Ann Lee (SMS •••• 0199)',
      '- Ann Lee (SMS •••• 0177)',
    ]);
    await persons.ask('!c dsar new @bob access', rita);
    expect(persons.lastWords()).toBe("Only officers handle persons' requests.");
    await persons.ask('!c dsar new +1 202 555 0199 access due 2020-01-01');
    expect(persons.lastWords()).toBe('That day is over: by when is the answer due?');
    await persons.ask('!c dsar run k4f');
    expect(persons.lastWords()).toBe("There's no request k4f. !c dsar show lists them.");
    expect(await persons.house.entries('dsar.opened')).toEqual([]);
  });

  test('may be one of the staff: what they wrote is theirs, whom they wrote with is not', async () => {
    await persons.house.say(bob, room('!deals:acme.example'), 'call Zoe Park');
    await persons.house.say(alice, room('!deals:acme.example'), 'I will, dear Bob');
    const id = await opened('!c dsar new @bob access');
    await persons.ask(`!c dsar run ${id}`);
    const [page] = uploaded('.html');
    expect(page?.text).toContain('call [somebody else]');
    expect(page?.text).not.toMatch(/dear Bob|Zoe/u);
  });

  test('gets each file once, whatever breaks on the way and whenever the house is killed', async () => {
    const id = await opened('!c dsar new +1 202 555 0199 access');
    const { homeserver } = persons.house;
    const failure = { kind: 'unclear', detail: 'away' } as const;
    homeserver.failures.push({ call: 'upload', failure });
    await persons.ask(`!c dsar run ${id}`);
    await persons.reopen();
    await persons.reopen();
    const files = homeserver.sentIn(persons.here).filter(({ content }) => content['msgtype'] === 'm.file');
    expect(files.map(({ content }) => content['body'])).toEqual([`your-data-${id}.html`, `your-data-${id}.jsonl`]);
    expect(persons.said(`Request ${id}: the copy`)).toHaveLength(4);
    expect(await persons.house.entries('dsar.copied')).toHaveLength(1);
  });

  test('is not spoken of where a stranger reads along, until the room is in order again', async () => {
    const id = await opened('!c dsar new +1 202 555 0199 access');
    const { homeserver, clock } = persons.house;
    const members = homeserver.rooms.get(persons.here)?.members;
    const stranger = user('@eve:other.example');
    members?.set(stranger, 'join');
    const request = must(parseItemId(id));
    const [look] = await persons.house.entries('dsar.looked');
    const asked = must(parsePosition((await persons.house.test.journal.size()) + 1));
    const at = { by: olivia, room: persons.here, event: event('$elsewhere') };
    const word = { request, look: must(parsePosition(look?.position)), by: olivia, at };
    await persons.house.append(draftOf('dsar.run-requested', word));
    await persons.house.append(draftOf('dsar.decided', { request, asked, by: olivia }));
    expect(persons.lastWords()).toMatch(new RegExp(`^The copy for request ${id} is made\\. `, 'u'));
    expect(homeserver.uploads).toEqual([]);
    members?.delete(stranger);
    clock.advance(10_000);
    await persons.house.settle();
    expect(uploaded('.html')).toHaveLength(1);
    expect(persons.said(`Request ${id}: the copy`)).toHaveLength(4);
  });
});

describe('a person who wants to be erased', () => {
  test('is erased when a second officer agrees; what went, what stays and the certificate come to the desk', async () => {
    const first = await begin(['erase'], alice);
    const id = await opened('!c dsar new +1 202 555 0199 erase');
    await persons.ask(`!c dsar run ${id}`);
    expect(persons.said('A second officer')).toEqual([
      `A second officer has to agree: ✅ on the card, or !c dsar run ${id}.`,
    ]);
    const card = await persons.card();
    const words = persons.bodyOf('card-').split('\n');
    expect(words[0]).toBe(`Request ${id} · erasure · asked by Olivia`);
    expect(words).toContain('Erased is erased: nobody can bring it back. Due on Mon 6 Apr 2026, in 31 days.');
    expect(card.content['m.mentions']).toEqual({ user_ids: [omar] });
    await persons.tap(olivia, card.event);
    expect(persons.lastWords()).toContain('you asked for it');
    await persons.tap(rita, card.event);
    expect(persons.lastWords()).toContain('officers decide');
    expect(await persons.house.entries('dsar.decided')).toEqual([]);
    await persons.tap(omar, card.event);
    await persons.house.settle();
    const [erased] = await persons.house.entries('dsar.erased');
    const outcomes = new Map(erased?.body.counts.map(({ outcome, entries }) => [outcome, entries]));
    expect(outcomes.get('erased')).toBeGreaterThan(0);
    expect(outcomes.get('duty')).toBeGreaterThan(0);
    expect(await persons.house.test.journal.read(first)).toMatchObject({ erased: true });
    const told = persons.said(`Request ${id}: what could go is gone.`);
    expect(told[1]).toMatch(/^- \d+ records? erased for good$/u);
    expect(told.join('\n')).toContain('FINRA Rule 4511(b) asks for them until');
    expect(told.at(-1)).toBe(`To answer them: !c dsar letter ${id}`);
    const certificates = persons.house.homeserver.uploads.filter(({ name }) => name.startsWith('certificate-'));
    expect(certificates).toHaveLength(1);
    expect(persons.bodyOf('ended-')).toContain('begun, Omar agreed 16:30');
    await persons.ask(`!c dsar letter ${id}`);
    const letter = uploaded('.txt').find(({ name }) => name.startsWith('letter-'))?.text ?? '';
    expect(letter).toMatch(/On 6 March 2026 we erased:\n- \d+ records?/u);
    expect(letter).toMatch(/FINRA Rule 4511\(b\) asks us to keep them until 6 March 2032/u);
    expect(letter).toContain('final in the backups too');
    expect(letter).not.toContain('Ann Lee');
  });

  test('is erased from the desk too: answers that named them and the files of an earlier copy', async () => {
    await begin([]);
    const before = await opened('!c dsar new +1 202 555 0199 access');
    await persons.ask(`!c dsar run ${before}`);
    const copies = persons.house.homeserver
      .sentIn(persons.here)
      .filter(({ content }) => JSON.stringify(content).includes('Ann Lee') || content['msgtype'] === 'm.file');
    expect(copies.length).toBeGreaterThan(3);
    const positions: Position[] = [];
    for (const sent of copies) positions.push(await persons.broughtBack(sent));
    const id = await opened('!c dsar new +1 202 555 0199 erase');
    await persons.ask(`!c dsar run ${id}`);
    expect(await persons.house.entries('dsar.erased')).toHaveLength(1);
    const { journal } = persons.house.test;
    for (const at of positions) expect(await journal.read(at)).toMatchObject({ erased: true });
  });

  test('by the second officer’s command too; ❌ ends it, and it can be asked for again', async () => {
    await begin(['erase']);
    const id = await opened('!c dsar new +1 202 555 0199 erase');
    await persons.ask(`!c dsar run ${id}`);
    const card = await persons.card();
    await persons.tap(omar, card.event, '❌');
    expect(await persons.house.entries('dsar.decided')).toMatchObject([{ body: { refused: true, by: omar } }]);
    await persons.ask(`!c dsar run ${id}`);
    await persons.ask(`!c dsar run ${id}`, omar);
    expect(await persons.house.entries('dsar.erased')).toHaveLength(1);
    await persons.ask(`!c dsar run ${id}`);
    expect(persons.house.said(persons.here).join('\n')).toContain('begun, Omar agreed');
  });

  test('of whom a law keeps everything: nothing could go, and nothing is said to be final', async () => {
    await begin([], alice);
    const id = await opened('!c dsar new @alice erase');
    await persons.ask(`!c dsar run ${id}`);
    const told = persons.said(`Request ${id}: nothing could go.`);
    expect(told[1]).toBe('- nothing erased for good');
    expect(told.join('\n')).not.toContain('Final');
  });

  test('a card that waited for more than a day decides nothing', async () => {
    await begin(['erase']);
    const id = await opened('!c dsar new +1 202 555 0199 erase');
    await persons.ask(`!c dsar run ${id}`);
    const card = await persons.card();
    persons.house.clock.advance(DAY_MS + 60_000);
    await persons.tap(omar, card.event);
    expect(persons.lastWords()).toBe('Nothing was done: that question is over. Say !c dsar run again.');
    expect(await persons.house.entries('dsar.decided')).toEqual([]);
  });
});

describe('the day on which the answer is due', () => {
  const reminders = (): readonly string[] =>
    persons.house.said(persons.here).filter((words) => /has to be answered by|was due on/u.test(words));

  async function pass(ms: number): Promise<void> {
    // No longer than one look: each wakes the next.
    for (let left = ms; left > 0; left -= DAY_MS / 2) {
      persons.house.clock.advance(Math.min(left, DAY_MS / 2));
      await persons.house.settle();
    }
  }

  test('is brought to mind a week before, a day before, on the day, and each third day after, once each', async () => {
    await begin([]);
    const id = await opened('!c dsar new +1 202 555 0199 access due 2026-03-20');
    await pass(6 * DAY_MS);
    expect(reminders()).toEqual([]);
    await pass(1 * DAY_MS);
    expect(reminders()).toEqual([
      `Request ${id} (access) has to be answered by Fri 20 Mar 2026, in 7 days.\nIt is ready to run.\nTo have it done: !c dsar run ${id}`,
    ]);
    await persons.reopen();
    await pass(2 * DAY_MS);
    expect(reminders()).toHaveLength(1);
    await pass(12 * DAY_MS);
    expect(reminders().map((words) => words.split('\n')[0])).toEqual([
      `Request ${id} (access) has to be answered by Fri 20 Mar 2026, in 7 days.`,
      `Request ${id} (access) has to be answered by Fri 20 Mar 2026, tomorrow.`,
      `Request ${id} (access) has to be answered by Fri 20 Mar 2026, today.`,
      `Request ${id} (access) was due on Fri 20 Mar 2026, 3 days ago, and is not answered.`,
      `Request ${id} (access) was due on Fri 20 Mar 2026, 6 days ago, and is not answered.`,
    ]);
    const sounding = persons.house.homeserver.sentIn(persons.here).filter(({ part }) => part.startsWith('remind'));
    for (const { content } of sounding) {
      expect(content).toMatchObject({ msgtype: 'm.text', 'm.mentions': { user_ids: [olivia, omar] } });
    }
    await persons.ask(`!c dsar run ${id}`);
    await persons.ask(`!c dsar letter ${id}`);
    await pass(12 * DAY_MS);
    expect(reminders()).toHaveLength(5);
  });
});
