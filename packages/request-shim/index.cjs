'use strict';
const { Agent, request: send } = require('undici');

const DEFAULT_TIMEOUT_MS = 60_000;
const MOST_TRIES = 4;
const LONGEST_WAIT_MS = 10_000;
const MOST_ANSWER_BYTES = 256 * 1024 * 1024;

const agent = new Agent({ connections: 32, connect: { timeout: 10_000 }, maxResponseSize: MOST_ANSWER_BYTES });

/** `request(options, callback)` as the bot SDK calls it. Errors keep undici's or the system's `code`. */
module.exports = function request(options, callback) {
  talk(options).then(
    (response) => callback(null, response, response.body),
    (error) => callback(error, undefined, undefined),
  );
};

async function talk(options) {
  for (let attempt = 1; ; attempt += 1) {
    const response = await once(options);
    if (response.statusCode !== 429 || attempt === MOST_TRIES) return response;
    await new Promise((resolve) => setTimeout(resolve, askedWait(response)).unref());
  }
}

async function once(options) {
  const timeout = options.timeout ?? DEFAULT_TIMEOUT_MS;
  const answer = await send(address(options), {
    dispatcher: agent,
    method: options.method ?? 'GET',
    headers: options.headers ?? {},
    body: options.body ?? null,
    signal: AbortSignal.timeout(timeout),
    headersTimeout: timeout,
    bodyTimeout: timeout,
  });
  const bytes = Buffer.from(await answer.body.arrayBuffer());
  const body = options.encoding === null ? bytes : bytes.toString('utf8');
  return { statusCode: answer.statusCode, headers: answer.headers, body };
}

function address(options) {
  const url = new URL(options.uri);
  for (const [name, value] of Object.entries(options.qs ?? {})) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null) url.searchParams.append(name, String(one));
    }
  }
  const device = url.searchParams.get('org.matrix.msc3202.device_id');
  if (device !== null && !url.searchParams.has('device_id')) url.searchParams.append('device_id', device);
  return url;
}

/** Milliseconds: `Retry-After` (RFC 9110, 10.2.3, in seconds), else Matrix's `retry_after_ms`, else one second. */
function askedWait(response) {
  const header = Number(response.headers['retry-after']);
  const asked = Number.isFinite(header) && header > 0 ? header * 1000 : inBody(response.body);
  return Math.min(LONGEST_WAIT_MS, Math.max(50, asked));
}

function inBody(body) {
  try {
    const asked = Number(JSON.parse(body.toString('utf8')).retry_after_ms);
    return Number.isFinite(asked) ? asked : 1000;
  } catch {
    return 1000;
  }
}
