/** A group is one chat, in which each member speaks. */
import { describe, expect, test } from '@jest/globals';
import { must, parseAddress, parseRemoteId, type Address } from '../../../src/core/ids.ts';
import { alice, ann, openHouse, sales, type House } from './house.ts';
import { roomOf } from './room-acts.ts';

const between = { from: ann, to: sales.address };
const carla = must(parseAddress('+12025550177'));

/** What is said in a line that `shown` gives. */
function bodyOf(line: string): string {
  return line.slice(line.indexOf(': ') + 2);
}

describe('a group', () => {
  test('is one chat in which each member speaks by a ghost of their own', async () => {
    await using house = await openHouse();
    const group = {
      id: must(parseAddress('group:7')),
      name: 'Skating',
      members: [{ address: ann }, { address: carla }],
    };
    await house.bring({ kind: 'message', id: 'g1', message: { ...between, group, text: 'Hi all', fromName: 'Ann' } });
    await house.bring({ kind: 'message', id: 'g2', message: { from: carla, to: sales.address, group, text: 'Hello' } });
    expect(house.shown(roomOf(house)).filter((line) => !line.startsWith('@gatehouse'))).toEqual([
      'Ann (SMS): Hi all',
      '+1 202 555 0177 (SMS): Hello',
    ]);
    expect(house.homeserver.rooms.get(roomOf(house))?.made.name).toBe('Skating (SMS)');
    expect(house.shown(roomOf(house)).filter((line) => line.startsWith('@gatehouse'))).toEqual([
      '@gatehouse:acme.example: This is a group on SMS. What you write here goes to +1 202 555 0199, +1 202 555 0177.',
    ]);
    await house.write(alice, roomOf(house), 'Welcome');
    expect(house.network.sent).toMatchObject([{ to: 'group:7', text: 'Welcome' }]);
  });

  const ofGroup = (...members: readonly Address[]) => ({
    id: must(parseAddress('group:7')),
    name: 'Skating',
    members: members.map((address) => ({ address })),
  });

  async function hearsFrom(house: House, ...groups: readonly ReturnType<typeof ofGroup>[]): Promise<readonly string[]> {
    for (const [at, group] of groups.entries()) {
      await house.bring({ kind: 'message', id: `g${String(at)}`, message: { ...between, group, text: 'Hi' } });
    }
    const said = house.shown(roomOf(house)).filter((line) => line.startsWith('@gatehouse'));
    return said.map(bodyOf);
  }

  test('says who came and who went once, and who gets the answer not again', async () => {
    await using house = await openHouse();
    const dora = must(parseAddress('+12025550155'));
    const said = await hearsFrom(
      house,
      ofGroup(ann, carla),
      ofGroup(carla, ann),
      ofGroup(ann, carla, dora),
      ofGroup(ann, carla, dora),
      ofGroup(),
      ofGroup(ann),
      ofGroup(ann),
    );
    expect(said).toEqual([
      'This is a group on SMS. What you write here goes to +1 202 555 0199, +1 202 555 0177.',
      '+1 202 555 0155 is in this group now.',
      '+1 202 555 0177, +1 202 555 0155 are no longer in this group.',
    ]);
  });

  test('of whose members nothing was known says them when they are, and names a dozen at most', async () => {
    await using house = await openHouse();
    const many = Array.from({ length: 52 }, (_, n) => must(parseAddress(`+120255501${String(n + 10)}`)));
    const [first, second, third] = await hearsFrom(house, ofGroup(), ofGroup(...many), ofGroup(...many.slice(0, 38)));
    expect(first).toBe('This is a group on SMS. What you write here goes to everybody in it.');
    expect(second).toMatch(/goes to (?:\+1 202 555 01\d\d, ){11}\+1 202 555 01\d\d and 40 others\.$/u);
    expect(third).toMatch(
      /^(?:\+1 202 555 01\d\d, ){11}\+1 202 555 01\d\d and 2 others are no longer in this group\.$/u,
    );
  });

  test('in which staff call a member who is there calls them on the network; whoever else is called is named', async () => {
    await using house = await openHouse();
    house.network.able = { formatting: 2, edit: 2 };
    const group = ofGroup(ann, carla);
    await house.bring({ kind: 'message', id: 'g1', message: { ...between, group, text: 'Hi all', fromName: 'Ann' } });
    const pill = (user: string, name: string) => `<a href="https://matrix.to/#/${user}:acme.example">${name}</a>`;
    const calls = (first: string) => ({
      format: 'org.matrix.custom.html',
      formatted_body:
        `${first} ${pill('@_gh_sms_12025550199', 'Ann')}, ${pill('@_gh_sms_12025550111', 'Eve')} ` +
        `and ${pill('@bob', 'Bob')}`,
    });
    const { source } = await house.write(alice, roomOf(house), 'body', calls('<b>Hi</b>'));
    const text = 'Hi Ann, Eve and Bob';
    const marks = [
      { as: 'bold', start: 0, length: 2 },
      { as: 'mention', start: 3, length: 3, address: ann },
    ];
    expect(house.network.sent).toMatchObject([{ to: 'group:7', text, marks }]);
    const replaced = { msgtype: 'm.text', body: 'body', ...calls('Hello') };
    const relation = { rel_type: 'm.replace', event_id: source.id };
    await house.write(alice, roomOf(house), '* body', { 'm.new_content': replaced, 'm.relates_to': relation });
    const edited = { text: 'Hello Ann, Eve and Bob', marks: [{ as: 'mention', start: 6, length: 3, address: ann }] };
    expect(house.network.edits).toMatchObject([edited]);
  });

  test('with topics shows below the words, or beside the picture, in which one they stand, also of what was edited', async () => {
    await using house = await openHouse();
    const group = ofGroup(ann);
    const remoteId = must(parseRemoteId('m1'));
    const said = { ...between, group, text: 'where is it?', remoteId, topic: 'Deliveries\n@room' };
    await house.bring({ kind: 'message', id: 'g1', message: said });
    await house.bring({
      kind: 'edit',
      id: 'e1',
      edit: { ...between, group, text: 'where?', target: remoteId, topic: 'Deliveries' },
    });
    const bodies = (house.homeserver.rooms.get(roomOf(house))?.events ?? []).map(({ content }) => content['body']);
    expect(bodies).toContain('where is it?\n(in Deliveries @\u2060room)');
    expect(bodies).toContain('* where?\n(in Deliveries)');
  });

  test('that moves to another address is answered there', async () => {
    await using house = await openHouse();
    const group = { id: must(parseAddress('group:7')), name: 'Skating' };
    await house.bring({ kind: 'message', id: 'g1', message: { ...between, group, text: 'Hi all' } });
    const chat = { line: sales.address, chat: group.id, movedTo: must(parseAddress('group:8')) };
    await house.bring({ kind: 'chat', id: 'moved', chat });
    await house.write(alice, roomOf(house), 'Still here');
    const later = { ...group, id: must(parseAddress('group:8')) };
    await house.bring({ kind: 'message', id: 'g2', message: { ...between, group: later, text: 'Me too' } });
    expect(house.network.sent).toMatchObject([{ to: 'group:8' }]);
    expect(house.shown(roomOf(house)).filter((line) => line.includes('Me too'))).toHaveLength(1);
  });

  test('names who has a chat of their own as that chat does, whichever of the two they write in', async () => {
    await using house = await openHouse();
    const group = { id: must(parseAddress('group:7')), name: 'Skating' };
    await house.bring({ kind: 'message', id: 'g1', message: { ...between, group, text: 'Hi', fromName: 'ann64' } });
    expect(house.homeserver.ghosts).toEqual(new Map([['@_gh_sms_12025550199:acme.example', 'ann64 (SMS)']]));
    await house.bring({ kind: 'message', id: 'm1', message: { ...between, text: 'Hi' } });
    await house.bring({ kind: 'message', id: 'g2', message: { ...between, group, text: 'Hi', fromName: 'ann64' } });
    await house.bring({ kind: 'message', id: 'm2', message: { ...between, text: 'Hi' } });
    const named = (await house.entries('ghost.made')).map(({ body }) => body.name);
    expect(named).toEqual(['ann64 (SMS)', '+1 202 555 0199 (SMS)']);
  });
});
