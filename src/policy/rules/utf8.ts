const decoder = new TextDecoder('utf-8', { fatal: true });

/** The text of whole bytes, without a byte order mark; undefined where they are no UTF-8. */
export function utf8Text(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
