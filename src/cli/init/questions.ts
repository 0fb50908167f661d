/** What `init` has to know, how it asks, and what it takes for an answer. */
import { parsePhoneNumberFromString } from 'libphonenumber-js';
import { parseUserId } from '../../core/ids.ts';

export interface Question {
  /** Name of the flag and of the answer. */
  readonly name: AnswerName;
  readonly ask: string;
  readonly flag: string;
  readonly help: string;
  /** Taken when nothing is answered; a question without one must be answered. `''` leaves it out. */
  readonly suggestion?: (answers: Answers) => string;
  /** What is typed is not shown. */
  readonly hidden?: boolean;
  /** Asked only where it makes sense. */
  readonly when?: (answers: Answers) => boolean;
  /** What is wrong with an answer, in words; undefined when nothing is. */
  readonly wrong?: (answer: string, answers: Answers) => string | undefined;
}

export type AnswerName =
  | 'domain'
  | 'homeserverUrl'
  | 'bridgeUrl'
  | 'archiveUrl'
  | 'lineNumber'
  | 'lineName'
  | 'smppHost'
  | 'smppPort'
  | 'smppSystemId'
  | 'smppPassword'
  | 'staff'
  | 'officers'
  | 'timezone';
export type Answers = Readonly<Partial<Record<AnswerName, string>>>;

const withLine = (answers: Answers): boolean => (answers.lineNumber ?? '') !== '';

export const questions: readonly Question[] = [
  {
    name: 'domain',
    ask: "Your homeserver's name (server_name in homeserver.yaml)",
    flag: '--domain <name>',
    help: 'server_name of homeserver.yaml',
    wrong: (answer) =>
      /^[a-zA-Z0-9.-]+(:\d{1,5})?$/u.test(answer) ? undefined : 'that is not a server name; acme.example would be one',
  },
  {
    name: 'homeserverUrl',
    ask: 'Where Gatehouse reaches Synapse',
    flag: '--homeserver-url <url>',
    help: "Synapse's client API, inside the firewall",
    suggestion: () => 'http://127.0.0.1:8008',
    wrong: webAddress,
  },
  {
    name: 'bridgeUrl',
    ask: 'Where Synapse reaches Gatehouse',
    flag: '--bridge-url <url>',
    help: 'where Synapse reaches the bridge listener',
    suggestion: () => 'http://127.0.0.1:9701',
    wrong: webAddress,
  },
  {
    name: 'archiveUrl',
    ask: 'The same for the archive',
    flag: '--archive-url <url>',
    help: 'where Synapse reaches the archive listener',
    suggestion: ({ bridgeUrl }) => nextPort(bridgeUrl ?? ''),
    wrong: (answer, { bridgeUrl }) => (answer === bridgeUrl ? 'it needs a port of its own' : webAddress(answer)),
  },
  {
    name: 'lineNumber',
    ask: 'Your first number, with country code (empty: later)',
    flag: '--line-number <number>',
    help: 'your first number, with country code',
    suggestion: () => '',
    wrong: (answer) =>
      parsePhoneNumberFromString(answer)?.isPossible() === true
        ? undefined
        : 'write it with + and the country code: +1 202 555 0100',
  },
  {
    name: 'lineName',
    ask: 'What staff call it',
    flag: '--line-name <name>',
    help: 'what staff call the first number',
    suggestion: () => 'Sales',
    when: withLine,
  },
  {
    name: 'smppHost',
    ask: "Your SMS carrier's SMPP host",
    flag: '--smpp-host <host>',
    help: 'the SMS carrier',
    when: withLine,
  },
  {
    name: 'smppPort',
    ask: 'Port',
    flag: '--smpp-port <port>',
    help: "the carrier's port",
    suggestion: () => '2775',
    when: withLine,
    wrong: (answer) => (/^\d{1,5}$/u.test(answer) && Number(answer) <= 65_535 ? undefined : 'a port is a number'),
  },
  {
    name: 'smppSystemId',
    ask: 'System id',
    flag: '--smpp-system-id <id>',
    help: 'your name at the carrier',
    when: withLine,
  },
  {
    name: 'smppPassword',
    ask: 'Password (empty: write it to secrets/smpp later)',
    flag: '--smpp-password-file <file>',
    help: 'file that holds the password at the carrier',
    hidden: true,
    suggestion: () => '',
    when: withLine,
  },
  {
    name: 'staff',
    ask: 'Who answers customers (@alice, @bob)',
    flag: '--staff <users>',
    help: 'who answers customers, with commas between',
    when: withLine,
    wrong: people,
  },
  {
    name: 'officers',
    ask: 'Compliance officers (empty: later)',
    flag: '--officers <users>',
    help: 'compliance officers, with commas between',
    suggestion: () => '',
    wrong: people,
  },
  {
    name: 'timezone',
    ask: 'Time zone in which they read times',
    flag: '--timezone <zone>',
    help: 'time zone of the compliance desk',
    suggestion: () => Intl.DateTimeFormat().resolvedOptions().timeZone,
    when: ({ officers }) => (officers ?? '') !== '',
    wrong: (answer) =>
      Intl.supportedValuesOf('timeZone').includes(answer) || answer === 'UTC'
        ? undefined
        : 'write a name such as America/New_York',
  },
];

function webAddress(answer: string): string | undefined {
  const scheme = URL.canParse(answer) ? new URL(answer).protocol : '';
  return scheme === 'http:' || scheme === 'https:' ? undefined : 'write it with http:// or https://';
}

function nextPort(bridgeUrl: string): string {
  const url = URL.canParse(bridgeUrl) ? new URL(bridgeUrl) : undefined;
  if (url === undefined || url.port === '') return 'http://127.0.0.1:9702';
  url.port = String(Number(url.port) + 1);
  return url.toString().replace(/\/+$/u, '');
}

function people(answer: string, { domain }: Answers): string | undefined {
  const foreign = usersOf(answer, domain ?? '').find((user) => {
    const id = parseUserId(user);
    return !id.ok || !user.endsWith(`:${domain ?? ''}`);
  });
  return foreign === undefined ? undefined : `${foreign} is not a user of ${domain ?? ''}; write @alice or alice`;
}

/** `alice, @bob, @carla:acme.example` as full ids. */
export function usersOf(answer: string, domain: string): readonly string[] {
  return answer
    .split(/[\s,]+/u)
    .filter((name) => name !== '')
    .map((name) => (name.includes(':') ? name : `${name.startsWith('@') ? name : `@${name}`}:${domain}`));
}
