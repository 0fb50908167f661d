/** The `tls` section: checked when the config is read, so that no start fails over a file that is no certificate. */
import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { z } from 'zod';

export const tls = z
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

export function complain(problems: z.RefinementCtx, key: string, message: string): void {
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
