/** A child process that adds rows to a plain table for ever and says how many there are, until it is killed. */
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';

const [dir = '.', synchronous = 'full'] = process.argv.slice(2);
process.stdout.write(`pid ${process.pid}\n`);
const database = new Sqlite(join(dir, 'plain.db'));
database.pragma('journal_mode = wal');
database.pragma('synchronous = full');
database.exec('create table note (n integer primary key, words text)');
database.pragma('wal_checkpoint(truncate)');
process.stdout.write('made\n');
database.pragma(`synchronous = ${synchronous}`);
const add = database.prepare('insert into note (words) values (?)');
for (;;) {
  const { lastInsertRowid } = add.run('some words that fill a little space');
  process.stdout.write(`${String(lastInsertRowid)}\n`);
}
