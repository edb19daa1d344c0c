import { type HresultRow, row } from './hresult-row.ts';
import {
  DCOM_LIMITS,
  DCOM_OFF,
  DYNAMIC_FILTERED,
  ERREF,
  FIREWALL_CLOSED,
  KB154596,
  KB301527,
  KB884910,
  LIST_EXPERT,
  MAPPER_ANSWERS,
  MAPPER_SILENT,
  NOT_LISTED,
  OFFERS_OFF,
  OPEN_FIREWALL,
  OPEN_NETWORK,
  RPC_RANGE_INVALID,
  RPC_RANGE_SMALL,
  WIDEN_DCOM,
} from './phrases.ts';

/** Errors that the DCOM half of an offer ends with: activation over TCP 135, then calls on a dynamic port. */
export const DCOM_HRESULTS: readonly HresultRow[] = [
  row(0x800706ba, 'RPC_S_SERVER_UNAVAILABLE', {
    says: 'The RPC server is unavailable.',
    cause:
      'No RPC conversation was established. TCP 135 of the novice, or the dynamic port on which the activated server listens, is filtered, refused or on another machine; or the PC is switched off.',
    proofs: [MAPPER_SILENT, DYNAMIC_FILTERED, FIREWALL_CLOSED],
    changes: [
      OPEN_NETWORK,
      OPEN_FIREWALL,
      'Check that the name resolves to the PC that is meant, and that it is on',
    ],
    sources: [
      ERREF,
      KB301527,
      'Microsoft Learn, Connecting Through Windows Firewall (aa389286): 0x800706BA where firewall or DCOM are not set up',
    ],
  }),
  row(0x80070005, 'E_ACCESSDENIED', {
    says: 'Access is denied.',
    cause:
      'The novice answered and turned the expert away: the network is not the cause. The account is not in the group Offer Remote Assistance Helpers, which the policy fills; or DCOM limits of the machine leave it out; or the two PCs are not in trusted domains.',
    proofs: [MAPPER_ANSWERS, OFFERS_OFF, NOT_LISTED, DCOM_LIMITS],
    changes: [
      LIST_EXPERT,
      WIDEN_DCOM,
      'On the novice, gpupdate /force, and let the expert sign out and in again',
    ],
    sources: [
      'MS-RAI 3.1.4.1 and Appendix C, note 1 (only members of Offer Remote Assistance Helpers may call)',
      KB884910,
      KB301527,
    ],
  }),
  row(0x80040154, 'REGDB_E_CLASSNOTREG', {
    says: 'Class not registered',
    cause:
      'The novice has no Remote Assistance of the kind that was asked for. On Windows Server it is an optional feature that is not installed; a novice with XP or Server 2003 lacks the class of Vista and later, for which an expert asks first, and the offer goes on with the older one.',
    proofs: [
      MAPPER_ANSWERS,
      {
        by: 'look',
        name: "the novice's features",
        text: 'Get-WindowsFeature Remote-Assistance shows it as not installed',
      },
    ],
    changes: [
      'On Windows Server: Install-WindowsFeature Remote-Assistance',
      'An expert with XP or Server 2003 cannot offer to Vista or later at all: use a newer PC',
    ],
    sources: ['MS-RAI 1.9 and Appendix C, note 2', 'Microsoft Learn ee126163 (optional on Server 2008 R2)'],
  }),
  row(0x800706d9, 'EPT_S_NOT_REGISTERED', {
    says: 'There are no more endpoints available from the endpoint mapper.',
    cause:
      'The endpoint mapper on TCP 135 answered, but has no endpoint of the server that was asked for: that process has ended, has not started yet, or got no port. Offers do not look themselves up there (DCOM names the port), so it is mostly a service around them.',
    proofs: [MAPPER_ANSWERS, RPC_RANGE_INVALID, RPC_RANGE_SMALL],
    changes: [
      'Offer again after some seconds; restart the novice if it persists',
      'Correct the RPC port range: at least 100 ports above 5000 (KB154596), and restart the novice',
    ],
    sources: [ERREF, KB154596, 'MS-DCOM 3.1.2.5 (object servers are resolved by OXID)'],
  }),
  row(0x80070052, 'ERROR_CANNOT_MAKE', {
    says: 'The directory or file cannot be created.',
    cause:
      "Remote Assistance already runs on the novice's PC, for example with an invitation or an offer that was never closed. The network and the policy let the offer through.",
    proofs: [
      MAPPER_ANSWERS,
      { by: 'look', name: "the novice's processes", text: 'tasklist /FI "IMAGENAME eq msra.exe" lists one' },
    ],
    changes: [
      'Close Remote Assistance on the novice, or end msra.exe (taskkill /IM msra.exe), and offer again',
    ],
    sources: ['MS-RAI 3.3.4.1.1 (GetNoviceUserInfo)'],
  }),
  row(0x80080005, 'CO_E_SERVER_EXEC_FAILURE', {
    says: 'Server execution failed',
    cause:
      'The novice accepted the activation and started the server, which did not report in time: a session that hangs, no signed-in user, exhausted desktop heap, or security software that holds the program back.',
    proofs: [
      MAPPER_ANSWERS,
      { by: 'look', name: "the novice's System log", text: 'DistributedCOM event 10010 at the same time' },
    ],
    changes: [
      'Let the novice sign in, or sign out and in again; restart the PC',
      'Allow raserver.exe and msra.exe (XP: helpsvc.exe, helpctr.exe) in AppLocker and security software',
    ],
    sources: [ERREF, 'KB870655 (80080005 where desktop heap is exhausted)'],
  }),
  row(0x800706be, 'RPC_S_CALL_FAILED', {
    says: 'The remote procedure call failed.',
    cause:
      'The conversation had begun and broke off: a device on the path that inspects RPC cut it, the server process crashed, or the PC went away.',
    proofs: [MAPPER_ANSWERS, DYNAMIC_FILTERED],
    changes: [
      'Look for inspection of RPC (IPS, ALG) between the two, and exempt TCP 135 and the dynamic ports',
      "Look in the novice's Application log for a crash of raserver.exe",
    ],
    sources: [ERREF],
  }),
  row(0x800706bf, 'RPC_S_CALL_FAILED_DNE', {
    says: 'The remote procedure call failed and did not execute.',
    cause:
      'The connection was made and cut before the call was carried out, as devices do that accept for the novice and then inspect.',
    proofs: [MAPPER_SILENT, DYNAMIC_FILTERED],
    changes: [
      'Look for a proxy or inspection of RPC between the two, and exempt TCP 135 and the dynamic ports',
    ],
    sources: [ERREF],
  }),
  row(0x800706b9, 'RPC_S_OUT_OF_RESOURCES', {
    says: 'Not enough resources are available to complete this operation.',
    cause: 'An RPC server found no free port: the range that was set for RPC is too small.',
    proofs: [RPC_RANGE_SMALL, MAPPER_ANSWERS],
    changes: ['Set at least 100 ports above 5000 for RPC and restart the novice'],
    sources: [KB154596],
  }),
  row(0x80070057, 'E_INVALIDARG', {
    says: 'The parameter is incorrect.',
    cause:
      'RPC servers get this where an entry of the port range set for RPC cannot be read: one wrong entry makes the whole setting invalid.',
    proofs: [RPC_RANGE_INVALID, { by: 'look', name: "the novice's System log", text: 'NETLOGON event 5820' }],
    changes: [
      'Correct the entries of HKLM\\Software\\Microsoft\\Rpc\\Internet\\Ports and restart the novice',
    ],
    sources: [KB154596],
  }),
  row(0x80070776, 'OR_INVALID_OXID', {
    says: 'The object exporter specified was not found.',
    cause:
      "The expert asked a machine about an object that is not there: the server process has ended, or an address translation led the expert elsewhere. DCOM carries the novice's own addresses in its messages and does not work through NAT.",
    proofs: [
      MAPPER_ANSWERS,
      {
        by: 'check',
        name: 'endpoint-mapper',
        text: 'the note address-translation: the address probed is not among those that the novice names',
      },
    ],
    changes: ['Route to the novice without address translation (a VPN does)', 'Offer again'],
    sources: [ERREF, KB154596],
  }),
  row(0x8001011c, 'RPC_E_REMOTE_DISABLED', {
    says: 'Remote calls are not allowed for this process.',
    cause: 'DCOM is switched off on this PC: EnableDCOM is N.',
    proofs: [DCOM_OFF],
    changes: ['Set HKLM\\SOFTWARE\\Microsoft\\Ole\\EnableDCOM to Y and restart'],
    sources: [ERREF, KB301527],
  }),
  row(0x8007000e, 'E_OUTOFMEMORY', {
    says: 'Not enough storage is available to complete this operation.',
    cause: 'The novice is out of memory for Remote Assistance. The network is not the cause.',
    proofs: [MAPPER_ANSWERS],
    changes: ['Close programs on the novice, or restart it'],
    sources: ['MS-RAI 3.1.4.1 and 3.3.4.1'],
  }),
];
