import { linuxWire } from '../../src/wire/linux-connect.ts';
import { nodeWire } from '../../src/wire/node-connect.ts';
import { synWire, whyNoRaw } from '../../src/wire/syn-engine.ts';
import { winsockWire } from '../../src/wire/windows-connect.ts';
import { PlayedWs2 } from '../wire-windows/played-ws2.ts';
import { describeWire } from './wire-conformance.ts';

describeWire('node', { make: async () => nodeWire(process.platform) });
describeWire('linux', { make: () => linuxWire(process.platform, process.arch) });

const whyNot = await whyNoRaw(process.platform);
describeWire('syn', {
  make: async () => synWire(process.platform, process.arch, await linuxWire(process.platform, process.arch)),
  whyNot,
});

const noPlay = process.platform === 'linux' ? null : 'Winsock is played by Linux';
describeWire('windows (Winsock of Windows 10 2004, played)', {
  make: async () => winsockWire(await PlayedWs2.load({ oneSyn: true, icmp: true })),
  whyNot: noPlay,
});
describeWire('windows (Winsock of an older Windows, played)', {
  make: async () => winsockWire(await PlayedWs2.load({ oneSyn: false, icmp: false })),
  skips: {
    'says what it can see, and limits the TTL where it says so': 'an older Windows sees and limits less',
  },
  whyNot: noPlay,
});
