import { describe, expect, test } from '@jest/globals';
import { signalConfig } from '../../../../src/networks/signal/config.ts';
import { EventStream } from '../../../../src/networks/signal/event-stream.ts';
import { LineSplitter } from '../../../../src/networks/signal/line-splitter.ts';
import { maxWaiting, Requests } from '../../../../src/networks/signal/requests.ts';
import { isGroup } from '../../../../src/networks/signal/people.ts';
import { must, parseAddress } from '../../../../src/core/ids.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

describe('the place of the daemon', () => {
  test.each([
    ['tcp://127.0.0.1:7583', { by: 'tcp', host: '127.0.0.1', port: 7583 }],
    ['tcp://signal', { by: 'tcp', host: 'signal', port: 7583 }],
    ['tcp://[::1]:9', { by: 'tcp', host: '::1', port: 9 }],
    ['unix:///run/signal-cli/socket', { by: 'unix', path: '/run/signal-cli/socket' }],
    ['http://127.0.0.1:8080/', { by: 'http', origin: 'http://127.0.0.1:8080' }],
    ['https://signal.internal', { by: 'http', origin: 'https://signal.internal' }],
  ])('%s is read', (daemon, place) => {
    expect(signalConfig.parse({ daemon }).daemon).toEqual(place);
  });

  test.each([
    '',
    '127.0.0.1:7583',
    'tcp://',
    'unix://run',
    'http://a/api/v1',
    'ftp://a',
    'tcp://a:99999',
    'http://a:b@c',
  ])('"%s" is refused with what to write', (daemon) => {
    const result = signalConfig.safeParse({ daemon });
    expect(result.error?.issues[0]?.message).toMatch(/^write where signal-cli listens: tcp:/u);
  });

  test('an unknown setting is an error', () => {
    expect(signalConfig.safeParse({ daemon: 'tcp://a', adress: 'x' }).success).toBe(false);
  });
});

describe('lines', () => {
  test('come whole however they are cut', () => {
    const text = Buffer.from('{"a":1}\r\n\n{"b":"ü"}\n{"c"');
    for (let size = 1; size <= text.length; size += 1) {
      const splitter = new LineSplitter();
      const lines = [];
      for (let at = 0; at < text.length; at += size) lines.push(...splitter.push(text.subarray(at, at + size)));
      expect(lines.map(({ bytes }) => bytes.toString())).toEqual(['{"a":1}', '', '{"b":"ü"}']);
    }
  });

  test('a line without end is held no longer than allowed, and the next one is whole', () => {
    const splitter = new LineSplitter(1_000);
    const lines = [];
    for (let i = 0; i < 100; i += 1) lines.push(...splitter.push(Buffer.alloc(100, 0x61)));
    lines.push(...splitter.push(Buffer.from('\n{"next":1}\n')));
    expect(lines.map(({ cut }) => cut)).toEqual([true, false]);
    expect(lines[0]?.bytes.length).toBeLessThanOrEqual(64 * 1024);
    expect(lines[1]?.bytes.toString()).toBe('{"next":1}');
  });
});

describe('an event stream', () => {
  test('has ids, types and data; comments and empty events are nothing', () => {
    const stream = new EventStream();
    const events = stream.push(
      Buffer.from(':\n\nid:5-1\nevent:receive\ndata:{"a":\ndata: 1}\n\nevent:receive\n\ndata\n\n'),
    );
    expect(events.map(({ data, ...rest }) => ({ ...rest, data: data.toString() }))).toEqual([
      { id: '5-1', type: 'receive', cut: false, data: '{"a":\n1}' },
      { id: undefined, type: 'message', cut: false, data: '' },
    ]);
  });
});

describe('requests', () => {
  test('end with their answer, with the time, or with the connection', async () => {
    const clock = new ManualClock();
    const requests = new Requests(clock);
    const written: string[] = [];
    const write = (line: string): boolean => written.push(line) > 0;
    const ask = () => requests.ask({ method: 'version', params: {}, timeoutMs: 1_000, write });
    const [first, second, third] = [ask(), ask(), ask()];
    expect(requests.take({ jsonrpc: '2.0', result: { version: '0.14' }, id: '1' })).toBe(true);
    expect(requests.take({ jsonrpc: '2.0', error: { code: -1, message: 'no', data: null }, id: 2 })).toBe(true);
    expect(requests.take({ jsonrpc: '2.0', method: 'receive', params: {} })).toBe(false);
    await expect(first).resolves.toEqual({ kind: 'result', value: { version: '0.14' } });
    await expect(second).resolves.toMatchObject({ kind: 'error', code: -1 });
    clock.advance(1_000);
    await expect(third).resolves.toMatchObject({ kind: 'unclear' });
    const fourth = ask();
    requests.close();
    await expect(fourth).resolves.toMatchObject({ kind: 'unclear' });
    await expect(ask()).resolves.toMatchObject({ kind: 'unsent' });
  });

  test('more than may wait are never written', async () => {
    const requests = new Requests(new ManualClock());
    let written = 0;
    const write = (): boolean => (written += 1) > 0;
    const waiting = Array.from({ length: maxWaiting }, () =>
      requests.ask({ method: 'm', params: {}, timeoutMs: 1_000, write }),
    );
    await expect(requests.ask({ method: 'm', params: {}, timeoutMs: 1_000, write })).resolves.toMatchObject({
      kind: 'unsent',
    });
    expect(written).toBe(maxWaiting);
    requests.close();
    await Promise.all(waiting);
  });
});

test.each([
  ['Pmpi+EfPWmsxiomLe9Nx2XF9HOE483p6iKiFj65iMwI=', true],
  ['AAAAAAAAAAAAAAAAAAAAAA==', true],
  ['+12025550199', false],
  ['00000002-1111-4111-8111-111111111111', false],
])('%s is a group: %s', (address, expected) => {
  expect(isGroup(must(parseAddress(address)))).toBe(expected);
});
