import { linuxWire } from '../../src/wire/linux-connect.ts';
import { nodeWire } from '../../src/wire/node-connect.ts';
import { synWire, whyNoRaw } from '../../src/wire/raw-syn.ts';
import { describeWire } from './wire-conformance.ts';

describeWire('node', { make: async () => nodeWire(process.platform) });
describeWire('linux', { make: () => linuxWire(process.platform, process.arch) });

const whyNot = await whyNoRaw(process.platform);
describeWire('syn', {
  make: async () => synWire(process.platform, process.arch, await linuxWire(process.platform, process.arch)),
  whyNot,
});
