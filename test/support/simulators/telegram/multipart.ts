/** Reads multipart/form-data (RFC 7578): fields, and files with their names and types. */
export interface FormPart {
  readonly field: string;
  /** Of a file. */
  readonly name: string | undefined;
  readonly type: string | undefined;
  readonly bytes: Buffer;
}

/** Undefined where it is none. */
export function formParts(contentType: string, body: Buffer): readonly FormPart[] | undefined {
  const boundary = /boundary="?([^";]+)"?/iu.exec(contentType)?.[1];
  if (boundary === undefined) return undefined;
  const parts: FormPart[] = [];
  const line = Buffer.from(`--${boundary}`);
  let from = body.indexOf(line);
  while (from >= 0) {
    const begin = from + line.length;
    if (body.toString('latin1', begin, begin + 2) === '--') return parts;
    const end = body.indexOf(Buffer.concat([Buffer.from('\r\n'), line]), begin);
    const part = end < 0 ? undefined : partOf(body.subarray(begin + 2, end));
    if (part === undefined) return undefined;
    parts.push(part);
    from = end + 2;
  }
  return undefined;
}

function partOf(bytes: Buffer): FormPart | undefined {
  const blank = bytes.indexOf('\r\n\r\n');
  if (blank < 0) return undefined;
  const head = bytes.toString('utf8', 0, blank);
  const field = /^content-disposition:[^\r\n]*[; ]name="([^"]*)"/imu.exec(head)?.[1];
  if (field === undefined) return undefined;
  const name = /[; ]filename="([^"]*)"/iu.exec(head)?.[1];
  const type = /^content-type:\s*([^\r\n]+)/imu.exec(head)?.[1];
  return { field, name, type, bytes: bytes.subarray(blank + 4) };
}
