/**
 * What Remote Assistance needs of the network (KB301527), in the order of all lists. `port`: the one port that it is; null: the dynamic
 * range. `title` and `brief` (at most seven columns) name it, `ports` says both. A further one goes last, because stored states are a
 * letter each in this order.
 */
export const REQUIREMENT = {
  'endpoint-mapper': {
    port: 135,
    title: 'Endpoint mapper',
    brief: 'Mapper',
    ports: 'TCP 135 endpoint mapper',
  },
  'remote-desktop': {
    port: 3389,
    title: 'Remote Desktop',
    brief: 'Desktop',
    ports: 'TCP 3389 Remote Desktop',
  },
  'dynamic-rpc': { port: null, title: 'Dynamic RPC', brief: 'Dynamic', ports: 'Dynamic RPC ports' },
} as const satisfies Readonly<
  Record<string, { readonly port: number | null } & Readonly<Record<'title' | 'brief' | 'ports', string>>>
>;

/** One of the things that Remote Assistance needs of the network. */
export type RequirementName = keyof typeof REQUIREMENT;
/** All of them, in the order in which an offer uses them and reports name them. */
export const REQUIREMENTS = Object.keys(REQUIREMENT) as readonly RequirementName[];

/** The port that a requirement is; null for the dynamic range. */
export const portOf = (name: RequirementName): number | null => REQUIREMENT[name].port;

/** A value for each requirement. */
export const forEachRequirement = <T>(
  make: (name: RequirementName) => T,
): Readonly<Record<RequirementName, T>> =>
  Object.fromEntries(REQUIREMENTS.map((name) => [name, make(name)])) as Record<RequirementName, T>;
