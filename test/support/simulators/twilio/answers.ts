/** How the API answers: JSON, and its refusals. */
import type { ServerResponse } from 'node:http';
import type { Refusal } from './refusals.ts';

export function notFound(path: string): Refusal {
  return { status: 404, code: 20404, message: `The requested resource ${path} was not found` };
}

export function refuse(
  response: ServerResponse,
  { status, code, message }: Refusal,
  more: Record<string, string> = {},
): void {
  const body = { code, message, more_info: `https://www.twilio.com/docs/errors/${String(code)}`, status };
  for (const [name, value] of Object.entries(more)) response.setHeader(name, value);
  answerJson(response, status, body);
}

export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json;charset=utf-8' }).end(JSON.stringify(body));
}
