import { expect, test } from '@jest/globals';
import { systemClock } from '../../../src/core/clock.ts';
import { must, parseUserId } from '../../../src/core/ids.ts';
import { AdminErasing } from '../../../src/matrix/admin-erasing.ts';

const erasing = new AdminErasing({
  ...{ url: 'http://127.0.0.1:1', token: 'none', domain: 'acme.example', clock: systemClock },
});

test.each(['@alice:acme.example', '@gatehouse:acme.example', '@_gh_sms_12025550199:partner.example'])(
  '%s, who is no ghost of ours, is neither taken out of use nor let in',
  async (name) => {
    const user = must(parseUserId(name));
    await expect(erasing.deactivate(user)).rejects.toThrow('only ghosts of ours');
    await expect(erasing.activate(user)).rejects.toThrow('only ghosts of ours');
  },
);
