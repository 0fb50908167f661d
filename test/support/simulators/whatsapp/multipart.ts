/** Reads `multipart/form-data` (RFC 7578), strictly: a body that breaks its own rules has no parts. */
export interface Part {
  readonly type?: string;
  readonly bytes: Buffer;
}

export function partsOf(body: Buffer, contentType: string): ReadonlyMap<string, Part> {
  const boundary = /^multipart\/form-data; ?boundary="?([^";]{1,70})"?$/u.exec(contentType)?.[1];
  const parts = new Map<string, Part>();
  if (boundary === undefined) return parts;
  const text = body.toString('latin1');
  const pieces = text.split(`--${boundary}`);
  if (pieces.at(-1)?.trim() !== '--') return parts;
  for (const piece of pieces.slice(1, -1)) {
    const [name, part] = partOf(piece);
    if (name !== undefined) parts.set(name, part);
  }
  return parts;
}

function partOf(piece: string): readonly [string | undefined, Part] {
  const [head = '', ...rest] = piece.split('\r\n\r\n');
  const name = /content-disposition: form-data; name="([^"]+)"/iu.exec(head)?.[1];
  const type = /content-type: ([^\r\n]+)/iu.exec(head)?.[1];
  const bytes = Buffer.from(rest.join('\r\n\r\n').replace(/\r\n$/u, ''), 'latin1');
  return [name, { bytes, ...(type === undefined ? {} : { type }) }];
}
