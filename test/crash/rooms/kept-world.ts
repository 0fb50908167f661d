/** What outlives a process: its journal's folder, and beside it the homeserver and the network as they stand. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { z } from 'zod';
import { must, parseClassId } from '../../../src/core/ids.ts';
import type { Place } from '../../../src/journal/open-writer.ts';
import type { KeptHomeserver } from '../../integration/bridge/fake-homeserver.ts';

export interface KeptWorld {
  readonly homeserver: KeptHomeserver;
  /** What the network was handed, by the words. */
  readonly sent: readonly string[];
  /** Customers' texts that the network brings until they are on record. */
  readonly texts: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

const kept = z.custom<KeptWorld>(
  (value) => z.object({ homeserver: z.object({ count: z.number() }) }).safeParse(value).success,
);
const FILE = 'world';

export function keepWorld(dir: string, world: KeptWorld): void {
  writeFileSync(join(dir, FILE), serialize(world));
}

export function worldIn(dir: string): KeptWorld {
  return kept.parse(deserialize(readFileSync(join(dir, FILE))));
}

export function placeIn(dir: string): Place {
  return {
    database: { dialect: 'sqlite', file: join(dir, 'gatehouse.db') },
    keysDatabase: { dialect: 'sqlite', file: join(dir, 'keys.db') },
    masterKey: new Uint8Array(32).fill(7),
    defaultClass: must(parseClassId('test-class')),
  };
}
