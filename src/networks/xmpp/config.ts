/** The connector's part of the config. */
import { z } from 'zod';
import { duration } from '../duration.ts';
import { bareOf, readJid } from './jid.ts';

/** A domain as servers compare it. */
const domain = z.string().transform((text, problems) => {
  const jid = readJid(text);
  if (jid?.local !== '' || jid.resource !== '') {
    problems.addIssue({ code: 'custom', message: 'is no domain: write it as sms.example.org' });
    return z.NEVER;
  }
  return jid.domain;
});

/** A bare JID as servers compare it. */
const bareJid = z.string().transform((text, problems) => {
  const jid = readJid(text);
  if (jid?.resource !== '') {
    problems.addIssue({ code: 'custom', message: 'is no XMPP address: write it as sales@sms.example.org' });
    return z.NEVER;
  }
  return bareOf(jid);
});

const room = z.strictObject({
  /** The line that is in the room, by its address. */
  line: bareJid,
  room: bareJid,
  /** What the line is called there; its name when left out. */
  nick: z.string().min(1).max(100).optional(),
  password: z.string().min(1).optional(),
});

export const xmppConfig = z
  .strictObject({
    host: z.string().min(1),
    port: z.number().int().min(1).max(65_535).default(5347),
    /** The component's own domain, as the server's config names it. */
    domain,
    secret: z.string().min(1),
    tls: z
      .strictObject({
        /** The name that the server's certificate must have; the host when left out. */
        serverName: z.string().min(1).optional(),
        /** The only authority believed, as PEM; the system's authorities when left out. */
        ca: z.string().min(1).optional(),
      })
      .optional(),
    /** What lines are called, by their addresses; the part before the @ when left out. */
    names: z.record(z.string(), z.string().min(1).max(100)).default({}),
    rooms: z.array(room).max(200).default([]),
    /** Whether a line goes into every room that it is invited to. */
    acceptInvitations: z.boolean().default(true),
    /** The server's HTTP upload component; looked for at `server` when left out. */
    uploadService: domain.optional(),
    /** Where files are put, when it lies inside the company's network: `https://upload.example.org:5281`. */
    uploadOrigin: z.url({ protocol: /^https?$/u }).optional(),
    /** The server that lists the upload component: the domain without its first part when left out. */
    server: domain.optional(),
    connectTimeout: duration.default(10_000),
    /** For what the server is asked on the stream. */
    answerTimeout: duration.default(30_000),
    /** After so long without a word from the server it is asked whether it is there. */
    askAfter: duration.default(60_000),
    reconnect: z
      .strictObject({
        first: duration.default(1_000),
        most: duration.default(60_000),
        /** After a wrong secret. */
        refused: duration.default(300_000),
        /** While the server still holds our old connection. */
        conflict: duration.default(20_000),
      })
      .prefault({}),
  })
  .superRefine((config, problems) => {
    config.rooms.forEach(({ line }, index) => {
      if (readJid(line)?.domain === config.domain) return;
      problems.addIssue({ code: 'custom', path: ['rooms', index, 'line'], message: `is not of ${config.domain}` });
    });
  });

export type XmppConfig = z.output<typeof xmppConfig>;
