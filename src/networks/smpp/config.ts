/** The connector's part of the config. */
import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { z } from 'zod';

/** `500ms`, `30s`, `10m`, `1h`: milliseconds. */
const duration = z
  .string()
  .regex(/^[1-9]\d{0,5}(ms|s|m|h)$/u, 'write a time as 500ms, 30s, 10m or 1h')
  .transform((text) => {
    const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
    return Number.parseInt(text, 10) * (units[text.replace(/^\d+/u, '')] ?? 1);
  });

const octet = z.number().int().min(0).max(255);
const numbering = z.strictObject({ ton: octet, npi: octet });

const tls = z
  .strictObject({
    /** The name that the carrier's certificate must have; the host when left out. */
    serverName: z.string().min(1).optional(),
    /** The only authority believed, as PEM; the system's authorities when left out. */
    ca: z.string().min(1).optional(),
    /** Our certificate and its key, as PEM, for carriers that ask for one. */
    cert: z.string().min(1).optional(),
    key: z.string().min(1).optional(),
  })
  .superRefine(({ ca, cert, key }, problems) => {
    if (ca !== undefined && !isCertificate(ca))
      complain(problems, 'ca', 'is not a certificate: write it as PEM, or as {file: ...}');
    if ((cert === undefined) !== (key === undefined)) {
      complain(problems, cert === undefined ? 'cert' : 'key', 'is missing: cert and key come together');
    } else if (cert !== undefined && key !== undefined && !belongTogether(cert, key)) {
      complain(problems, 'key', 'is not the key of tls.cert, or one of them is not PEM: give both as {file: ...}');
    }
  });

function complain(problems: z.RefinementCtx, key: string, message: string): void {
  problems.addIssue({ code: 'custom', path: [key], message });
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

function belongTogether(cert: string, key: string): boolean {
  try {
    createSecureContext({ cert, key });
    return true;
  } catch {
    return false;
  }
}

export const smppConfig = z.strictObject({
  host: z.string().min(1),
  port: z.number().int().min(1).max(65_535).default(2775),
  systemId: z.string().min(1).max(15, 'SMPP allows at most 15 characters'),
  password: z.string().max(8, 'SMPP allows at most 8 characters'),
  systemType: z.string().max(12, 'SMPP allows at most 12 characters').default(''),
  tls: tls.optional(),
  /** Submits unanswered at a time. */
  window: z.number().int().min(1).max(1_000).default(10),
  perSecond: z.number().positive().max(10_000).default(20),
  /** Type of number and numbering plan for each kind of address. */
  international: numbering.default({ ton: 1, npi: 1 }),
  shortCode: numbering.default({ ton: 3, npi: 0 }),
  alphanumeric: numbering.default({ ton: 5, npi: 0 }),
  serviceType: z.string().max(5).default(''),
  /** How the carrier's receipts spell the ids of its answers. */
  ids: z.enum(['auto', 'raw', 'hex', 'dec']).default('auto'),
  /** What the carrier means by data_coding 0. */
  dataCoding0: z.enum(['gsm', 'gsm-packed', 'latin1', 'ascii']).default('gsm'),
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

export type SmppConfig = z.output<typeof smppConfig>;
