/** The connector's part of the config. */
import { z } from 'zod';
import { duration } from '../duration.ts';
import { complain, tls } from './tls-config.ts';

const octet = z.number().int().min(0).max(255);
const numbering = z.strictObject({ ton: octet, npi: octet });

const alphabet = z.enum(['gsm', 'gsm-packed', 'latin1', 'ascii']);
const ids = z.enum(['auto', 'raw', 'hex', 'dec']);
const host = z.string().min(1);
const port = z.number().int().min(1).max(65_535);
const systemId = z.string().min(1).max(15, 'SMPP allows at most 15 characters');
const password = z.string().max(8, 'SMPP allows at most 8 characters');
const serviceType = z.string().max(5);

/** What is left out is as the connector has it. */
const route = z.strictObject({
  /** How numbers on this route begin: `+49`, or `7` for short codes. */
  prefix: z.string().regex(/^\+?\d{1,15}$/u, 'write how its numbers begin, as +49'),
  international: numbering.optional(),
  shortCode: numbering.optional(),
  alphanumeric: numbering.optional(),
  serviceType: serviceType.optional(),
  dataCoding0: alphabet.optional(),
  ids: ids.optional(),
});
export type RouteConfig = z.output<typeof route>;

const outbind = z.strictObject({
  /** Where the carrier connects to. */
  host,
  port,
  /** What the carrier says of itself. */
  systemId,
  password,
});

const settings = z.strictObject({
  host,
  port: port.default(2775),
  systemId,
  password,
  systemType: z.string().max(12, 'SMPP allows at most 12 characters').default(''),
  tls: tls.optional(),
  /** `pair`: a transmitter and a receiver; `outbind`: a transmitter, and the carrier connects to bring us something. */
  bind: z.enum(['transceiver', 'pair', 'outbind']).default('transceiver'),
  outbind: outbind.optional(),
  /** More places of the same carrier: all are bound, and each chat goes over one of those that stand. */
  binds: z
    .array(z.strictObject({ host, port: port.default(2775) }))
    .max(7)
    .default([]),
  /** How a text of several parts says so: in headers, in sar_* parameters, or whole in message_payload. */
  longTexts: z.enum(['udh', 'sar', 'payload']).default('udh'),
  submit: z.enum(['submit_sm', 'data_sm']).default('submit_sm'),
  /** Other numbering, alphabets and ids for some numbers; the longest prefix decides. */
  routes: z.array(route).max(200).default([]),
  /** Whether the carrier answers query_sm. */
  query: z.boolean().default(false),
  /** Submits unanswered at a time. */
  window: z.number().int().min(1).max(1_000).default(10),
  perSecond: z.number().positive().max(10_000).default(20),
  /** Type of number and numbering plan for each kind of address. */
  international: numbering.default({ ton: 1, npi: 1 }),
  shortCode: numbering.default({ ton: 3, npi: 0 }),
  alphanumeric: numbering.default({ ton: 5, npi: 0 }),
  serviceType: serviceType.default(''),
  /** How the carrier's receipts spell the ids of its answers. */
  ids: ids.default('auto'),
  /** What the carrier means by data_coding 0. */
  dataCoding0: alphabet.default('gsm'),
  /** How long a missing part of a long message is waited for. */
  partsTimeout: duration.default(600_000),
  /** For the connection and the answer to the bind. */
  bindTimeout: duration.default(10_000),
  responseTimeout: duration.default(30_000),
  /** After so long without a word from the carrier it is asked whether it is there. */
  enquireLink: duration.default(30_000),
  reconnect: z
    .strictObject({
      first: duration.default(1_000),
      most: duration.default(60_000),
      /** After a wrong password: carriers lock out who insists. */
      refused: duration.default(300_000),
      /** While the carrier still holds our old session. */
      alreadyBound: duration.default(60_000),
    })
    .prefault({}),
});

export const smppConfig = settings.superRefine(({ bind, outbind: listener }, problems) => {
  if (bind === 'outbind' && listener === undefined) {
    complain(problems, 'outbind', 'is missing: with bind: outbind it says where the carrier connects to');
  } else if (bind !== 'outbind' && listener !== undefined) {
    complain(problems, 'outbind', 'is for bind: outbind only; remove it, or set bind');
  }
});

export type SmppConfig = z.output<typeof smppConfig>;
