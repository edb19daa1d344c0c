import type { Probe } from '../src/model/probe.ts';

/** TCP 3389, the session of XP and Server 2003 novices (MS-RAI, connection string 1). */
export const remoteDesktop: Probe = {
  name: 'remote-desktop',
  title: 'Remote Desktop',
  ports: () => [{ port: 3389, why: 'required' }],
  observe: (endpoint, dial) => dial(endpoint),
};
