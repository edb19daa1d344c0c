/** What security baselines ask for, where it stops offers or looks as if it did. Numbers of the CIS benchmarks differ by edition. */
export const CONTROLS = {
  offersDisabled:
    "CIS 18.8.35.1 / 18.9.35.1: Ensure 'Configure Offer Remote Assistance' is set to 'Disabled'",
  solicitedDisabled:
    "CIS 18.8.35.2 / 18.9.35.2: Ensure 'Configure Solicited Remote Assistance' is set to 'Disabled'; STIG V-220823 (WN10-CC-000155, high); Microsoft security baseline for Windows 11 24H2",
  rpcAuthenticated:
    "CIS 18.8.36.2 / 18.9.36.2: Ensure 'Restrict Unauthenticated RPC clients' is set to 'Enabled: Authenticated'; STIG V-220824 (WN10-CC-000165)",
  mapperAuthentication:
    "CIS 18.8.36.1 / 18.9.36.1: Ensure 'Enable RPC Endpoint Mapper Client Authentication' is set to 'Enabled'",
} as const;
