import { type Kind, orNull, text } from './kinds.ts';
import { SCAN } from './scan.ts';
import { TABLE_OR_JSON } from './shared.ts';

/** What the self-test probes beside this machine: a host, '' for none; null where there is to be no self-test. */
const selfTest: Kind<string | null> = {
  ...orNull(text('host')),
  bare: true,
  read: (_, written) => (written === true ? '' : String(written)),
};

/** The options of `doctor`. */
export const DOCTOR = {
  ...TABLE_OR_JSON,
  selfTest: {
    long: 'self-test',
    kind: selfTest,
    help: 'try every call of the engine on this machine and, if one is named, a dozen packets to a host; prints a short text to send in',
    standard: null,
  },
  control: {
    long: 'control',
    kind: orNull(text('address')),
    help: 'connect to three ports of an address that no machine has, e.g. 192.0.2.1: a proxy that accepts every connection accepts there, too',
    standard: null,
  },
  engine: { ...SCAN.engine, help: `with --self-test, ${SCAN.engine.help}` },
  redis: { ...SCAN.redis, help: 'look at this store of a fleet, too', standardWords: null },
  config: { ...SCAN.config, help: 'with --self-test or --control, read the scope from this TOML file' },
} as const;
