"""A customer at an XMPP client that is not ours (slixmpp, on expat): does what it is told on stdin, says what it hears.

Arguments: host port jid password. A command is a line of JSON with "do"; what it hears is a line of JSON with "heard".
"""
import asyncio
import json
import logging
import pathlib
import sys
import threading
import urllib.request
import xml.etree.ElementTree as ET

import slixmpp

logging.disable(logging.CRITICAL)
HOST, PORT, JID, PASSWORD = sys.argv[1:5]
PLUGINS = [
    'xep_0030', 'xep_0045', 'xep_0054', 'xep_0066', 'xep_0085', 'xep_0115', 'xep_0184', 'xep_0199', 'xep_0308',
    'xep_0333', 'xep_0359', 'xep_0363', 'xep_0424', 'xep_0428', 'xep_0444',
]


def say(heard, **fields):
    print(json.dumps({'heard': heard, **fields}), flush=True)


class Customer(slixmpp.ClientXMPP):
    def __init__(self):
        super().__init__(JID, PASSWORD)
        for plugin in PLUGINS:
            self.register_plugin(plugin)
        self['xep_0184'].auto_request = True
        self['xep_0184'].auto_ack = True
        self.auto_authorize = True
        self.auto_subscribe = True
        self.add_event_handler('session_start', self.started)
        self.add_event_handler('message', self.message)
        self.add_event_handler('groupchat_message', lambda m: self.words('groupchat', m))
        self.add_event_handler('message_error', lambda m: say('error', id=m['id'], condition=m['error']['condition']))
        self.add_event_handler('receipt_received', lambda m: say('receipt', id=m['receipt']))
        self.add_event_handler('marker_displayed', lambda m: say('displayed', id=m['displayed']['id']))
        self.add_event_handler('chatstate_composing', lambda m: say('composing', sender=str(m['from'])))
        self.add_event_handler('reactions', self.reacted)
        self.add_event_handler('message_retract', lambda m: say('retracted', id=m['apply_to']['id']))
        self.add_event_handler('message_correction', lambda m: say('corrected', id=m['replace']['id'], body=m['body']))
        self.add_event_handler('changed_status', self.saw)
        self.add_event_handler('presence_subscribed', lambda p: say('subscribed', sender=str(p['from'])))

    async def started(self, _event):
        self.send_presence()
        await self.get_roster()
        say('ready')

    def message(self, message):
        if message['type'] in ('chat', 'normal'):
            self.words('chat', message)

    def words(self, heard, message):
        if not message['body']:
            return
        if heard == 'groupchat' and message['replace']['id']:
            return
        reply = message.xml.find('{urn:xmpp:reply:0}reply')
        say(
            heard,
            id=message['id'],
            sender=str(message['from']),
            body=message['body'],
            url=message['oob']['url'] or '',
            replace=message['replace']['id'] or '',
            reply='' if reply is None else reply.get('id'),
            stanza=message['stanza_id']['id'] or '',
        )

    def reacted(self, message):
        reactions = message['reactions']
        say('reactions', id=reactions['id'], values=sorted(reactions['values']))

    def saw(self, presence):
        ver = presence['caps']['ver']
        say('presence', sender=str(presence['from']), show=presence['type'], status=presence['status'], ver=ver)

    def raw(self, to, kind, payload):
        message = self.make_message(mto=to, mtype=kind)
        message['id'] = self.new_id()
        for element in ET.fromstring('<all>' + payload + '</all>'):
            message.append(element)
        message.send()
        return message['id']

    async def do(self, command):
        what, to = command['do'], command.get('to', '')
        if what == 'say':
            message = self.make_message(mto=to, mbody=command['text'], mtype='chat')
            message.enable('markable')
            message['chat_state'] = 'active'
            message.send()
            say('said', id=message['id'], text=command['text'])
        elif what == 'correct':
            message = self.make_message(mto=to, mbody=command['text'], mtype='chat')
            message['replace']['id'] = command['id']
            message.send()
        elif what == 'retract':
            self['xep_0424'].send_retraction(slixmpp.JID(to), command['id'], include_fallback=True)
        elif what == 'react':
            self['xep_0444'].send_reactions(slixmpp.JID(to), command['id'], set(command['values']))
        elif what == 'displayed':
            self['xep_0333'].send_marker(slixmpp.JID(to), command['id'], 'displayed')
        elif what == 'compose':
            message = self.make_message(mto=to, mtype='chat')
            message['chat_state'] = 'composing'
            message.send()
        elif what == 'raw':
            say('said', id=self.raw(to, 'chat', command['payload']), text='')
        elif what == 'show':
            if command['show'] == 'unavailable':
                self.send_presence(ptype='unavailable', pstatus=command.get('status'))
            else:
                self.send_presence(pshow=command['show'] or None, pstatus=command.get('status'))
        elif what == 'subscribe':
            self.send_presence_subscription(pto=to, ptype='subscribe')
        elif what == 'unsubscribe':
            self.send_presence_subscription(pto=to, ptype='unsubscribe')
        elif what == 'join':
            self['xep_0045'].join_muc(to, command['nick'])
        elif what == 'groupsay':
            self.send_message(mto=to, mbody=command['text'], mtype='groupchat')
        elif what == 'invite':
            self['xep_0045'].invite(command['room'], to, reason='join us')
        elif what == 'upload':
            await self.upload(command)
        elif what == 'ask':
            await self.ask(to)

    async def upload(self, command):
        data = bytes.fromhex(command['hex'])
        service = slixmpp.JID(command['service'])
        slot = await self['xep_0363'].request_slot(service, pathlib.Path(command['name']), len(data), command['type'])
        put, get = slot['http_upload_slot']['put'], slot['http_upload_slot']['get']['url']
        headers = {header['name']: header['value'] for header in put['headers']}
        headers['Content-Type'] = command['type']
        request = urllib.request.Request(put['url'], data=data, headers=headers, method='PUT')
        await asyncio.get_event_loop().run_in_executor(None, urllib.request.urlopen, request)
        message = self.make_message(mto=command['to'], mbody=get, mtype='chat')
        message['oob']['url'] = get
        message.send()
        say('uploaded', url=get)

    async def ask(self, to):
        info = await self['xep_0030'].get_info(jid=to)
        card = await self['xep_0054'].get_vcard(to)
        await self['xep_0199'].send_ping(to)
        verstring = self['xep_0115'].generate_verstring(info['disco_info'], 'sha-1')
        say('asked', features=sorted(info['disco_info']['features']), name=card['vcard_temp']['FN'], ver=verstring)


async def obey(customer, line):
    try:
        await customer.do(json.loads(line))
    except Exception as error:  # told, so that the test shows it
        say('failed', what=line.strip()[:200], why=repr(error))


customer = Customer()
customer.connect((HOST, int(PORT)), disable_starttls=True)
customer['feature_mechanisms'].unencrypted_plain = True
loop = asyncio.get_event_loop()


def read_commands():
    """In a thread of its own; one command after the other."""
    for line in sys.stdin:
        asyncio.run_coroutine_threadsafe(obey(customer, line), loop).result()
    loop.call_soon_threadsafe(loop.stop)


threading.Thread(target=read_commands, daemon=True).start()
loop.run_forever()
