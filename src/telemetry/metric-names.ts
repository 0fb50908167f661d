/**
 * Every metric there is: the name that the code says, what it means, its labels. Prometheus sees it with the prefix
 * `gatehouse_`, and counters with the suffix `_total`. Labels are few and take few values: never a person or a room.
 */
export type MetricKind = 'counter' | 'gauge' | 'seconds';

export interface MetricRow {
  readonly kind: MetricKind;
  readonly help: string;
  readonly labels: readonly string[];
}

function row(kind: MetricKind, help: string, ...labels: string[]): MetricRow {
  return { kind, help, labels };
}

export const metricNames: Readonly<Record<string, MetricRow>> = {
  task_turns: row('counter', 'Turns of tasks by how they ended', 'kind', 'outcome'),
  task_turn_seconds: row('seconds', 'Time from the start of a turn until its outcome is on record', 'kind'),
  lanes_running: row('gauge', 'Lanes whose first task runs now'),
  gates_closed: row('gauge', 'Closed gates'),
  tasks_open: row('gauge', 'Tasks that are not done, by state', 'state'),
  oldest_ready_seconds: row('gauge', 'Age of the entry whose task has waited longest'),
  lanes_parked: row('gauge', 'Lanes that wait behind closed gates'),
  alarms_open: row('gauge', 'Open alarms: things that should move and stand still', 'kind'),
  capture_lag_seconds: row(
    'gauge',
    'How late events of the last two minutes came on record: 95 of 100, and the worst',
    'of',
  ),
  clock_off_seconds: row(
    'gauge',
    'By how much the clock of the computer was set and not set back; 0 while it is trusted',
  ),
  commits: row('counter', 'Commits of the record; entries by commits is how many share one'),
  entries: row('counter', 'Entries put on record'),
  commit_seconds: row('seconds', 'Time from asking for an append until it was on disk'),
  record_entries: row('gauge', 'Entries on record'),
  record_unsigned: row('gauge', 'Entries that no published checkpoint covers yet'),
  file_bytes: row('gauge', 'Size of a database file or of its log (SQLite only)', 'file'),
  disk_free_bytes: row('gauge', 'Room on the disk that the data lie on'),
  disk_bytes: row('gauge', 'Size of that disk'),
  homeserver_up: row('gauge', '1 while the homeserver answers and reaches both appservices'),
  connector_up: row('gauge', '1 while a connector is connected', 'connector'),
  connector_connects: row('counter', 'Times a connector connected: more than one is a reconnect', 'connector'),
  gaps_open: row('gauge', 'Gaps that were found and are not repaired yet'),
  gap_look_time_seconds: row('gauge', 'When the homeserver was last compared with the record, all of it (Unix time)'),
  job_runs: row('counter', 'Runs of scheduled jobs by how they ended', 'job', 'outcome'),
  job_seconds: row('seconds', 'Time a scheduled job took', 'job'),
  webhook_requests: row('counter', 'Requests at the webhooks listener by their answer', 'connector', 'status'),
  matrix_front_refused: row('counter', 'Requests of the homeserver that were refused', 'service', 'caller'),
  matrix_events: row('counter', 'Events received from the homeserver and put on record', 'service'),
  matrix_transaction_seconds: row('seconds', 'Time until a transaction was on record and answered', 'service'),
  presend_asked: row('counter', 'Questions of Synapse before something exists, by the answer', 'callback', 'answer'),
  presend_seconds: row('seconds', 'Time until such a question was answered', 'answer'),
  presend_unjudged: row('counter', 'Such questions that could not be judged, by why', 'why'),
  gaps_found: row('counter', 'Rooms in which the homeserver had events that it did not bring', 'by'),
  gap_events: row(
    'counter',
    'Such events that were fetched and recorded, by whether their content was still there',
    'readable',
  ),
  gap_look_seconds: row('seconds', 'Time that one look for gaps took', 'by'),
  walked_back_events: row('counter', 'Events from before Gatehouse that were recorded'),
  received: row('counter', 'Messages received from networks', 'connector'),
  files: row('counter', 'Files of messages, by what became of them', 'outcome'),
  files_scanned: row('counter', 'Files that the scanner for malware was asked about, by what it said', 'result'),
  delivered: row('counter', 'Messages shown in their rooms', 'network'),
  sent: row('counter', 'Messages given to networks, by the answer', 'line', 'state'),
  late: row('counter', 'Messages that came too late to be sent', 'line'),
  policy_scan_seconds: row('seconds', 'Time until a message was judged, or the text of a file was read', 'of'),
  policy_scan_failed: row('counter', 'Messages that the engine could not judge: the rules say what is done', 'why'),
  policy_rules: row('gauge', 'Rules that are in force and enabled'),
  policy_quarantined: row('gauge', 'Messages that wait for an officer'),
  policy_quarantined_oldest_seconds: row('gauge', 'How long the oldest of them has waited'),
  policy_day_messages: row('gauge', 'Messages of the last 24 hours that could not be read, or not be judged', 'what'),
  policy_queue: row('gauge', 'Messages that wait to be judged'),
  policy_files_queue: row('gauge', 'Files whose text waits to be read'),
  policy_unreadable: row('gauge', 'Rooms that are encrypted, and messages in them that nobody could check', 'what'),
  policy_crossed_rooms: row('gauge', 'Rooms in which people are whom a barrier keeps apart'),
  presend_asked_time_seconds: row('gauge', 'When Synapse last asked before something exists (Unix time)'),
  smpp_bound: row('gauge', 'SMPP sessions that are bound', 'connector'),
  telegram_throttled: row('counter', 'Times Telegram asked to slow down', 'connector'),
  smpp_throttled: row('counter', 'Times the carrier asked to slow down', 'connector'),
};
