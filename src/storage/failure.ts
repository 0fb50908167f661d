/** What an error of either database means for us: try again later, never again, or a bug of ours. */
import { z } from 'zod';
import { DatabaseDown } from './database.ts';

const coded = z.object({ code: z.string() });

const spaceWords = 'the disk that holds the database is full: free some space, then it goes on by itself';
const ioWords = 'the disk did not store what was written (I/O error): check the disk, then start again';

/**
 * SQLite result codes (sqlite.org/rescode.html). After a failed fsync the kernel may have dropped the dirty pages, so a
 * second try that succeeds proves nothing: fatal. A full disk is told by the write itself and can be tried again.
 */
export function sqliteFailure(error: unknown): DatabaseDown | undefined {
  const code = codeOf(error);
  if (code === undefined) return undefined;
  if (code === 'SQLITE_FULL') return new DatabaseDown(spaceWords, { fatal: false, cause: error });
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new DatabaseDown('another process is writing to the database', { fatal: false, cause: error });
  }
  if (code.startsWith('SQLITE_IOERR')) return new DatabaseDown(ioWords, { fatal: true, cause: error });
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') {
    return new DatabaseDown('the database file is damaged: restore a backup', { fatal: true, cause: error });
  }
  if (code.startsWith('SQLITE_CANTOPEN') || code.startsWith('SQLITE_READONLY')) {
    return new DatabaseDown('the database file cannot be opened for writing: check folder and permissions', {
      fatal: false,
      cause: error,
    });
  }
  return undefined;
}

/** Errors of the socket (node:net) and of the server (PostgreSQL appendix A) after which the connection is useless. */
export function postgresFailure(error: unknown): DatabaseDown | undefined {
  const code = codeOf(error);
  if (code === '53100') return new DatabaseDown(spaceWords, { fatal: false, cause: error });
  if (code === '58030') return new DatabaseDown(ioWords, { fatal: true, cause: error });
  const lost = code === undefined ? lostConnection(error) : /^(08|53|57P|E[A-Z]+$|ERR_)/u.test(code);
  return lost ? new DatabaseDown('the database server cannot be reached', { fatal: false, cause: error }) : undefined;
}

function codeOf(error: unknown): string | undefined {
  const parsed = coded.safeParse(error);
  return parsed.success ? parsed.data.code : undefined;
}

/** `pg` gives no code for these. */
function lostConnection(error: unknown): boolean {
  const parsed = z.object({ message: z.string() }).safeParse(error);
  return parsed.success && /connection terminated|not queryable|timeout exceeded/iu.test(parsed.data.message);
}
