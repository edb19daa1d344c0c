import type { Expectation, Row } from '../row.ts';

/** Silence on everything; nobody knows whether there is a host. */
export const UNREACHABLE = {
  verdict: 'unreachable',
  requirements: {
    'endpoint-mapper': 'undetermined',
    'remote-desktop': 'undetermined',
    'dynamic-rpc': 'undetermined',
  },
  ports: { 135: 'filtered no-response', 3389: 'filtered no-response', rest: 'filtered no-response' },
} satisfies Expectation;

/**
 * The `server` host without any firewall: Samba's mapper and endpoints, xrdp, and resets from every other port. No surer
 * than likely, since the last router could send such resets too.
 */
export const HEALTHY: Expectation = {
  verdict: 'ready',
  confidence: 'likely',
  generation: 'vista-or-later',
  byGeneration: { 'xp-2003': 'ready', 'vista-or-later': 'ready' },
  requirements: { 'endpoint-mapper': 'pass', 'remote-desktop': 'not-needed', 'dynamic-rpc': 'pass' },
  ports: {
    135: 'open syn-ack',
    3389: 'open syn-ack',
    listed: 'open syn-ack',
    rest: 'closed conn-refused',
  },
  ranges: ['about 1025-65535 reachable'],
  filters: [],
};

/** What is expected of the healthy server when TCP 135 is filtered: nobody lists endpoints, so the generation is not known. */
export const WITHOUT_135: Expectation = {
  verdict: 'blocked',
  generation: 'unknown',
  byGeneration: { 'xp-2003': 'blocked', 'vista-or-later': 'blocked' },
  requirements: { 'endpoint-mapper': 'fail', 'remote-desktop': 'pass', 'dynamic-rpc': 'pass' },
  ports: { 135: 'filtered no-response', 3389: 'open syn-ack', rest: 'closed conn-refused' },
};

/** What is expected of the healthy server when a part of its dynamic range is filtered. */
export const WITHOUT_BLOCK: Expectation = {
  verdict: 'blocked',
  confidence: 'proven',
  generation: 'vista-or-later',
  byGeneration: { 'vista-or-later': 'blocked' },
  requirements: { 'endpoint-mapper': 'pass', 'remote-desktop': 'not-needed', 'dynamic-rpc': 'fail' },
  ports: {
    135: 'open syn-ack',
    3389: 'open syn-ack',
    listed: 'open syn-ack',
    '50000-54999': 'filtered no-response',
    rest: 'closed conn-refused',
  },
  ranges: ['1025-49999 reachable', '50000-54999 filtered', '55000-65535 reachable'],
};

/** The same network over IPv6. */
export const over6 = (row: Row): Row => ({ ...row, name: `${row.name}-v6`, family: 6 });
