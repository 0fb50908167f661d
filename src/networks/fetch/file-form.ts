/** Writes a form with a file out piece by piece (RFC 7578), so that its length is told before its bytes are read. */
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FileForm } from '../../core/ports/safe-fetch.ts';

export interface WrittenForm {
  readonly body: Readable;
  readonly headers: Readonly<Record<string, string>>;
}

export function writeForm({ fields, file }: FileForm): WrittenForm {
  const boundary = `gatehouse-${randomUUID()}`;
  const parts = Object.entries(fields).map(([name, value]) => `${head(boundary, name)}\r\n\r\n${value}\r\n`);
  const named = `${head(boundary, file.field)}; filename="${quoted(file.name)}"`;
  const before = Buffer.from(`${parts.join('')}${named}\r\ncontent-type: ${file.type}\r\n\r\n`);
  const after = Buffer.from(`\r\n--${boundary}--\r\n`);
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield before;
    yield* file.open();
    yield after;
  }
  return {
    body: Readable.from(pieces(), { objectMode: false }),
    headers: {
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'content-length': String(before.length + file.size + after.length),
    },
  };
}

function head(boundary: string, name: string): string {
  return `--${boundary}\r\ncontent-disposition: form-data; name="${quoted(name)}"`;
}

/** As browsers write names (WHATWG HTML, "multipart/form-data"): no line can be added. */
function quoted(name: string): string {
  return name.replace(/\r/gu, '%0D').replace(/\n/gu, '%0A').replace(/"/gu, '%22');
}
