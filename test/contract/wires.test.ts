import { linuxWire } from '../../src/wire/linux-connect.ts';
import { nodeWire } from '../../src/wire/node-connect.ts';
import { describeWire } from './wire-conformance.ts';

describeWire('node', { make: async () => nodeWire(process.platform) });
describeWire('linux', { make: () => linuxWire(process.platform, process.arch) });
