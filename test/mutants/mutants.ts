/** Faults that somebody could build in one day without noticing. The simulation, or the test that is named, must find each. */

export interface Edit {
  readonly file: string;
  /** Text that stands there exactly once. */
  readonly from: string;
  readonly to: string;
}

export interface Mutant {
  readonly name: string;
  readonly edits: readonly Edit[];
  /** A test file that finds it; left out, the simulation does. */
  readonly foundBy?: string;
}

const receive = 'src/matrix/receive.ts';
const send = 'src/bridge/outbound/send.ts';

const inSimulation: readonly Mutant[] = [
  {
    name: 'ack before commit',
    edits: [
      {
        file: receive,
        from: 'const captured = await record(',
        to: 'const captured = record(',
      },
      {
        file: receive,
        from: 'options.captured?.(captured);',
        to: 'captured.catch(() => undefined);',
      },
    ],
  },
  {
    name: 'random txnId',
    edits: [
      {
        file: 'src/matrix/transaction-id.ts',
        from: "import { createHash } from 'node:crypto';",
        to: "import { createHash, randomBytes } from 'node:crypto';",
      },
      {
        file: 'src/matrix/transaction-id.ts',
        from: 'return base32(hash.digest());',
        to: 'return base32(randomBytes(32));',
      },
    ],
  },
  {
    name: 'dedup by transaction id',
    edits: [
      {
        file: receive,
        from: '  return async (brought) => {\n',
        to: '  const taken = new Set();\n  return async (brought) => {\n    if (taken.has(brought.id)) return { status: 200, body: {} };\n    taken.add(brought.id);\n',
      },
    ],
  },
  {
    name: 'task decided by the stream it came from',
    edits: [
      {
        file: 'src/bridge/planner.ts',
        from: "  const staff = entry.direction === 'outbound' &&",
        to: "  const archived = Buffer.from(entry.raw ?? []).includes('\"age\":70');\n  const staff = !archived && entry.direction === 'outbound' &&",
      },
    ],
  },
  {
    name: 'task deleted before outcome',
    edits: [
      {
        file: 'src/tasks/turn-player.ts',
        from: 'return await committer.commit(ended.entries, ended.also);',
        to: 'await committer.commit([], ended.also);\n      return await committer.commit(ended.entries, {});',
      },
    ],
  },
  {
    name: 'lane order ignored',
    edits: [
      {
        file: 'src/journal/append/follow.ts',
        from: 'kind: draft.kind, lane: draft.lane, position };',
        to: 'kind: draft.kind, lane: lane("out", `${String(position)}/${draft.kind}`), position };',
      },
      { file: 'src/journal/append/follow.ts', from: 'lanes.add(draft.lane)', to: 'lanes.add(task.lane)' },
    ],
  },
  {
    name: 'an unclear send is sent again',
    edits: [
      {
        file: send,
        from: "if (message.state === 'attempting') return this.#settleBroken",
        to: "if (message.state === 'read') return this.#settleBroken",
      },
    ],
  },
  {
    name: 'no look for the echo after a crash',
    edits: [
      {
        file: 'src/bridge/inbound/speak.ts',
        from: 'const before = look ? await homeserver.findEcho(at) : ok(undefined);',
        to: 'const before = ok(undefined);',
      },
    ],
  },
  {
    name: 'an unsure look-alike is dropped as a duplicate',
    edits: [
      {
        file: 'src/journal/append/recognise.ts',
        from: "{ is: 'new', possibleDuplicateOf: alike.position }",
        to: "{ is: 'duplicate', of: alike.position }",
      },
    ],
  },
  {
    name: 'a room is made again without a look',
    edits: [
      {
        file: 'src/bridge/portals/portal-room.ts',
        from: 'const look = opening.look ||',
        to: 'const look = opening.look && asked.get(opening.portal.portal) === undefined &&',
      },
    ],
  },
  {
    name: 'what stood first after a crash does not look whether it was done',
    edits: [
      {
        file: 'src/tasks/begun-before.ts',
        from: 'position <= all || begun.has(id)',
        to: 'position <= all && begun.has(id)',
      },
    ],
  },
  {
    name: 'what was tried before is not judged again',
    edits: [
      {
        file: send,
        from: 'const passage = await this.#mayPass(message, saying.judged);',
        to: 'const passage = message.attempts > 0 ? UNJUDGED : await this.#mayPass(message, saying.judged);',
      },
    ],
  },
  {
    name: 'an approval brings back what was deleted',
    edits: [
      {
        file: 'src/bridge/messages/policy-moves.ts',
        from: "return state === 'quarantined' && changed === verdict;",
        to: "return state === 'withdrawn' || (state === 'quarantined' && changed === verdict);",
      },
    ],
  },
  {
    name: 'what is stopped keeps its place in the lane',
    edits: [
      {
        file: send,
        from: 'if (now === undefined || !isOpen(now)) return DONE;',
        to: "if (now === undefined || !isOpen(now)) return passage.may === 'not-now' ? askAgain(1_000, this.#deps.clock) : DONE;",
      },
      {
        file: send,
        from: 'if (found === undefined || !isOpen(found.message)) return DONE;',
        to: "if (found?.message.state === 'quarantined') return askAgain(1_000, this.#deps.clock);\n    if (found === undefined || !isOpen(found.message)) return DONE;",
      },
    ],
  },
  {
    name: 'an approval is on record and nothing follows',
    edits: [
      {
        file: 'src/bridge/planner.ts',
        from: "return message.state === 'waiting' ? [send(message.portal), mark(message.portal)] : [mark(message.portal)];",
        to: 'return [mark(message.portal)];',
      },
    ],
  },
];

/** What nobody could undo: each is found by the test that promises the opposite. */
const ofRetention: readonly Mutant[] = [
  {
    name: 'a key goes before the record says so',
    foundBy: 'test/contract/journal/erase.test.ts',
    edits: [
      {
        file: 'src/journal/keys/erase-keys.ts',
        from: '!== undefined) named.push(position)',
        to: '!== 0) named.push(position)',
      },
    ],
  },
  {
    name: 'search tokens stay in the index',
    foundBy: 'test/contract/journal/erase.test.ts',
    edits: [{ file: 'src/journal/append/erase-entries.ts', from: 'if (whole) await', to: 'if (!whole) await' }],
  },
  {
    name: 'what must stay is erased all the same',
    foundBy: 'test/contract/journal/erase.test.ts',
    edits: [
      {
        file: 'src/journal/append/erase-entries.ts',
        from: 'if (!leftOut.has(one.position) &&',
        to: 'if (leftOut.has(one.position) &&',
      },
    ],
  },
  {
    name: 'keys go before the files that they name',
    foundBy: 'test/integration/retention/erase-task.test.ts',
    edits: [
      {
        file: 'src/retention/erase/erase-task.ts',
        from: '  for (let at = 0; at < positions.length; at += PAGE) {',
        to: '  await journal.eraseKeys(positions);\n  for (let at = 0; at < positions.length; at += PAGE) {',
      },
    ],
  },
  {
    name: 'a person of whom nothing is left is not forgotten',
    foundBy: 'test/contract/retention/rebuild-after-erasing.test.ts',
    edits: [
      {
        file: 'src/bridge/contacts/contact-store.ts',
        from: '    await writing.run(dropAddresses, { contact });\n',
        to: '',
      },
    ],
  },
  {
    name: 'the log of a database keeps what was erased',
    foundBy: 'test/integration/retention/canary.test.ts',
    edits: [{ file: 'src/storage/sqlite.ts', from: 'wal_checkpoint(TRUNCATE)', to: 'wal_checkpoint(PASSIVE)' }],
  },
  {
    name: 'the transaction that erases does not ask whether it may still',
    foundBy: 'test/integration/retention/run.test.ts',
    edits: [
      {
        file: 'src/retention/run/projections.ts',
        from: 'erasingSpokenOf(receiptOf), erasingUnlessDisarmed]',
        to: 'erasingSpokenOf(receiptOf), ...[erasingUnlessDisarmed].slice(1)]',
      },
    ],
  },
  {
    name: 'a class that ended counts no more',
    foundBy: 'test/unit/retention/classes/term.test.ts',
    edits: [
      {
        file: 'src/retention/classes/term.ts',
        from: 'if (ended !== undefined && ended <= facts.position) continue;',
        to: 'if (ended !== undefined) continue;',
      },
    ],
  },
  {
    name: 'a clock that was set is believed',
    foundBy: 'test/integration/retention/run.test.ts',
    edits: [
      {
        file: 'src/retention/run/run-task.ts',
        from: 'if (await isClockRefused(deps))',
        to: 'if ((await isClockRefused(deps)) && asked.position < 0)',
      },
    ],
  },
  {
    name: 'an answer that quoted it stays',
    foundBy: 'test/contract/retention/run.test.ts',
    edits: [
      {
        file: 'src/retention/run/copies-store.ts',
        from: 'return (await reading.all(selectCopies, { of })).map(',
        to: 'return (await reading.all(selectCopies, { of })).slice(0, 0).map(',
      },
    ],
  },
];

export const mutants: readonly Mutant[] = [...inSimulation, ...ofRetention];
