import { linuxWire } from '../../src/wire/linux-connect.ts';
import { nodeWire } from '../../src/wire/node-connect.ts';
import { describeWire } from './wire-conformance.ts';

describeWire('node', { make: async () => nodeWire(process.platform) });
describeWire('linux', {
  make: () => linuxWire(process.platform, process.arch),
  skips: {
    'stops a talk at once; that is our doing and no word about the target':
      'says accepted for a talk that was stopped, so a probe takes our own stopping for the peer hanging up',
  },
});
