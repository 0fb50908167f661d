/** Telegram's times: seconds since 1970 (Bot API, "Message", `date`). */
import { noMillis, parseMillis, type Millis } from '../../core/ids.ts';

export function timeOf(seconds: number): Millis {
  const parsed = parseMillis(seconds * 1_000);
  return parsed.ok ? parsed.value : noMillis;
}
