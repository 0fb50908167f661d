/** A whole company for a test file: Synapse, carrier and Gatehouse as processes, and people whose clients are not ours. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { MatrixEvent } from 'matrix-js-sdk';
import { parse, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import { openHouse, type House, type HouseOptions } from '../../src/demo/house.ts';
import { installSynapse } from '../../src/demo/synapse/install.ts';
import { StaffClient } from './staff-client.ts';

/** Long enough for an installation of Synapse on a machine that has none. */
export const HOUSE_START_MS = 300_000;
const CACHE = path.resolve(import.meta.dirname, '../../.cache/synapse');

export interface StaffedHouse extends AsyncDisposable {
  readonly house: House;
  /** The client of somebody whom the house has an account for; it accepts every invitation. */
  person(name: string): Promise<StaffClient>;
  /** The client of somebody new, with a role nowhere. */
  stranger(name: string): Promise<StaffClient>;
  /** What `init` put into the two registrations. */
  tokens(): Promise<{ readonly bridge: ServiceTokens; readonly archive: ServiceTokens }>;
  /** Changes the config and starts Gatehouse with it. */
  reconfigure(change: (config: Document) => void): Promise<void>;
}

const registration = z.object({ as_token: z.string(), hs_token: z.string(), url: z.string() });
interface ServiceTokens {
  readonly as: string;
  readonly hs: string;
  /** Where its listener is. */
  readonly url: string;
}

async function tokensIn(file: string): Promise<ServiceTokens> {
  const { as_token, hs_token, url } = registration.parse(parse(await readFile(file, 'utf8')));
  return { as: as_token, hs: hs_token, url };
}

export async function staffedHouse(
  options: Pick<HouseOptions, 'between' | 'presend' | 'starterRules' | 'configure'> = {},
): Promise<StaffedHouse> {
  const dir = await mkdtemp(path.join(tmpdir(), 'gatehouse-house-'));
  const installation = await installSynapse({ cacheDir: CACHE });
  const house = await openHouse({ installation, dir, ...options });
  const clients: StaffClient[] = [];
  const known = (client: StaffClient): StaffClient => {
    client.acceptInvitations();
    clients.push(client);
    return client;
  };
  return {
    house,
    person: async (name) => {
      await enterFirstRoom(house, name);
      return known(await StaffClient.login(house.synapse.url, name, house.password));
    },
    stranger: async (name) =>
      known(await StaffClient.start(house.synapse.url, await house.synapse.registerUser(name, house.password))),
    tokens: async () => ({
      bridge: await tokensIn(path.join(dir, 'registration.yaml')),
      archive: await tokensIn(path.join(dir, 'registration.archive.yaml')),
    }),
    reconfigure: async (change) => {
      await house.gatehouse.stop();
      const file = path.join(dir, house.config);
      const config = parseDocument(await readFile(file, 'utf8'));
      change(config);
      await writeFile(file, config.toString());
      await house.gatehouse.start();
    },
    [Symbol.asyncDispose]: async () => {
      for (const client of clients) client.stop();
      await house[Symbol.asyncDispose]();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/**
 * The room that everybody with a role gets at the start is joined before the SDK syncs: an invitation and its join in
 * the first syncs leave the SDK with "invited" for ever.
 */
async function enterFirstRoom(house: House, name: string): Promise<void> {
  const client = await house.login(name);
  await client.until('the first room', (rooms) => rooms[0]);
  await client.stop();
}

/** The chat that shows a customer's number in its name. */
export function chatWith(client: StaffClient, lastDigits: string): Promise<string> {
  return client.room(
    `the chat with …${lastDigits}`,
    ({ name, membership }) => membership === 'join' && name.replace(/\D/gu, '').endsWith(lastDigits),
  );
}

/** The room in which commands are taken: `Gatehouse` for staff, `Compliance` for officers. */
export function roomNamed(client: StaffClient, wanted: string): Promise<string> {
  return client.room(`the room “${wanted}”`, ({ name, membership }) => membership === 'join' && name === wanted);
}

/** The keys that stand on `event` now, by @gatehouse. */
export function marksOn(client: StaffClient, room: string, event: string): readonly string[] {
  return client
    .timeline(room)
    .filter((one) => one.getType() === 'm.reaction' && !one.isRedacted() && one.getSender()?.startsWith('@gatehouse:'))
    .flatMap((one) => {
      const relation = one.getRelation();
      return relation?.event_id === event && relation.key !== undefined ? [relation.key] : [];
    });
}

export function marked(client: StaffClient, at: { room: string; event: string }, key: string, ms?: number) {
  return client.until(
    `${key} on ${at.event}`,
    () => (marksOn(client, at.room, at.event).join() === key ? true : undefined),
    ms,
  );
}

/** What somebody is told in reply to `event`. */
export function replyTo(client: StaffClient, at: { room: string; event: string }, ms?: number): Promise<MatrixEvent> {
  return client.until(
    `a reply to ${at.event}`,
    () => client.timeline(at.room).find((one) => one.replyEventId === at.event),
    ms,
  );
}

export function bodyOf(event: MatrixEvent): string {
  const body: unknown = event.getContent()['body'];
  return typeof body === 'string' ? body : '';
}
