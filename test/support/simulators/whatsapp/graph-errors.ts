/** Errors as the Graph API answers them. */
import type { ServerResponse } from 'node:http';

export interface GraphFault {
  readonly status: number;
  readonly code: number;
  readonly details: string;
}

export function fault(code: number, details: string, status = 400): GraphFault {
  return { status, code, details };
}

export function sayFault(response: ServerResponse, { status, code, details }: GraphFault): void {
  const error = {
    message: `(#${String(code)}) ${details}`,
    type: 'OAuthException',
    code,
    error_data: { messaging_product: 'whatsapp', details },
    fbtrace_id: 'Az8or2yhqkZfEZ-_4Qn_Bam',
  };
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
}
