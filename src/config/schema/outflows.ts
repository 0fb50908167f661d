/** What leaves or enters beside messages: anchors, feeds, media checks, backups. */
import { z } from 'zod';
import { say } from '../problem.ts';
import type { SecretSchema } from '../secret-reader.ts';
import { section } from '../section.ts';
import { duration } from '../values/duration.ts';
import { room } from '../values/ids.ts';
import { clamdPlace, fetchPlace, icapUrl } from '../values/media-places.ts';
import { size } from '../values/size.ts';
import { webAddress } from '../values/web-address.ts';

const mail = z
  .string()
  .regex(/^[^@\s]+@[^@\s]+$/u, { error: say('is not a mail address', 'write it like name@acme.example') });

const anchor = z.discriminatedUnion(
  'type',
  [
    section({ type: z.literal('witness'), url: webAddress, key: z.string().min(1) }),
    section({ type: z.literal('rfc3161'), url: webAddress }),
    section({ type: z.literal('mail'), to: mail }),
    section({ type: z.literal('room'), room }),
  ],
  { error: say('is not an anchor', 'write type: witness, rfc3161, mail or room') },
);

export const anchorsSection = z
  .array(anchor)
  .prefault([])
  .describe('Where checkpoints go that the admin does not control: witness, rfc3161, mail, room on another server.');

export function feedsSection(secret: SecretSchema) {
  const to = z.discriminatedUnion(
    'type',
    [
      section({
        type: z.literal('sftp'),
        host: z.string().min(1),
        user: z.string().min(1),
        path: z.string().min(1),
        privateKey: secret,
        hostKey: z.string().min(1),
      }),
      section({ type: z.literal('smtp'), host: z.string().min(1), from: mail, to: mail, password: secret.optional() }),
      section({ type: z.literal('webhook'), url: webAddress, secret }),
      section({ type: z.literal('syslog'), host: z.string().min(1) }),
    ],
    { error: say('is not a place that a feed goes to', 'write type: sftp, smtp, webhook or syslog, and its settings') },
  );
  return z
    .array(section({ id: z.string().min(1), query: z.string(), format: z.string().min(1), every: duration, to }))
    .prefault([])
    .describe('Records that go to another archive on their own: { id, query, format, every, to }.');
}

const scanner = z.union(
  [
    z.literal('none'),
    section({ clamd: clamdPlace }),
    section({ icap: icapUrl }),
    section({ command: z.array(z.string().min(1)).min(1) }),
  ],
  {
    error: say(
      'is not a scanner',
      'write none, {clamd: "127.0.0.1:3310"}, {clamd: /run/clamav/clamd.ctl}, {icap: "icap://host:1344/service"} or {command: [program, argument]}',
    ),
  },
);

export const mediaSection = section({
  scan: scanner.default('none').describe('none, clamd, icap or a command that says of each file whether it is malware'),
  unscanned: z
    .enum(['hold', 'show'], {
      error: say('is neither', 'write hold (nobody sees a file before the scanner did) or show'),
    })
    .default('hold')
    .describe('what becomes of a file that the scanner was not able to look at: hold, or show all the same'),
  maxSize: size.prefault('50MB').describe('larger files are recorded as refused'),
  fetchFrom: z
    .array(fetchPlace)
    .prefault([])
    .describe('private places that links from networks may lead to, such as an XMPP upload server: "host:port"'),
})
  .prefault({})
  .describe('Files.');

export const backupSection = section({
  keys: section({
    keepFor: duration.prefault('30d').describe('how long backups of the keys are kept: erasure is final after that'),
  }).prefault({}),
})
  .prefault({})
  .describe('Backups.');
