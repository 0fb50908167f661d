/** What a run erases goes in Synapse too: read back as a client, as an admin, and in Synapse's own files. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import Sqlite from 'better-sqlite3';
import { z } from 'zod';
import { systemClock } from '../../../src/core/clock.ts';
import { must, parseEventId, parseRoomId } from '../../../src/core/ids.ts';
import { AdminErasing } from '../../../src/matrix/admin-erasing.ts';
import { quietSdks } from '../../../src/matrix/sdk-logs.ts';
import { KeptLog } from '../../support/quiet.ts';
import { bodyOf, HOUSE_START_MS, replyTo, roomNamed } from '../../support/staffed-house.ts';
import { staffedHouse, type StaffedHouse } from '../../support/staffed-house.ts';
import type { StaffClient } from '../../support/staff-client.ts';

const PATIENCE_MS = 60_000;
const CANARY = 'the cerulean axolotl hums at dusk';
const IN_FILE = 'the cerulean axolotl in a file';
const HELD = 'the ochre wombat stays where it is';
const LAST = 'the last word of the office';
const OLD = 3;

const answerShape = z.object({ code: z.string(), data: z.record(z.string(), z.unknown()) });
const rowsShape = z.array(z.object({ event_id: z.string() }));

let staffed: StaffedHouse;
let alice: StaffClient;
let olivia: StaffClient;
let omar: StaffClient;
let desk: string;
let office: string;
let held: string;

beforeAll(async () => {
  staffed = await staffedHouse();
  [alice, olivia, omar] = [await staffed.person('alice'), await staffed.person('olivia'), await staffed.person('omar')];
  desk = await roomNamed(olivia, 'Compliance');
  [office, held] = [await alice.createRoom('Office'), await alice.createRoom('Held')];
  await staffed.reconfigure((config) => {
    config.setIn(['retention', 'classes', 'quick'], config.createNode({ keep: '0s', erase: '1s' }));
    config.setIn(['retention', 'homeserver', 'purge'], true);
    const assign = [office, held].map((room) => ({ class: 'quick', room }));
    config.setIn(['retention', 'assign'], config.createNode(assign));
  });
}, HOUSE_START_MS);

afterAll(async () => {
  await staffed[Symbol.asyncDispose]();
}, 60_000);

async function ask(who: StaffClient, command: string) {
  const said = await who.sendText(desk, command);
  const event = await replyTo(who, { room: desk, event: said }, PATIENCE_MS);
  return { event, text: bodyOf(event), ...answerShape.parse(event.getContent()['org.gatehouse.answer']) };
}

/** Previews until so many records are due: what was recorded a moment ago is not yet. */
async function untilDue(records: number): Promise<void> {
  let before: string | undefined;
  for (let due = 0; due < records;) {
    await ask(olivia, '!c retention preview');
    const preview = await told('due', before);
    before = preview.getId();
    due = Number(answerShape.parse(preview.getContent()['org.gatehouse.answer']).data['due']);
  }
}

/** What the desk says next that holds `key`, after the event `before`. */
function told(key: string, before?: string) {
  return olivia.until(
    key,
    () => {
      const found = olivia.timeline(desk).findLast((event) => {
        const said = answerShape.safeParse(event.getContent()['org.gatehouse.answer']);
        return said.success && key in said.data.data;
      });
      return found?.getId() === before ? undefined : found;
    },
    PATIENCE_MS,
  );
}

async function seenBy(room: string, event: string): Promise<number> {
  const where = `/_matrix/client/v3/rooms/${encodeURIComponent(room)}/event/${encodeURIComponent(event)}`;
  const answer = await fetch(`${staffed.house.synapse.url}${where}`, {
    headers: { authorization: `Bearer ${alice.sdk.getAccessToken() ?? ''}` },
  });
  return answer.status;
}

/** Events of Synapse's database that hold these words, read while it runs. */
function rowsWith(words: string): readonly string[] {
  const file = path.join(path.dirname(staffed.house.synapse.configFile), 'homeserver.db');
  const database = new Sqlite(file, { readonly: true });
  try {
    const found = ['event_json', 'event_search'].flatMap((table) => {
      const column = table === 'event_json' ? 'json' : 'value';
      const like = `%${words}%`;
      return rowsShape.parse(database.prepare(`select event_id from ${table} where ${column} like ?`).all(like));
    });
    return [...new Set(found.map((row) => row.event_id))];
  } finally {
    database.close();
  }
}

function at(room: string, event: string | undefined) {
  return { room: must(parseRoomId(room)), event: must(parseEventId(event)) };
}

async function adminErasing(): Promise<AdminErasing> {
  quietSdks(new KeptLog());
  const { dir, synapse } = staffed.house;
  const token = (await readFile(path.join(dir, 'secrets/admin-token'), 'utf8')).trim();
  return new AdminErasing({ url: synapse.url, token, domain: synapse.domain, clock: systemClock });
}

async function mediaWith(words: string): Promise<number> {
  const folder = path.join(path.dirname(staffed.house.synapse.configFile), 'media');
  let found = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    if ((await readFile(path.join(entry.parentPath, entry.name))).includes(words)) found += 1;
  }
  return found;
}

test('what a run erases is gone in Synapse as well, and what a hold keeps stays there', async () => {
  const old: string[] = [];
  for (let n = 0; n < OLD; n += 1) old.push(await alice.sendText(office, `${CANARY} ${String(n)}`));
  const bytes = new Blob([IN_FILE], { type: 'text/plain' });
  const { content_uri: url } = await alice.sdk.uploadContent(bytes, { type: 'text/plain' });
  old.push(await alice.sendRaw(office, 'm.room.message', { msgtype: 'm.file', body: 'note.txt', url }));
  const last = await alice.sendText(office, LAST);
  const kept = [await alice.sendText(held, `${HELD} 1`), await alice.sendText(held, `${HELD} 2`)];
  expect((await ask(olivia, `!c hold add wombat in:${held}`)).text).toContain('wombat');
  // Her own words stay on record: they name nothing of it.
  const quoting = await ask(olivia, `!c search in:${office}`);
  expect(quoting.text).toContain('cerulean axolotl');
  expect(rowsWith('cerulean axolotl')).toEqual(expect.arrayContaining(old.slice(0, OLD)));
  expect(await mediaWith(IN_FILE)).toBe(1);

  // All but what is held: her words and the file's, the file itself, the last words and our answer that quotes.
  await untilDue(old.length + 3);
  await ask(olivia, '!c retention arm');
  expect((await ask(omar, '!c retention arm')).data).toMatchObject({ armed: true });
  await ask(olivia, '!c retention run');
  const certificate = await told('certificate');

  expect(await Promise.all(old.map((event) => seenBy(office, event)))).toEqual(old.map(() => 404));
  expect(await seenBy(office, last)).toBe(200);
  expect(await Promise.all(kept.map((event) => seenBy(held, event)))).toEqual(kept.map(() => 200));
  // Our answer, which quoted it, is taken back among messages that stay: Synapse empties such rows after a time of its own.
  const answer = quoting.event.getId() ?? '';
  await olivia.until('the answer is taken back', () => (quoting.event.isRedacted() ? true : undefined), PATIENCE_MS);
  expect(rowsWith('cerulean axolotl')).toEqual([answer]);
  expect(bodyOf(certificate)).toContain('1: taken back');
  const admin = await adminErasing();
  const looks = [admin.look(at(desk, answer)), admin.look(at(office, old[0])), admin.look(at(held, kept[0]))];
  const looked = await Promise.all(looks);
  expect(looked).toEqual(['redacted', 'gone', 'there'].map((value) => ({ ok: true, value })));
  expect(rowsWith('ochre wombat')).toHaveLength(2);
  expect(await mediaWith(IN_FILE)).toBe(0);
}, 240_000);
