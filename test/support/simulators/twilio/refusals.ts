/** What Twilio refuses of a request to send, with its codes (twilio.com/docs/api/errors). */
export interface Refusal {
  readonly status: number;
  readonly code: number;
  readonly message: string;
}

export interface Account {
  readonly sid: string;
  /** In E.164: whose messages it sends and receives. */
  readonly numbers: readonly string[];
  readonly messagingServices: readonly string[];
  /** Who wrote STOP, and to which number. */
  readonly optedOut: ReadonlySet<string>;
}

const E164 = /^\+[1-9]\d{6,14}$/u;
const CHANNEL = /^(?:whatsapp|rcs|messenger):.+$/u;

/** "Create a Message", request body parameters; others are refused here, so that a slip shows. */
const known = new Set([
  ...['To', 'From', 'MessagingServiceSid', 'Body', 'MediaUrl', 'StatusCallback', 'ValidityPeriod', 'SmartEncoded'],
  ...['ApplicationSid', 'ProvideFeedback', 'Attempt', 'ContentRetention', 'AddressRetention', 'PersistentAction'],
  ...['ScheduleType', 'SendAt', 'SendAsMms', 'ContentSid', 'ContentVariables', 'ShortenUrls', 'RiskCheck'],
]);

export function pairKey(person: string, line: string): string {
  return `${person} ${line}`;
}

function bad(code: number, message: string, status = 400): Refusal {
  return { status, code, message };
}

type Rule = (form: URLSearchParams, account: Account) => Refusal | undefined;

const rules: readonly Rule[] = [
  (form) => {
    const unknown = [...form.keys()].find((key) => !known.has(key));
    return unknown === undefined ? undefined : bad(20001, `Unknown parameter ${unknown}`);
  },
  (form) => (form.get('To') === null ? bad(21604, "A 'To' phone number is required.") : undefined),
  (form) => {
    const to = form.get('To') ?? '';
    return E164.test(to) || CHANNEL.test(to) ? undefined : bad(21211, `Invalid 'To' Phone Number: ${to}`);
  },
  (form) =>
    form.get('From') === null && form.get('MessagingServiceSid') === null
      ? bad(21603, "A 'From' phone number is required.")
      : undefined,
  (form, { numbers }) => {
    const from = form.get('From');
    return from === null || numbers.includes(from) ? undefined : bad(21659, `${from} is not a Twilio phone number`);
  },
  (form, { messagingServices }) => {
    const service = form.get('MessagingServiceSid');
    return service === null || messagingServices.includes(service)
      ? undefined
      : bad(21701, 'The Messaging Service does not exist');
  },
  (form) => (form.get('To') === form.get('From') ? bad(21266, "'To' and 'From' number cannot be the same") : undefined),
  (form) =>
    (form.get('Body') ?? '') === '' && form.get('MediaUrl') === null
      ? bad(21602, 'Message body is required.')
      : undefined,
  (form) =>
    (form.get('Body') ?? '').length > 1_600
      ? bad(21617, 'The concatenated message body exceeds the 1600 character limit')
      : undefined,
  (form) =>
    form.getAll('MediaUrl').length > 10 ? bad(21623, 'Number of media files exceeds allowed limit') : undefined,
  (form) => (form.getAll('MediaUrl').every(isWebAddress) ? undefined : bad(21620, 'Invalid media URL(s)')),
  (form) => {
    const url = form.get('StatusCallback');
    return url === null || isWebAddress(url) ? undefined : bad(21609, 'Invalid StatusCallback');
  },
  (form, { optedOut }) =>
    optedOut.has(pairKey(form.get('To') ?? '', form.get('From') ?? ''))
      ? bad(21610, 'Attempt to send to unsubscribed recipient')
      : undefined,
];

function isWebAddress(url: string): boolean {
  return URL.canParse(url) && /^https?:$/u.test(new URL(url).protocol);
}

export function refusalOf(form: URLSearchParams, account: Account): Refusal | undefined {
  for (const rule of rules) {
    const refusal = rule(form, account);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}
