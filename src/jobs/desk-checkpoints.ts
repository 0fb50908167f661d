/**
 * Posts the newest checkpoint into each desk's room, once an hour when there is a new one: the members' phones and
 * clients then hold a head of the record that nobody here can take back.
 */
import { roomOfUse } from '../bridge/portals/room-store.ts';
import type { Clock } from '../core/clock.ts';
import { parsePosition, type DeskId } from '../core/ids.ts';
import type { Desk } from '../core/line.ts';
import type { Homeserver } from '../core/ports/homeserver.ts';
import type { Log } from '../core/ports/log.ts';
import type { Journal } from '../journal/journal.ts';
import { CHECKPOINT_FILE } from '../journal/log/log-names.ts';
import type { LogFiles } from '../journal/log/log-files.ts';
import type { Job } from './jobs.ts';

export interface DeskCheckpointsOptions {
  readonly journal: Pick<Journal, 'append' | 'views'>;
  readonly homeserver: Pick<Homeserver, 'send' | 'compliance'>;
  readonly desks: readonly Desk[];
  readonly files: Pick<LogFiles, 'readText'>;
  readonly clock: Clock;
  readonly log: Log;
}

export function deskCheckpoints(options: DeskCheckpointsOptions): Job {
  const posted = new Map<DeskId, string>();
  return {
    name: 'desk-checkpoints',
    cron: '0 * * * *',
    run: async () => {
      const note = await options.files.readText(CHECKPOINT_FILE);
      if (note === undefined) return;
      for (const desk of options.desks) {
        if (posted.get(desk.id) !== note && (await post(desk, note, options))) posted.set(desk.id, note);
      }
    },
  };
}

/** False when the room isn't there yet or the homeserver is away: the next hour brings a newer one. */
async function post(desk: Desk, note: string, options: DeskCheckpointsOptions): Promise<boolean> {
  const { homeserver, journal, log } = options;
  const [origin = '', size = '', root = ''] = note.split('\n');
  const position = parsePosition(Number(size));
  const room = await journal.views.read((reading) => roomOfUse(reading, { kind: 'desk', desk: desk.id }));
  if (room === undefined || !position.ok) return false;
  const body = `Record unbroken to ${size} ✓\n${root}`;
  const sent = await homeserver.send({
    as: homeserver.compliance,
    room,
    type: 'm.room.message',
    content: { msgtype: 'm.notice', body, 'm.mentions': {}, 'org.gatehouse.checkpoint': note },
    // The newest record that the checkpoint covers: the same checkpoint is posted once, even after a restart.
    source: position.value,
    part: `checkpoint-${desk.id}`,
  });
  if (!sent.ok) {
    log.warn('desk.checkpoint-failed', { desk: desk.id, failure: sent.error.kind });
    return false;
  }
  await record(desk, { origin, size: position.value, root }, options);
  return true;
}

async function record(
  desk: Desk,
  head: { readonly origin: string; readonly size: number; readonly root: string },
  { journal, clock }: DeskCheckpointsOptions,
): Promise<void> {
  await journal.append([
    {
      kind: 'checkpoint.published',
      at: clock.now(),
      source: { system: 'gatehouse', id: `checkpoint/${head.origin}/${head.size}/${desk.id}`, sure: true },
      body: { ...head, where: `desk ${desk.id}` },
    },
  ]);
}
