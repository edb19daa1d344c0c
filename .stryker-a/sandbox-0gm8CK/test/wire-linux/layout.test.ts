import { describe, expect, test } from 'vitest';
import * as layout from '../../src/wire/linux/layout.ts';
import * as rawLayout from '../../src/wire/syn/layout.ts';
import { finish } from '../lab/shell.ts';
import { findProgram } from '../lab/tools.ts';

const { CMSGHDR, EXTENDED_ERR, IOVEC, LAYOUTS, MSGHDR, SOCKADDR_IN, SOCKADDR_IN6, ...connecting } = layout;
const { MMSGHDR, MSGNAME, SOCK_FILTER, SOCK_FPROG, ...raw } = rawLayout;
const constants = { ...connecting, ...raw };

const HEADERS = [
  'netinet/in.h',
  'sys/socket.h',
  'sys/epoll.h',
  'sys/uio.h',
  'linux/errqueue.h',
  'linux/filter.h',
  'linux/sock_diag.h',
  'errno.h',
  'stddef.h',
  'endian.h',
  'time.h',
];

/** What C calls the names of our tables, by struct: the size, and the offset of every member we use. */
const STRUCTS: readonly [
  struct: string,
  ours: Readonly<Record<string, number>>,
  members: Readonly<Record<string, string>>,
][] = [
  ['struct sockaddr_in', SOCKADDR_IN, { port: 'sin_port', address: 'sin_addr' }],
  ['struct sockaddr_in6', SOCKADDR_IN6, { port: 'sin6_port', address: 'sin6_addr', scope: 'sin6_scope_id' }],
  [
    'struct msghdr',
    MSGHDR,
    { iov: 'msg_iov', iovlen: 'msg_iovlen', control: 'msg_control', controllen: 'msg_controllen' },
  ],
  ['struct mmsghdr', MMSGHDR, { len: 'msg_len' }],
  ['struct msghdr', { size: MSGHDR.size, ...MSGNAME }, { name: 'msg_name', namelen: 'msg_namelen' }],
  ['struct sock_fprog', SOCK_FPROG, { len: 'len', filter: 'filter' }],
  ['struct sock_filter', SOCK_FILTER, { code: 'code', jt: 'jt', jf: 'jf', k: 'k' }],
  ['struct iovec', IOVEC, { base: 'iov_base', len: 'iov_len' }],
  ['struct cmsghdr', CMSGHDR, { len: 'cmsg_len', level: 'cmsg_level', type: 'cmsg_type' }],
  [
    'struct sock_extended_err',
    EXTENDED_ERR,
    { errno: 'ee_errno', origin: 'ee_origin', type: 'ee_type', code: 'ee_code' },
  ],
];

const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64';

/** Every number of the table as an assertion that the compiler checks; nothing of it is ever run. */
const assertions = (arch: string): Map<string, number> => {
  const claims = new Map<string, number>(Object.entries(constants));
  const claim = (expression: string, value: number | undefined): void => {
    if (value === undefined) throw new Error(`the table has no number for ${expression}`);
    claims.set(expression, value);
  };
  for (const [struct, ours, members] of STRUCTS) {
    claim(`sizeof(${struct})`, ours['size']);
    for (const [name, member] of Object.entries(members)) claim(`offsetof(${struct}, ${member})`, ours[name]);
  }
  const event = LAYOUTS[arch]?.epollEvent;
  claim('sizeof(struct epoll_event)', event?.size);
  claim('offsetof(struct epoll_event, data)', event?.data);
  claim('CMSG_ALIGN_OF_ONE', CMSGHDR.align);
  // The offender lies right behind the error, and data right behind the header of its message.
  claim('(size_t)SO_EE_OFFENDER((struct sock_extended_err *)0)', EXTENDED_ERR.size);
  claim('CMSG_LEN(0)', CMSGHDR.size);
  claim('__BYTE_ORDER == __LITTLE_ENDIAN', 1);
  return claims;
};

const program = (claims: ReadonlyMap<string, number>): string =>
  [
    '#define _GNU_SOURCE',
    ...HEADERS.map((header) => `#include <${header}>`),
    '#define CMSG_ALIGN_OF_ONE (CMSG_SPACE(1) - CMSG_LEN(0))',
    ...[...claims].map(
      ([expression, value]) => `_Static_assert((${expression}) == ${value}, "${expression}");`,
    ),
    '',
  ].join('\n');

/** The kernel's own headers come with glibc's; a musl compiler is shown them behind its own. */
const BEHIND = ['-idirafter', '/usr/include', '-idirafter', `/usr/include/${machine}-linux-gnu`];

const compile = (compiler: string, libc: string, source: string) =>
  finish(compiler, ['-std=c11', '-fsyntax-only', ...(libc === 'musl' ? BEHIND : []), '-x', 'c', '-'], {
    input: source,
  });

const COMPILERS = [
  { arch: process.arch, libc: 'glibc', compiler: 'cc' },
  { arch: process.arch, libc: 'musl', compiler: 'musl-gcc' },
  process.arch === 'arm64'
    ? { arch: 'x64', libc: 'glibc', compiler: 'x86_64-linux-gnu-gcc' }
    : { arch: 'arm64', libc: 'glibc', compiler: 'aarch64-linux-gnu-gcc' },
] as const;

describe.each(COMPILERS)('the ABI table for $arch and $libc', ({ arch, libc, compiler }) => {
  const where = findProgram(compiler);

  test('says what the C headers say', async ({ skip }) => {
    if (where === null) return skip(`no ${compiler} on this machine`);
    const { code, stderr } = await compile(where, libc, program(assertions(arch)));
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  test('would be caught if it were wrong', async ({ skip }) => {
    if (where === null) return skip(`no ${compiler} on this machine`);
    const wrong = new Map([...assertions(arch)].map(([expression, value]) => [expression, value + 1]));
    const { stderr } = await compile(where, libc, program(wrong));
    for (const expression of wrong.keys()) expect(stderr).toContain(`"${expression}"`);
  });
});
