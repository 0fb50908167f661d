/** What WhatsApp itself says of a person: another number, another user id ("system messages webhook reference"). */
import { z } from 'zod';
import type { WaMessage } from './payload.ts';
import { phoneOf, type Known, type People } from './people.ts';
import { takeKnown, type Reading } from './reading.ts';

const optional = z.string().optional();
const numberChange = z.object({
  type: z.enum(['user_changed_number', 'customer_changed_number']),
  wa_id: optional,
  new_wa_id: z.coerce.string().optional(),
  user_id: optional,
  parent_user_id: optional,
});
const idChange = z.object({
  type: z.literal('user_changed_user_id'),
  user_id: z.string(),
  previous_user_id: z.string(),
});

/** False for what is only said, and changes nothing of who is who. */
export async function takeSystem(
  message: WaMessage,
  { reading, people }: { readonly reading: Reading; readonly people: People },
): Promise<boolean> {
  const known = (await newNumber(message, reading, people)) ?? (await newId(message, reading, people));
  if (known === undefined) return false;
  takeKnown(known, message.id, reading);
  return true;
}

async function newNumber(message: WaMessage, { line }: Reading, people: People): Promise<Known | undefined> {
  const read = numberChange.safeParse(message['system']);
  const phone = phoneOf(read.data?.wa_id ?? read.data?.new_wa_id);
  if (phone === undefined) return undefined;
  const before = await people.who({ phone: message.from, userId: message.from_user_id }, line);
  const { user_id: userId, parent_user_id: parentUserId } = read.data ?? {};
  const now = await people.who({ phone, userId, parentUserId }, line);
  if (before === undefined || now === undefined) return undefined;
  const told = now.moved.some((moved) => moved.line === line && moved.chat === before.address);
  const here = { line, chat: before.address, movedTo: now.address };
  return { ...now, moved: told || here.chat === here.movedTo ? now.moved : [...now.moved, here] };
}

async function newId(message: WaMessage, { line }: Reading, people: People): Promise<Known | undefined> {
  const read = idChange.safeParse(message['system']);
  return read.success ? people.renamed(read.data.previous_user_id, read.data.user_id, line) : undefined;
}
