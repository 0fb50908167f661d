/** The writer thread's side: takes appends from a port, one commit after another. */
import type { MessagePort } from 'node:worker_threads';
import { systemClock } from '../../core/clock.ts';
import { JournalDown } from '../../core/ports/recorder.ts';
import { DatabaseDown } from '../../storage/database.ts';
import { AppendRefused } from '../append-refused.ts';
import { eraseKeys, scrubBoth } from '../keys/erase-keys.ts';
import { openWriter, type OpenWriter, type Place, type WriterParts } from '../open-writer.ts';
import { toWriter, type FailureName, type FromWriter, type ToWriter } from './protocol.ts';

/** Serves until told to close; the thread then has nothing left to do and ends. Called by `writer.ts`. */
export function serveWriter(port: MessagePort, parts: WriterParts): void {
  let writer: OpenWriter | undefined;
  const answer = (message: FromWriter): void => {
    port.postMessage(message);
  };
  const open = async (place: Place): Promise<void> => {
    try {
      writer = await openWriter(place, parts, {
        clock: systemClock,
        committed: (committed) => {
          answer({ type: 'committed', committed });
        },
      });
      answer({ type: 'opened' });
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error('the journal could not be opened');
      answer({ type: 'not-opened', name, message });
    }
  };
  const close = async (): Promise<void> => {
    await writer?.[Symbol.asyncDispose]();
    answer({ type: 'closed' });
    port.close();
  };
  const handle = async (message: ToWriter): Promise<void> => {
    if (message.type === 'open') await open(message.place);
    else if (message.type === 'close') await close();
    else if (message.type !== 'append') await serveErasing(message, writer, answer);
    else await Promise.all(message.appends.map((append) => serveAppend(append, writer, answer)));
  };
  port.on('message', (message: unknown) => {
    handle(toWriter.parse(message)).catch(die);
  });
}

type Append = (ToWriter & { type: 'append' })['appends'][number];

async function serveAppend(
  { id, drafts, also }: Append,
  writer: OpenWriter | undefined,
  answer: (message: FromWriter) => void,
): Promise<void> {
  try {
    answer({ type: 'appended', id, appended: await opened(writer).core.append(drafts, also) });
  } catch (error) {
    refuse(id, error, answer);
  }
}

async function serveErasing(
  message: ToWriter & { type: 'erase-keys' | 'scrub' },
  writer: OpenWriter | undefined,
  answer: (message: FromWriter) => void,
): Promise<void> {
  const { id } = message;
  try {
    const at = opened(writer);
    if (message.type === 'erase-keys') await eraseKeys(message.positions, at);
    answer({ type: 'erased', id, whole: message.type === 'scrub' && (await scrubBoth(at)) });
  } catch (error) {
    refuse(id, error, answer);
  }
}

function opened(writer: OpenWriter | undefined): OpenWriter {
  if (writer === undefined) throw new JournalDown('the journal is not open');
  return writer;
}

function refuse(id: number, error: unknown, answer: (message: FromWriter) => void): void {
  const message = error instanceof Error ? error.message : 'the journal failed in an unknown way';
  answer({ type: 'refused', id, name: nameOf(error), message });
  if (isFatal(error)) answer({ type: 'broken', message });
}

/** Nothing that is written after a failed fsync proves anything: only a new process may try. */
function isFatal(error: unknown): boolean {
  return error instanceof JournalDown && error.cause instanceof DatabaseDown && error.cause.fatal;
}

function nameOf(error: unknown): FailureName {
  if (error instanceof JournalDown) return 'JournalDown';
  return error instanceof AppendRefused ? 'AppendRefused' : 'Error';
}

/** A lost invariant ends the thread: the main thread sees it and turns everything away. */
function die(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}
