/** Command ids of SMPP 3.4 (section 5.1.2.1). A response is its request's id with the top bit set. */
export const commandIds = {
  bind_receiver: 0x00000001,
  bind_transmitter: 0x00000002,
  query_sm: 0x00000003,
  submit_sm: 0x00000004,
  deliver_sm: 0x00000005,
  unbind: 0x00000006,
  bind_transceiver: 0x00000009,
  outbind: 0x0000000b,
  enquire_link: 0x00000015,
  data_sm: 0x00000103,
  generic_nack: 0x80000000,
  bind_receiver_resp: 0x80000001,
  bind_transmitter_resp: 0x80000002,
  query_sm_resp: 0x80000003,
  submit_sm_resp: 0x80000004,
  deliver_sm_resp: 0x80000005,
  unbind_resp: 0x80000006,
  bind_transceiver_resp: 0x80000009,
  enquire_link_resp: 0x80000015,
  data_sm_resp: 0x80000103,
} as const;

export type Command = keyof typeof commandIds;

const names = new Map<number, Command>();
for (const [name, id] of Object.entries(commandIds)) {
  if (isCommand(name)) names.set(id, name);
}

function isCommand(name: string): name is Command {
  return Object.hasOwn(commandIds, name);
}

/** The command of an id; undefined for one that we don't speak. */
export function commandOf(id: number): Command | undefined {
  return names.get(id);
}

/** Whether an id, known or not, is that of an answer: answers are never answered. */
export function isResponseId(id: number): boolean {
  return id >= 0x80000000;
}
