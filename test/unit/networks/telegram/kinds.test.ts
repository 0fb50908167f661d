import { describe, expect, test } from '@jest/globals';
import { line, one, read } from './read.ts';

const person = { id: 7, is_bot: false, first_name: 'Kim' };
const chat = { id: 7, type: 'private', first_name: 'Kim' };
const base = { message_id: 3, date: 1_800_000_000, chat, from: person };
const message = (content: object) => one({ update_id: 1, message: { ...base, ...content } });
const group = { id: -100777, type: 'supergroup', title: 'Lunch' };
const inGroup = (content: object) => one({ update_id: 1, message: { ...base, chat: group, ...content } });

describe('what a message holds', () => {
  test('of a photo, its largest size, with the caption', () => {
    const photo = [
      { file_id: 'small', width: 90, height: 60, file_size: 900 },
      { file_id: 'large', width: 1280, height: 853, file_size: 90_000 },
      { file_id: 'middle', width: 320, height: 213 },
    ];
    expect(
      message({ photo, caption: 'see #1', caption_entities: [{ type: 'bold', offset: 0, length: 3 }] }),
    ).toMatchObject({
      message: {
        text: 'see #1',
        marks: [{ as: 'bold', start: 0, length: 3 }],
        attachments: [{ kind: 'image', ref: 'large', size: 90_000, width: 1280, height: 853, type: 'image/jpeg' }],
      },
    });
  });

  test('an animation is no document, though it comes as both', () => {
    const animation = { file_id: 'a', width: 1, height: 1, duration: 2, mime_type: 'video/mp4' };
    const event = message({ animation, document: { file_id: 'd' } });
    expect(event).toMatchObject({ message: { attachments: [{ kind: 'animation', ref: 'a' }] } });
  });

  test.each([
    [
      { is_animated: false, is_video: false },
      { kind: 'sticker', type: 'image/webp', name: 'sticker 🙂' },
    ],
    [
      { is_animated: true, is_video: false },
      { kind: 'file', type: 'application/x-tgsticker', name: 'sticker 🙂.tgs' },
    ],
    [
      { is_animated: false, is_video: true },
      { kind: 'file', type: 'video/webm', name: 'sticker 🙂.webm' },
    ],
  ])('a sticker %j', (given, expected) => {
    expect(message({ sticker: { file_id: 's', emoji: '🙂', ...given } })).toMatchObject({
      message: { attachments: [expected] },
    });
  });

  test('a place, a live one, and one with a name', () => {
    const location = { latitude: 52.5, longitude: 13.4, horizontal_accuracy: 20 };
    expect(message({ location })).toMatchObject({ message: { location: { latitude: 52.5, accuracy: 20 } } });
    expect(message({ location: { ...location, live_period: 900 } })).toMatchObject({
      message: { location: { live: true } },
    });
    const venue = { location, title: 'Acme', address: '1 Main St' };
    expect(message({ venue, location })).toMatchObject({
      message: { location: { name: 'Acme', address: '1 Main St' } },
    });
  });

  test('a contact, with what its vCard adds', () => {
    const vcard = 'BEGIN:VCARD\r\nEMAIL;TYPE=work:ada@example.org\r\nORG:Analytical\r\nEND:VCARD';
    expect(message({ contact: { phone_number: '+44207', first_name: 'Ada', last_name: 'L', vcard } })).toMatchObject({
      message: {
        contacts: [{ name: 'Ada L', phones: ['+44207'], emails: ['ada@example.org'], organisation: 'Analytical' }],
      },
    });
  });

  test.each([
    [{ poll: { question: 'Lunch?', options: [{ text: 'yes' }, { text: 'no' }] } }, 'a poll: "Lunch?" (yes / no)'],
    [{ dice: { emoji: '🎲', value: 4 } }, 'a throw: 🎲 4'],
    [{ game: { title: 'Chess' } }, 'a game: "Chess"'],
    [{ story: {} }, 'a story'],
    [{ checklist: { title: 'Move', tasks: [{ text: 'pack' }] } }, 'a checklist: "Move" (pack)'],
    [
      { rich_message: { blocks: [{ type: 'paragraph', text: ['Dear ', { type: 'bold', text: 'Kim' }] }] } },
      'a formatted page: "Dear  Kim"',
    ],
    [{ hologram: {} }, 'something that this version of Gatehouse does not know (hologram)'],
    [{ photo: 'x' }, "a file that can't be read (photo)"],
    [{}, 'an empty message'],
  ])('%j has no form here, and is said in words', (content, unsupported) => {
    expect(message(content)).toMatchObject({ kind: 'message', message: { unsupported } });
  });

  test('what is quoted of a reply is what was chosen of it', () => {
    const reply_to_message = { message_id: 2, date: 1, chat, text: 'one two three' };
    const event = message({ text: 'two?', reply_to_message, quote: { text: 'two', position: 4, is_manual: true } });
    expect(event).toMatchObject({ message: { replyTo: { id: '7/2', text: 'two' } } });
  });

  test('the parts of an album are messages of their own, in their order', () => {
    const part = (id: number) => ({
      update_id: id,
      message: { ...base, message_id: id, media_group_id: '99', photo: [{ file_id: `p${String(id)}` }] },
    });
    const events = [4, 5, 6].flatMap((id) => read(part(id)));
    expect(events.map(({ id }) => id)).toEqual(['message/7/4', 'message/7/5', 'message/7/6']);
    expect(events).toMatchObject([{ message: { wire: { album: '99' } } }, {}, {}]);
  });
});

describe('groups', () => {
  test('a message says the group, its name and the writer', () => {
    expect(inGroup({ text: 'hi' })).toMatchObject({
      message: {
        from: 'tg:7',
        to: line,
        fromName: 'Kim',
        group: { id: 'tg:-100777', name: 'Lunch' },
        remoteId: '-100777/3',
      },
    });
  });

  test('an administrator who hides, and a post of a channel, are not the group', () => {
    const hidden = {
      from: { id: 1087968824, is_bot: true, first_name: 'Group' },
      sender_chat: group,
      author_signature: 'boss',
    };
    expect(inGroup({ ...hidden, text: 'hi' })).toMatchObject({ message: { from: 'tg:1087968824', fromName: 'boss' } });
    const post = {
      from: { id: 777000, first_name: 'Telegram' },
      sender_chat: { id: -100888, type: 'channel', title: 'News' },
    };
    expect(inGroup({ ...post, text: 'hi' })).toMatchObject({ message: { from: 'tg:-100888', fromName: 'News' } });
  });

  test.each([
    [{ new_chat_members: [person] }, 'Kim joined'],
    [{ new_chat_members: [{ id: 8, first_name: 'Bo' }] }, 'Kim added Bo'],
    [{ left_chat_member: person }, 'Kim left'],
    [{ left_chat_member: { id: 8, first_name: 'Bo' } }, 'Kim removed Bo'],
    [{ new_chat_title: 'Dinner' }, 'Kim named the group "Dinner"'],
    [{ pinned_message: { ...base, text: 'at nine' } }, 'Kim pinned "at nine"'],
  ])('%j is said by Telegram, not by anybody', (content, text) => {
    expect(inGroup(content)).toMatchObject({ message: { service: true, text } });
  });

  test('a supergroup made of a group is the same chat, whoever of the two says it', () => {
    const chatEvent = { kind: 'chat', id: 'moved/-5/-100777', chat: { line, chat: 'tg:-5', movedTo: 'tg:-100777' } };
    const old = { ...base, chat: { id: -5, type: 'group', title: 'Lunch' }, migrate_to_chat_id: -100777 };
    expect(one({ update_id: 1, message: old })).toMatchObject(chatEvent);
    expect(inGroup({ migrate_from_chat_id: -5 })).toMatchObject(chatEvent);
  });

  test('the bot removed is told in the group; added is only on record', () => {
    const member = (status: string) => ({
      update_id: 1,
      my_chat_member: {
        chat: group,
        from: person,
        date: 1,
        old_chat_member: { status: 'x' },
        new_chat_member: { status },
      },
    });
    expect(one(member('kicked'))).toMatchObject({ message: { service: true, group: { id: 'tg:-100777' } } });
    expect(one(member('administrator'))).toMatchObject({ kind: 'unsupported' });
  });
});

describe('changes', () => {
  test('a reaction is all that the person has on the message from now on', () => {
    const reaction = (new_reaction: object[]) => ({
      update_id: 5,
      message_reaction: { chat, message_id: 9, user: person, date: 2, old_reaction: [], new_reaction },
    });
    const paid = [{ type: 'emoji', emoji: '🔥' }, { type: 'custom_emoji', custom_emoji_id: '1' }, { type: 'paid' }];
    expect(one(reaction(paid))).toMatchObject({
      reaction: { from: 'tg:7', to: line, target: '7/9', keys: ['🔥', '(custom emoji)', '⭐'] },
    });
    expect(one(reaction([]))).toMatchObject({ reaction: { keys: [] } });
  });

  test('who blocks the bot opts out, who unblocks it opts in', () => {
    const blocked = (from: string, to: string) => ({
      update_id: 6,
      my_chat_member: {
        chat,
        from: person,
        date: 2,
        old_chat_member: { status: from },
        new_chat_member: { status: to },
      },
    });
    expect(one(blocked('member', 'kicked'))).toMatchObject({
      kind: 'consent',
      consent: { from: 'tg:7', action: 'stop' },
    });
    expect(one(blocked('kicked', 'member'))).toMatchObject({ consent: { to: line, action: 'start' } });
  });

  test('a post in a channel is on record and nowhere else', () => {
    const post = { ...base, chat: { id: -100, type: 'channel', title: 'News' }, text: 'x' };
    expect(one({ update_id: 1, channel_post: post })).toMatchObject({ kind: 'unsupported' });
  });
});

describe('connected accounts', () => {
  const owned = { ...base, business_connection_id: 'bc1' };

  test('the customer writes to the account, its owner to the customer', () => {
    expect(one({ update_id: 1, business_message: { ...owned, text: 'hi' } })).toMatchObject({
      message: { from: 'tg:7', to: '@olga', remoteId: '900:7/3' },
    });
    const own = { ...owned, from: { id: 900, first_name: 'Olga' }, text: 'hello' };
    expect(one({ update_id: 1, business_message: own })).toMatchObject({
      message: { from: '@olga', to: 'tg:7', own: true, text: 'hello' },
    });
  });

  test('edits and deletions name the message', () => {
    const edited_business_message = { ...owned, text: 'hi!', edit_date: 9 };
    expect(one({ update_id: 2, edited_business_message })).toMatchObject({ edit: { target: '900:7/3', text: 'hi!' } });
    const deleted_business_messages = { business_connection_id: 'bc1', chat, message_ids: [3, 4] };
    expect(one({ update_id: 3, deleted_business_messages })).toMatchObject({
      redaction: { from: 'tg:7', to: '@olga', targets: ['900:7/3', '900:7/4'] },
    });
  });

  test('what we wrote for the account comes back, and is not shown again', () => {
    const ours = { ...owned, from: { id: 900, first_name: 'Olga' }, sender_business_bot: { id: 42 }, text: 'ours' };
    expect(one({ update_id: 4, business_message: ours })).toMatchObject({ kind: 'unsupported' });
    expect(one({ update_id: 5, edited_business_message: { ...ours, edit_date: 9 } }, 'ours')).toMatchObject({
      kind: 'unsupported',
    });
    expect(one({ update_id: 6, edited_business_message: { ...ours, edit_date: 9 } })).toMatchObject({
      edit: { own: true },
    });
    const another = { ...ours, sender_business_bot: { id: 43 } };
    expect(one({ update_id: 7, business_message: another })).toMatchObject({
      message: { own: true, wire: { writtenByBot: 'tg:43' } },
    });
  });

  test('of an account that nobody knows there is a record', () => {
    const message = { ...owned, business_connection_id: 'other', text: 'hi' };
    expect(one({ update_id: 8, business_message: message })).toMatchObject({ kind: 'unsupported' });
  });
});
