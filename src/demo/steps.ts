/** The morning, step by step. Each step looks only at Synapse's client API and at the carrier's own log. */
import { must, parseEventId } from '../core/ids.ts';
import { bodyOf, nameOf } from './client.ts';
import { LINE_NUMBER } from './house.ts';
import { keepingSteps } from './keeping-steps.ts';
import {
  ask,
  expect,
  first,
  isRelation,
  keyOf,
  lastLine,
  mentions,
  reaction,
  repliesTo,
  roomOf,
  type Play,
  type Step,
} from './play.ts';
import { ANN } from './typed-texts.ts';

/** Nobody has written from it. */
const NOBODY = '+12025550142';
const QUESTION = 'Hi, is the blue one still available?';
const ANSWER = 'Yes! Shall I hold one?';
const NOTE = 'is the blue one sold?';
/** A number for tests: its check digit holds, and nobody owns it. */
const CARD = 'Card for the deposit: 4111 1111 1111 1111';

export const steps: readonly Step[] = [
  { title: 'Gatehouse greets Alice', run: greets },
  { title: 'A customer texts', run: customerTexts },
  { title: 'Alice asks a colleague, unseen by the customer', run: note },
  { title: 'Alice answers', run: answers },
  { title: 'The receipt arrives', run: receipt },
  { title: 'A text that the carrier refuses says why', run: refused },
  { title: 'A mistyped command stays inside', run: mistyped },
  { title: 'Alice starts a chat by number', run: startsChat },
  { title: 'A card number is stopped at the gate', run: stopped },
  { title: 'Olivia lets it go with one tap', run: letGo },
  { title: 'Olivia finds the conversation', run: search },
  { title: 'Olivia has the record verified', run: verify },
  { title: 'Olivia gets a proof for outsiders', run: prove },
  ...keepingSteps,
];

async function greets({ alice }: Play): Promise<string> {
  const said = await alice.until('a greeting of @gatehouse', (rooms) =>
    first(rooms, (one) => one.sender?.startsWith('@gatehouse:') === true && one.type === 'm.room.message'),
  );
  return `Alice read: “${bodyOf(said.event).split('\n')[0] ?? ''}”`;
}

async function customerTexts(play: Play): Promise<string> {
  const { house, alice } = play;
  house.carrier.text({ from: ANN, to: LINE_NUMBER, text: QUESTION });
  const seen = await alice.until('the text', (rooms) => first(rooms, (one) => bodyOf(one) === QUESTION));
  play.room = seen.room.id;
  expect(
    seen.event.sender?.startsWith('@_gh_sms_12025550199:') === true,
    'the text comes from the ghost of the number',
  );
  expect(mentions(seen.event, alice), 'the text mentions Alice, so that her phone sounds');
  await house.carrier.until('answer to the text', (one) => one.pdu === 'deliver_sm_resp' && one.status === 0);
  return `Alice sees it in “${nameOf(seen.room) ?? ''}”, and the carrier has its answer`;
}

async function note(play: Play): Promise<string> {
  const { house, alice } = play;
  const said = await alice.say(roomOf(play), `!note ${NOTE}`);
  await alice.until('the mark on the note', (rooms) => reaction(rooms, said));
  const taken = await house.carrier.seen();
  expect(!taken.some((one) => one.text?.includes(NOTE) === true), "the carrier's log does not have the note");
  return "the note is in the room and not in the carrier's log";
}

async function answers(play: Play): Promise<string> {
  const { house, alice } = play;
  await alice.say(roomOf(play), ANSWER);
  const taken = await house.carrier.until('answer of Alice', (one) => one.pdu === 'message' && one.text === ANSWER);
  return `the carrier took “${taken.text ?? ''}” for ${taken.to ?? ''}`;
}

async function receipt(play: Play): Promise<string> {
  const { alice } = play;
  await alice.until('✓✓', (rooms) =>
    first(rooms, (one, room) => {
      const relates = one.content['m.relates_to'];
      const target = isRelation(relates) ? relates.event_id : undefined;
      return keyOf(one) === '✓✓' && room.events.some((said) => said.event_id === target && bodyOf(said) === ANSWER);
    }),
  );
  return 'Alice sees ✓✓ on her answer';
}

async function refused(play: Play): Promise<string> {
  const { house, alice } = play;
  await house.carrier.misbehave({ reject: [{ to: ANN.slice(1), status: 0x0b }] });
  const said = await alice.say(roomOf(play), 'Are you still there?');
  const why = await alice.until('the reason', (rooms) =>
    first(rooms, (one) => bodyOf(one).includes('Not sent') && one.sender?.startsWith('@gatehouse:') === true),
  );
  expect(mentions(why.event, alice), 'the reason mentions Alice, so that her phone sounds');
  await alice.until('⚠️', (rooms) => reaction(rooms, said, '⚠️'));
  await house.carrier.misbehave({});
  return `Alice reads: “${lastLine(bodyOf(why.event))}”`;
}

async function mistyped(play: Play): Promise<string> {
  const { house, alice } = play;
  await alice.say(roomOf(play), '!hlep');
  const told = await alice.until('the answer', (rooms) =>
    first(rooms, (one) => /no such command/iu.test(bodyOf(one)) && one.sender?.startsWith('@gatehouse:') === true),
  );
  expect(!(await house.carrier.seen()).some((one) => one.text?.includes('!hlep') === true), 'nothing went out');
  return `“${lastLine(bodyOf(told.event))}”`;
}

async function startsChat(play: Play): Promise<string> {
  const { house, alice } = play;
  const chat = await alice.until('the chat with @gatehouse', (rooms) =>
    rooms.find((room) => room.id !== play.room && room.events.some((one) => one.sender?.startsWith('@gatehouse:'))),
  );
  const text = 'Your order is ready.';
  await alice.say(chat.id, `!sms ${NOBODY} ${text}`);
  const taken = await house.carrier.until('first text', (one) => one.pdu === 'message' && one.text === text);
  const room = await alice.until('the new chat', (rooms) =>
    rooms.find((one) => one.id !== play.room && nameOf(one)?.includes('0142') === true),
  );
  return `the carrier took it for ${taken.to ?? ''}; the chat is “${nameOf(room) ?? ''}”`;
}

async function stopped(play: Play): Promise<string> {
  const { house, alice } = play;
  const said = await alice.say(roomOf(play), CARD);
  await alice.until('🛑', (rooms) => reaction(rooms, said, '🛑'));
  const why = await alice.until('the reason', (rooms) =>
    first(rooms, (one) => repliesTo(one, said) && bodyOf(one).startsWith('Quarantined')),
  );
  expect(!(await house.carrier.seen()).some((one) => one.text === CARD), 'the carrier does not have it');
  return `Alice reads: “${bodyOf(why.event).split('. ')[0] ?? ''}”`;
}

async function letGo(play: Play): Promise<string> {
  const { house, olivia } = play;
  const card = await olivia.until('the card at the desk', (rooms) =>
    first(rooms, (one) => bodyOf(one).includes('card-number') && bodyOf(one).includes('✅')),
  );
  expect(!bodyOf(card.event).includes('4111'), 'the card does not show the number');
  const on = must(parseEventId(card.event.event_id));
  await olivia.until('✅ on it', (rooms) => reaction(rooms, on, '✅'));
  const tap = { rel_type: 'm.annotation', event_id: on, key: '✅' };
  await olivia.send(card.room.id, 'm.reaction', { 'm.relates_to': tap });
  const taken = await house.carrier.until('text that she let go', (one) => one.pdu === 'message' && one.text === CARD);
  return `“${bodyOf(card.event).split('\n')[0] ?? ''}”; the carrier took it for ${taken.to ?? ''}`;
}

async function search(play: Play): Promise<string> {
  const found = await ask(play, '!c search "blue one" network:sms');
  expect(found.code === 'ok', `the search answers ok, not ${found.code}`);
  expect(/\bfound\b/u.test(found.text) && found.text.includes('blue'), 'the answer shows the record');
  return `“${found.text.split('\n')[0] ?? ''}”`;
}

async function verify(play: Play): Promise<string> {
  const verdict = await ask(play, '!c verify', 60_000);
  expect(verdict.code === 'ok', `the verdict is ok, not ${verdict.code}`);
  return `“${verdict.text.split('\n')[0] ?? ''}”`;
}

async function prove(play: Play): Promise<string> {
  const { olivia } = play;
  const found = await ask(play, '!c search "blue one" network:sms');
  const position = /\d[\d,]*/u.exec(found.text.split('\n')[1] ?? '')?.[0].replaceAll(',', '') ?? '1';
  const proof = await ask(play, `!c prove ${position}`);
  expect(proof.code === 'ok', `the answer is ok, not ${proof.code}: ${proof.text}`);
  const file = await olivia.until('the proof', (rooms) => first(rooms, (one) => one.content['msgtype'] === 'm.file'));
  const url = file.event.content['url'];
  const text = Buffer.from(await olivia.download(typeof url === 'string' ? url : '')).toString('utf8');
  expect(text.startsWith('c2sp.org/tlog-proof@v1'), 'the file is a C2SP tlog-proof');
  return `record ${position}: ${text.length} bytes that anyone can check`;
}
