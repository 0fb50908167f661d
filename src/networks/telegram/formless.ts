/** What a message may hold that has no form here, in words for people: a poll, a game, a story. */
import { z } from 'zod';
import { isJsonObject } from '../../core/json.ts';
import type { Message } from './shapes.ts';

const TITLE_MOST = 300;
const ITEMS_MOST = 20;

const titled = z.object({ title: z.string() });
const poll = z.object({ question: z.string(), options: z.array(z.object({ text: z.string() })) });
const checklist = z.object({ title: z.string(), tasks: z.array(z.object({ text: z.string() })) });
const dice = z.object({ emoji: z.string(), value: z.int() });
const paid = z.object({ star_count: z.int() });

type Words = (value: unknown) => string;

const kinds: Readonly<Record<string, Words>> = {
  poll: (value) => listed('a poll', poll.safeParse(value).data, ({ question, options }) => [question, options]),
  checklist: (value) => listed('a checklist', checklist.safeParse(value).data, ({ title, tasks }) => [title, tasks]),
  dice: (value) => {
    const thrown = dice.safeParse(value).data;
    return thrown === undefined ? 'a throw of dice' : `a throw: ${thrown.emoji} ${String(thrown.value)}`;
  },
  game: (value) => named('a game', value),
  invoice: (value) => named('an invoice', value),
  paid_media: (value) => {
    const stars = paid.safeParse(value).data?.star_count;
    return stars === undefined ? 'paid media' : `media to be paid with ${String(stars)} stars`;
  },
  rich_message: (value) => {
    const text = wordsIn(value);
    return text === '' ? 'a formatted page' : `a formatted page: ${quoted(text)}`;
  },
  live_photo: () => 'a photo that moves: its moving part is not shown',
  story: () => 'a story',
  reply_to_story: () => 'an answer to a story',
  giveaway: () => 'a giveaway',
  giveaway_winners: () => 'the winners of a giveaway',
  passport_data: () => 'documents of a Telegram Passport',
};

/** Undefined where the message has nothing of the kind. */
export function formlessOn(message: Message): string | undefined {
  const words = Object.entries(kinds).flatMap(([field, say]) => {
    const value = message[field];
    return value === undefined ? [] : [say(value)];
  });
  return words.length === 0 ? undefined : words.join('; ');
}

function named(what: string, value: unknown): string {
  const title = titled.safeParse(value).data?.title;
  return title === undefined ? what : `${what}: ${quoted(title)}`;
}

function listed<T>(
  what: string,
  value: T | undefined,
  read: (value: T) => readonly [string, readonly { readonly text: string }[]],
): string {
  if (value === undefined) return what;
  const [title, items] = read(value);
  const texts = items.slice(0, ITEMS_MOST).map(({ text }) => text);
  return `${what}: ${quoted(title)} (${texts.join(' / ').slice(0, TITLE_MOST * 2)})`;
}

function quoted(text: string): string {
  return `"${text.slice(0, TITLE_MOST)}"`;
}

/** All that is written in a tree of blocks (Bot API, "RichBlock"), however they are nested. */
function wordsIn(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) {
    return value
      .map((item: unknown) => wordsIn(item))
      .filter((words) => words !== '')
      .join(' ');
  }
  if (!isJsonObject(value)) return '';
  return ['blocks', 'title', 'text', 'caption', 'items', 'content', 'children']
    .map((key) => wordsIn(value[key]))
    .filter((words) => words !== '')
    .join(' ');
}
