import { z } from 'zod';
import { OWN_FIREWALLS } from '../../src/model/evidence.ts';

const verdict = z.enum(['ready', 'blocked', 'undetermined', 'unreachable']);

const confidence = z.enum(['proven', 'likely', 'weak']);

const state = z.enum(['pass', 'fail', 'undetermined', 'not-needed']);

const byPort = z.record(z.string(), z.string());

/** A named network, what was seen of it in the words of notation.ts, and what must be said about it. */
export const schema = z.strictObject({
  name: z.string(),
  wire: z.enum(['node', 'linux']).default('linux'),
  novice: z.enum(['auto', 'xp-2003', 'vista-or-later']).default('auto'),
  rpcPorts: z.tuple([z.number(), z.number()]).optional(),
  address: z.string().default('10.9.0.7'),
  /** The network of the machine that asks in which the address lies. */
  link: z.string().optional(),
  mapper: z.string().optional(),
  listing: z.enum(['complete', 'cut', 'refused', 'none']).optional(),
  /** `answered 5.7`, `refused`, `silent`. */
  resolver: z.string().default('not-asked'),
  ownAddresses: z.array(z.string()).default([]),
  desktop: z.string().optional(),
  negotiated: z.boolean().default(true),
  /** The long answer of the mapper never came. */
  stalled: z.boolean().default(false),
  /** Ports that answer were asked again between the silent ones, and all answered unless it says otherwise. */
  control: z.string().default('9 of 9'),
  multipath: z.array(z.string()).default([]),
  /** The answer of every sampled port, and the ports or stretches (`50000-54999`) that differ. */
  dynamic: z.string().optional(),
  except: byPort.default({}),
  /** Sampled ports, where they are not the usual ones. */
  sample: z.array(z.number()).optional(),
  /** What the mapper lists, and how it answers. */
  listed: byPort.default({}),
  echo: z.string().optional(),
  traces: z.array(z.string()).default([]),
  mapped: z.array(z.string()).default([]),
  unresolved: z.string().optional(),
  others: byPort.default({}),
  withoutNeighbour: z.literal(true).optional(),
  /** The machine that asks runs Windows. */
  onWindows: z.literal(true).optional(),
  interrupted: z.boolean().default(false),
  /** A responder on the host, which listens on every sampled port where it does not say on which. */
  responder: z
    .strictObject({
      firewall: z.enum(OWN_FIREWALLS).default('none'),
      ended: z.boolean().default(false),
      listening: z.array(z.number()).optional(),
      limited: z.boolean().default(false),
      taken: z.array(z.number()).default([]),
      local: z.string().optional(),
      source: z.string().default('10.1.1.1'),
      arrived: z.array(z.number()).optional(),
      challenged: z.array(z.number()).default([]),
      shared: z.boolean().default(false),
    })
    .optional(),
  loss: z.number().default(0),
  expect: z.strictObject({
    verdict,
    confidence: confidence.optional(),
    generation: z.enum(['xp-2003', 'vista-or-later', 'unknown']).optional(),
    mapper: state.optional(),
    desktop: state.optional(),
    dynamic: state.optional(),
    xp: verdict.optional(),
    vista: verdict.optional(),
    /** How sure the ruling on a requirement is. */
    sure: z.record(z.string(), confidence).optional(),
    /** Rules that must be named, the first of them first, and that must not; words of the texts, and words not in them. */
    rules: z.array(z.string()),
    never: z.array(z.string()).default([]),
    says: z.array(z.string()).default([]),
    hides: z.array(z.string()).default([]),
    filters: z.array(z.string()).optional(),
    remedies: z.array(z.string()).optional(),
    ranges: z.array(z.string()).optional(),
    /** `SAMPLED sampled, FILTERED filtered`. */
    coverage: z.string().optional(),
  }),
});

export type Scenario = z.infer<typeof schema>;
