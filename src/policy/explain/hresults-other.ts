import { type HresultRow, row } from './hresult-row.ts';
import {
  DESKTOP_FILTERED,
  DYNAMIC_FILTERED,
  ERREF,
  KB301527,
  MAPPER_ANSWERS,
  MAPPER_SILENT,
  MS_RAI,
  OPEN_FIREWALL,
  OPEN_NETWORK,
} from './phrases.ts';

/** Errors of accounts, domains and policies, and of the sockets under RPC. */
export const OTHER_HRESULTS: readonly HresultRow[] = [
  row(0x800704ec, 'ERROR_ACCESS_DISABLED_BY_POLICY', {
    says: 'This program is blocked by group policy.',
    cause: 'A software restriction policy of the novice stops Remote Assistance from starting.',
    proofs: [
      MAPPER_ANSWERS,
      {
        by: 'look',
        name: "the novice's logs",
        text: 'AppLocker or SoftwareRestrictionPolicies events for helpctr.exe, raserver.exe or msra.exe',
      },
    ],
    changes: ['Allow helpsvc.exe and helpctr.exe (XP), raserver.exe and msra.exe (Vista and later)'],
    sources: ['MS-RAI 3.1.4.1.1 and 3.1.4.1.2'],
  }),
  row(0x80070721, 'RPC_S_SEC_PKG_ERROR', {
    says: 'A security package specific error occurred.',
    cause:
      'The two PCs could not authenticate each other: no Kerberos ticket for the novice (wrong name, duplicate SPN, clocks apart), or a domain controller that cannot issue it.',
    proofs: [
      MAPPER_ANSWERS,
      { by: 'look', name: "the expert's System log", text: 'Kerberos events; klist get host/NOVICE fails' },
    ],
    changes: [
      'Offer by the full name and not by the address; bring the clocks together; look for duplicate SPNs (setspn -X)',
    ],
    sources: [ERREF, 'KB2003088 (an offer fails where the expert gets no Kerberos ticket)'],
  }),
  row(0x8007052e, 'ERROR_LOGON_FAILURE', {
    says: 'The user name or password is incorrect.',
    cause: 'The novice, or its domain, does not accept the account of the expert.',
    proofs: [MAPPER_ANSWERS],
    changes: ['Offer from an account of the same or of a trusted domain'],
    sources: [ERREF, KB301527],
  }),
  row(0x80070569, 'ERROR_LOGON_TYPE_NOT_GRANTED', {
    says: 'Logon failure: the user has not been granted the requested logon type at this computer.',
    cause: 'The novice does not let the account sign in over the network, a right that baselines narrow.',
    proofs: [
      MAPPER_ANSWERS,
      {
        by: 'look',
        name: "the novice's user rights",
        text: '"Access this computer from the network" lacks the expert, or "Deny access to this computer from the network" has it',
      },
    ],
    changes: ['Give the group of the experts "Access this computer from the network" on the novices'],
    sources: [ERREF],
  }),
  row(0x800706fd, 'ERROR_TRUSTED_RELATIONSHIP_FAILURE', {
    says: 'The trust relationship between this workstation and the primary domain failed.',
    cause: 'One of the two PCs has lost its account in the domain, so nobody can be authenticated.',
    proofs: [MAPPER_ANSWERS],
    changes: ['Repair it on that PC: Test-ComputerSecureChannel -Repair, or leave and join the domain'],
    sources: [ERREF, `${KB301527} (both in the same domain or in trusted ones)`],
  }),
  row(0x8007274c, 'WSAETIMEDOUT', {
    says: 'A connection attempt failed because the connected party did not properly respond after a period of time.',
    cause:
      'A port gave no answer: a filter drops it silently, on the path or on the novice, or the PC is not there.',
    proofs: [MAPPER_SILENT, DYNAMIC_FILTERED, DESKTOP_FILTERED],
    changes: [OPEN_NETWORK, OPEN_FIREWALL],
    sources: ['Microsoft Learn, Windows Sockets Error Codes', KB301527],
  }),
  row(0x8007274d, 'WSAECONNREFUSED', {
    says: 'No connection could be made because the target machine actively refused it.',
    cause:
      'The port answered with a reset: nothing listens there, or a device on the path rejects it. A Windows novice with its firewall on stays silent instead, so a reset rather comes from a device or from another machine.',
    proofs: [MAPPER_SILENT, DYNAMIC_FILTERED, DESKTOP_FILTERED],
    changes: [OPEN_NETWORK, 'Check that the name resolves to the PC that is meant'],
    sources: ['Microsoft Learn, Windows Sockets Error Codes', 'KB2586744 (stealth mode)'],
  }),
  row(0x80072751, 'WSAEHOSTUNREACH', {
    says: 'A socket operation was attempted to an unreachable host.',
    cause:
      'There is no route to the novice, a router rejects the traffic, or no such machine is on the local network.',
    proofs: [
      {
        by: 'check',
        name: 'endpoint-mapper',
        text: 'the verdict is unreachable, and names the router or the missing machine',
      },
    ],
    changes: [
      'Bring the novice onto the network (VPN), or have the route or the rule of the named router corrected',
    ],
    sources: ['Microsoft Learn, Windows Sockets Error Codes'],
  }),
  row(0x8007271d, 'WSAEACCES', {
    says: 'An attempt was made to access a socket in a way forbidden by its access permissions.',
    cause: "Software on the expert's own PC forbids the connection; no packet was sent.",
    proofs: [{ by: 'check', name: 'endpoint-mapper', text: 'the fault blocked-locally' }],
    changes: ["Allow msra.exe to connect in the expert's firewall and security software"],
    sources: ['Microsoft Learn, Windows Sockets Error Codes'],
  }),
  row(0x80072af9, 'WSAHOST_NOT_FOUND', {
    says: 'No such host is known.',
    cause: 'The name of the novice does not resolve.',
    proofs: [{ by: 'check', name: 'endpoint-mapper', text: 'the verdict is unreachable: an unknown name' }],
    changes: ['Correct the name or its DNS record, or offer to the address'],
    sources: [
      'Microsoft Learn, Windows Sockets Error Codes',
      `${MS_RAI} 1.3 (the expert gives address or full name)`,
    ],
  }),
];
