import { canonicalIp } from '../ip/ip.ts';
import type { Resolution, Resolver } from '../model/wire.ts';
import { systemResolver } from '../wire/resolve.ts';

const canonical = (resolution: Resolution): Resolution => {
  if (resolution.kind !== 'resolved') return resolution;
  const addresses = resolution.addresses.map((one) => canonicalIp(one.address) ?? one);
  return {
    kind: 'resolved',
    addresses: addresses.filter(
      ({ address }, place) => addresses.findIndex((one) => one.address === address) === place,
    ),
  };
};

/**
 * The look-up of the system with addresses in the form in which typed ones are compared and asked: a name server may give
 * `::ffff:10.1.2.3`, which is IPv4 and goes out as such.
 */
export const canonicalResolver = (resolver: Resolver = systemResolver()): Resolver => ({
  resolve: async (name, signal) => canonical(await resolver.resolve(name, signal)),
});
