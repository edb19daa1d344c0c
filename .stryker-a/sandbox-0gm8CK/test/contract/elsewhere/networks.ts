/** Shell commands that make the network a job runs in; each set ends by becoming the job. */

const JOB = 'exec "$@"';

/** No interface but loopback, not even that up. */
export const NOTHING = JOB;

/** Loopback only, with one local port to send from. */
export const ONE_LOCAL_PORT = `
ip link set lo up
sysctl -qw net.ipv4.ip_local_port_range='50000 50000'
${JOB}`;

/** Loopback, and routes that lead nowhere: to 10.1/16 and 10.2/16 and so on, and the same for IPv6. */
export const DEAD_ROUTES = `
ip link set lo up
ip route add blackhole 10.1.0.0/16
ip route add unreachable 10.2.0.0/16
ip route add prohibit 10.3.0.0/16
ip -6 route add blackhole 2001:db8:1::/48
ip -6 route add unreachable 2001:db8:2::/48
ip -6 route add prohibit 2001:db8:3::/48
ip link add down0 type veth peer name down1
ip addr add 10.4.0.1/16 dev down0
${JOB}`;

export const WITHOUT_IPV6 = `
ip link set lo up
sysctl -qw net.ipv6.conf.all.disable_ipv6=1
${JOB}`;

/** What the host of `A_NEIGHBOUR` answers to a SYN at port 1000 + row: ICMP type and code, and what Linux makes of it. */
export const REJECTIONS = {
  4: [
    { nft: 'net-unreachable', type: 3, code: 0, errno: 'ENETUNREACH' },
    { nft: 'host-unreachable', type: 3, code: 1, errno: 'EHOSTUNREACH' },
    { nft: 'prot-unreachable', type: 3, code: 2, errno: 'ENOPROTOOPT' },
    { nft: 'port-unreachable', type: 3, code: 3, errno: 'ECONNREFUSED' },
    { nft: 'net-prohibited', type: 3, code: 9, errno: 'ENETUNREACH' },
    { nft: 'host-prohibited', type: 3, code: 10, errno: 'EHOSTUNREACH' },
    { nft: 'admin-prohibited', type: 3, code: 13, errno: 'EHOSTUNREACH' },
  ],
  6: [
    { nft: 'no-route', type: 1, code: 0, errno: 'ENETUNREACH' },
    { nft: 'admin-prohibited', type: 1, code: 1, errno: 'EACCES' },
    { nft: 'addr-unreachable', type: 1, code: 3, errno: 'EHOSTUNREACH' },
    { nft: 'port-unreachable', type: 1, code: 4, errno: 'ECONNREFUSED' },
    { nft: 'policy-fail', type: 1, code: 5, errno: 'EACCES' },
    { nft: 'reject-route', type: 1, code: 6, errno: 'EACCES' },
  ],
} as const;

export const FIRST_PORT = 1000;
export const NEIGHBOUR = { 4: '10.7.0.2', 6: 'fd07::2' } as const;
/** Behind the neighbour, which lets nobody through and says host unreachable. */
export const BEYOND = '10.71.0.1';
/** Behind the neighbour, which drops what goes there. */
export const DROPPED = '10.71.0.2';
/** On the link, and nobody. */
export const ABSENT = '10.7.0.9';
/** This machine's own firewall rejects what goes there. */
export const REJECTED_HERE = '10.7.0.8';

const rules = ([4, 6] as const).flatMap((family) =>
  REJECTIONS[family].map(
    ({ nft }, row) =>
      `nft add rule inet f in meta nfproto ipv${family} tcp dport ${FIRST_PORT + row} \\
       reject with icmp${family === 6 ? 'v6' : ''} type ${nft}`,
  ),
);

const IN_NEIGHBOUR = `
ip link set lo up
ip addr add 10.7.0.2/24 dev there
ip addr add fd07::2/64 dev there nodad
ip link set there up
sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.send_redirects=0 net.ipv4.conf.there.send_redirects=0 net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
nft add table inet f
nft 'add chain inet f in { type filter hook input priority 0; }'
nft 'add chain inet f forward { type filter hook forward priority 0; }'
nft add rule inet f forward ip daddr ${DROPPED} drop
nft add rule inet f forward reject with icmp type host-unreachable
ip route add 10.71.0.0/16 dev there
${rules.join('\n')}`;

/** A neighbour of its own kernel that rejects in every way there is. */
export const A_NEIGHBOUR = `
ip link set lo up
ip link add here type veth peer name there
ip addr add 10.7.0.1/24 dev here
ip addr add fd07::1/64 dev here nodad
ip link set here up
ip route add 10.71.0.0/16 via 10.7.0.2
sysctl -qw net.ipv4.neigh.here.retrans_time_ms=100
nft add table inet f
nft 'add chain inet f out { type filter hook output priority 0; }'
nft add rule inet f out ip daddr ${REJECTED_HERE} reject
unshare --net sleep 60 &
neighbour=$!
for i in 1 2 3 4 5 6 7 8 9 10; do
  [ "$(readlink /proc/$neighbour/ns/net)" != "$(readlink /proc/self/ns/net)" ] && break
  sleep 0.1
done
ip link set there netns $neighbour
nsenter --net=/proc/$neighbour/ns/net sh -eu <<'END'
${IN_NEIGHBOUR}
END
${JOB}`;
